"""Adding a jurisdiction from the outside: the command."""

from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import pytest
import shapely
from django.core.management import CommandError, call_command

from geoserver_app.org.models import CityHall, OfficeHours
from layers.errors import BadFile, Conflict, NotFound
from layers.jurisdictions import metric_srid_of
from layers.models import Jurisdiction
from tests.layers.drawn import write
from tests.layers.town import at, square

pytestmark = pytest.mark.django_db
OUTLINE = square(0, 0, 40, 40)


def add(outline: Path, code: str = "almendra", **options: Any) -> str:
    out = StringIO()
    given = {"name": "City of Almendra", "time_zone": "America/Los_Angeles", "phone": "(559) 555-0131", **options}
    call_command("add_jurisdiction", code, outline=str(outline), stdout=out, **given)
    return out.getvalue()


def outline_file(tmp_path: Path, *geometries: shapely.Geometry, crs: str = "EPSG:4326", driver: str = "GPKG") -> Path:
    drawn = list(geometries) or [OUTLINE]
    return write(tmp_path / "outline", drawn, {"kind": ["city"] * len(drawn)}, driver=driver, crs=crs)


def test_a_jurisdiction_has_its_office_with_hours(tmp_path: Path) -> None:
    told = add(
        outline_file(tmp_path), name_es="Ciudad de Almendra", languages="en,es", hours=["Mon-Thu 07:00-18:00"],
        host=["311.almendra.example"],
    )  # fmt: skip
    made = Jurisdiction.objects.get()
    hall = CityHall.objects.get(jurisdiction=made)
    assert (made.name_in("es"), made.metric_srid, made.epoch) == ("Ciudad de Almendra", 32611, 1)
    assert (hall.languages, hall.telephone, hall.host_names) == (
        ["en", "es"],
        "(559) 555-0131",
        ["311.almendra.example"],
    )
    assert [row.weekday for row in OfficeHours.objects.all()] == [0, 1, 2, 3]
    assert "EPSG:32611 (WGS 84 / UTM zone 11N)" in told


def test_the_outline_is_dissolved_and_may_be_in_feet(tmp_path: Path) -> None:
    transformer = pyproj.Transformer.from_crs(4326, 2228, always_xy=True)
    halves = [
        shapely.transform(half, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1])))
        for half in (square(0, 0, 20, 40), square(20, 0, 40, 40))
    ]
    add(outline_file(tmp_path, *halves, crs="EPSG:2228", driver="ESRI Shapefile"))
    outline = shapely.from_wkb(bytes(Jurisdiction.objects.get().outline.wkb))
    assert len(outline.geoms) == 1
    assert outline.symmetric_difference(OUTLINE).area < 1e-8


def test_cracks_between_the_parts_of_an_outline_are_closed_and_enclaves_stay(tmp_path: Path) -> None:
    enclave = shapely.Polygon(square(0, 0, 20, 40).exterior, [square(5, 5, 8, 8).exterior])
    crack = shapely.Polygon([at(20, 10), at(20, 20), at(20.01, 15)])
    add(outline_file(tmp_path, enclave, square(20, 0, 40, 40).difference(crack), driver="GeoJSON"))
    outline = shapely.from_wkb(bytes(Jurisdiction.objects.get().outline.wkb))
    assert [len(part.interiors) for part in outline.geoms] == [1]


def test_where_chooses_the_outline(tmp_path: Path) -> None:
    path = write(tmp_path / "places", [OUTLINE, square(50, 0, 60, 10)], {"name": ["A", "B"]}, driver="GeoJSON")
    add(path, where="name = 'B'")
    assert Jurisdiction.objects.get().outline.extent == pytest.approx(square(50, 0, 60, 10).bounds)


@pytest.mark.parametrize(
    ("lon", "lat", "srid"),
    [(-119.7, 36.0, 32611), (-71.1, 42.4, 32619), (-122.4, 37.8, 32610), (151.2, -33.9, 32756)],
)
def test_the_metric_plane_is_the_utm_zone_of_the_middle(lon: float, lat: float, srid: int) -> None:
    assert metric_srid_of(shapely.box(lon, lat, lon + 0.1, lat + 0.1)) == srid


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"time_zone": "Pacific"}, NotFound, "no time zone 'Pacific'"),
        ({"time_zone": "America/Los_Angelos"}, NotFound, "America/Los_Angeles"),
        ({"hours": ["Monday 7-18"]}, CommandError, "Mon-Thu 07:00-18:00"),
        ({"hours": ["Thu-Mon 07:00-18:00"]}, CommandError, "runs backwards"),
        ({"hours": ["Mon 07:00-25:00"]}, CommandError, "hour must be in"),
        ({"languages": ","}, CommandError, "at least one"),
        ({"code": "Al mendra"}, CommandError, "lower-case"),
        ({"where": "kind = 'nothing'"}, BadFile, "no polygons"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_written(
    tmp_path: Path, options: dict[str, Any], error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        add(outline_file(tmp_path), **options)
    assert not Jurisdiction.objects.exists()


@pytest.mark.parametrize(
    ("geometry", "told"),
    [
        (shapely.Point(-119.7, 36.0), "no polygons"),
        (shapely.Polygon([(-119.7, 36), (-119.6, 36.1), (-119.6, 36), (-119.7, 36.1)]), "broken outline"),
        (shapely.box(6_000_000, 2_000_000, 6_010_000, 2_010_000), "no degrees"),
    ],
)
def test_an_unusable_outline_is_refused(tmp_path: Path, geometry: shapely.Geometry, told: str) -> None:
    with pytest.raises(BadFile, match=told):
        add(outline_file(tmp_path, geometry, driver="GeoJSON"))


def test_a_code_is_given_once(tmp_path: Path) -> None:
    add(outline_file(tmp_path))
    with pytest.raises(Conflict, match="choose another code"):
        add(tmp_path / "outline.gpkg")
