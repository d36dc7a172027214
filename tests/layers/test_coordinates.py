"""Coordinate systems: read right, or refused with the reason."""

from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely

from layers.errors import BadFile
from layers.kinds import KindChoice
from layers.models import AreaShape, AssetShape, Edition
from layers.transform import stated_crs, transformation
from tests.layers.conftest import Loader
from tests.layers.drawn import csv, write
from tests.layers.town import at, square

HERE = (-119.77, 35.95, -119.67, 36.05)
SQUARE = square(0, 0, 10, 10)
ZONES = KindChoice(geometry="polygon", name="Zones")


def moved(geometry: shapely.Geometry, srid: int | str) -> shapely.Geometry:
    transformer = pyproj.Transformer.from_crs(4326, srid, always_xy=True)
    return shapely.transform(geometry, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1])))


def loaded_corner(edition: int | None) -> tuple[float, float]:
    shape = AreaShape.objects.get(kind__editions=edition)
    return shape.geom.extent[:2]


@pytest.mark.parametrize("srid", [4326, 4269, 2228, 3857, 32611])
def test_a_layer_in_any_system_lands_where_it_was_drawn(tmp_path: Path, load_file: Loader, srid: int) -> None:
    path = write(tmp_path / "beats", [moved(SQUARE, srid)], {"code": ["1"]}, driver="GPKG", crs=f"EPSG:{srid}")
    result = load_file(path)
    assert loaded_corner(result.edition) == pytest.approx(at(0, 0), abs=1e-7)


@pytest.mark.filterwarnings("ignore:You will likely lose important projection information")
def test_survey_feet_and_international_feet_differ_by_meters_and_come_out_alike(
    tmp_path: Path, load_file: Loader
) -> None:
    survey = pyproj.CRS.from_epsg(2228)
    international = pyproj.CRS.from_proj4(survey.to_proj4().replace("+units=us-ft", "+units=ft"))
    offset = abs(moved(SQUARE, 2228).bounds[0] - moved(SQUARE, international.to_wkt()).bounds[0]) * 0.3048
    assert offset > 3
    corners = []
    for name, crs in (("survey", survey), ("international", international)):
        drawn = moved(SQUARE, crs.to_wkt())
        path = write(tmp_path / name, [drawn], {"code": ["1"]}, driver="ESRI Shapefile", crs=crs.to_wkt("WKT1_ESRI"))
        corners.append(loaded_corner(load_file(path, f"zone_{name}", choice=ZONES).edition))
    assert corners[0] == pytest.approx(at(0, 0), abs=1e-7)
    assert corners[1] == pytest.approx(at(0, 0), abs=1e-7)


def test_a_shapefile_without_prj_is_refused_until_the_system_is_said(tmp_path: Path, load_file: Loader) -> None:
    path = write(tmp_path / "beats", [moved(SQUARE, 2228)], {"code": ["1"]}, driver="ESRI Shapefile", crs=None)
    with pytest.raises(BadFile, match="--source-srid"):
        load_file(path)
    assert loaded_corner(load_file(path, source_srid=2228).edition) == pytest.approx(at(0, 0), abs=1e-7)


def test_geojson_with_a_crs_member_is_read_in_it(tmp_path: Path, load_file: Loader) -> None:
    path = write(tmp_path / "beats", [moved(SQUARE, 2228)], {"code": ["1"]}, driver="GeoJSON", crs="EPSG:2228")
    assert '"crs"' in path.read_text()
    result = load_file(path)
    assert loaded_corner(result.edition) == pytest.approx(at(0, 0), abs=1e-6)
    assert result.source_crs.startswith("EPSG:2228")


def test_geojson_in_feet_that_does_not_say_so_is_refused_with_a_hint(tmp_path: Path, load_file: Loader) -> None:
    path = write(tmp_path / "beats", [moved(SQUARE, 3857)], {"code": ["1"]}, driver="GeoJSON")
    with pytest.raises(BadFile, match=r"no degrees.*--source-srid"):
        load_file(path)
    assert loaded_corner(load_file(path, source_srid=3857).edition) == pytest.approx(at(0, 0), abs=1e-7)


def test_swapped_axes_are_recognized(tmp_path: Path, load_file: Loader) -> None:
    swapped = shapely.transform(SQUARE, lambda xy: xy[:, ::-1])
    path = write(tmp_path / "beats", [swapped], {"code": ["1"]}, driver="GeoJSON")
    with pytest.raises(BadFile, match="axes look swapped"):
        load_file(path)
    assert not Edition.objects.exists()


def test_a_layer_of_another_city_is_refused(tmp_path: Path, load_file: Loader) -> None:
    path = write(tmp_path / "beats", [shapely.box(-71.1, 42.3, -71.0, 42.4)], {"code": ["1"]}, driver="GeoJSON")
    with pytest.raises(BadFile, match="not at Almendra"):
        load_file(path)


def test_one_feature_that_strayed_is_a_fault_of_its_own(tmp_path: Path, load_file: Loader) -> None:
    path = csv(
        tmp_path / "lights.csv", "code,lon,lat", "1,-119.70,36.00", "2,-119.71,36.01", "3,0,0", "4,-119.70,36.02"
    )
    with pytest.raises(BadFile, match=r"far, far outside the jurisdiction \(1\): feature 3 \(code 3\)"):
        load_file(path, "asset:light")
    assert load_file(path, "asset:light", invalid=["far=drop"]).report["kept"] == 3


def test_a_stated_system_is_not_overruled(tmp_path: Path, load_file: Loader) -> None:
    path = write(tmp_path / "beats", [moved(SQUARE, 2228)], {"code": ["1"]}, driver="GPKG", crs="EPSG:2228")
    with pytest.raises(BadFile, match=r"not EPSG:2229"):
        load_file(path, source_srid=2229)
    with pytest.raises(BadFile, match="no EPSG code"):
        load_file(path, source_srid=999_999)


def test_a_missing_datum_grid_is_refused_and_named() -> None:
    with pytest.raises(BadFile, match=r"only to 7 m.*needs the grid us_noaa_\w+\.tif"):
        transformation(pyproj.CRS.from_epsg(26744), HERE)
    assert transformation(pyproj.CRS.from_epsg(26744), HERE, max_accuracy_m=10).accuracy_m == 7


def test_the_accuracy_of_a_transformation_is_stated() -> None:
    found = transformation(pyproj.CRS.from_epsg(2228), HERE)
    assert found.accuracy_m == 4.0
    assert "us_noaa" in found.missing
    assert transformation(pyproj.CRS.from_epsg(4326), HERE).accuracy_m == 0
    assert transformation(pyproj.CRS.from_epsg(32611), HERE).accuracy_m == 0


def test_a_ballpark_transformation_is_refused() -> None:
    local = pyproj.CRS.from_wkt(pyproj.CRS.from_epsg(31287).to_wkt().replace("6312", "999999"))
    with pytest.raises(BadFile, match="no exact way"):
        transformation(local, HERE)


def test_the_axis_order_of_the_authority_does_not_matter() -> None:
    for srid in (4326, 4269):  # both are latitude, longitude by EPSG's word
        point = transformation(pyproj.CRS.from_epsg(srid), HERE)(np.array([shapely.Point(-119.72, 36.0)], dtype=object))
        assert (point[0].x, point[0].y) == pytest.approx((-119.72, 36.0), abs=1e-6)


def test_the_default_of_geojson_may_be_overruled_and_a_statement_not() -> None:
    wgs84, mercator = pyproj.CRS.from_epsg(4326), pyproj.CRS.from_epsg(3857)
    assert stated_crs(wgs84, False, 3857) == mercator
    with pytest.raises(BadFile):
        stated_crs(wgs84, True, 3857)


def test_csv_takes_lon_and_lat_columns_or_wkt(tmp_path: Path, load_file: Loader) -> None:
    named = csv(tmp_path / "a.csv", "code,Longitude,Latitude", "1,-119.72,36.0")
    assert load_file(named, "asset:light").report["kept"] == 1
    wkt = csv(tmp_path / "b.csv", "code,wkt", '1,"POLYGON ((-119.72 36, -119.71 36, -119.71 36.01, -119.72 36))"')
    assert load_file(wkt, "beat").report["kept"] == 1


def test_csv_in_feet_needs_its_system(tmp_path: Path, load_file: Loader) -> None:
    point = moved(shapely.Point(at(3, 4)), 2228)
    path = csv(tmp_path / "a.csv", "code,x,y", f"1,{point.x!r},{point.y!r}")
    with pytest.raises(BadFile, match="no degrees"):
        load_file(path, "asset:light")
    assert load_file(path, "asset:light", source_srid=2228).report["kept"] == 1


@pytest.mark.parametrize(("srid", "named"), [(2228, "2228"), (32611, "32611"), (3857, "3857"), (4326, "4326")])
def test_a_file_without_a_system_is_refused_with_the_one_that_fits(
    tmp_path: Path, load_file: Loader, srid: int, named: str
) -> None:
    path = write(tmp_path / "beats", [moved(SQUARE, srid)], {"code": ["1"]}, driver="ESRI Shapefile", crs=None)
    with pytest.raises(BadFile, match=rf"Its numbers would fall on Almendra with .*--source-srid {named} \("):
        load_file(path)
    assert not Edition.objects.exists()


def test_a_layer_that_no_system_brings_here_gets_no_guess(tmp_path: Path, load_file: Loader) -> None:
    path = write(tmp_path / "beats", [shapely.box(1, 1, 2, 2)], {"code": ["1"]}, driver="ESRI Shapefile", crs=None)
    with pytest.raises(BadFile) as refused:
        load_file(path)
    assert "would fall" not in str(refused.value)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("code;lon;lat", "1;-119,70;36,01"),
        ("code;Point", '1;"(36.01, -119.70)"'),
        ("code;place", "1;POINT (-119.70 36.01)"),
        ("code;Longitude;Latitude", "1;-119.70;36.01"),
    ],
)
def test_a_table_may_write_its_places_in_many_ways(tmp_path: Path, load_file: Loader, header: str, row: str) -> None:
    load_file(csv(tmp_path / "lights.csv", header, row, encoding="utf-16"), "asset:light")
    assert AssetShape.objects.get().geom.coords == pytest.approx((-119.70, 36.01))


def test_a_table_without_places_says_what_it_lacks(tmp_path: Path, load_file: Loader) -> None:
    with pytest.raises(BadFile, match=r"no columns that are longitude and latitude.*The columns are: code, note"):
        load_file(csv(tmp_path / "lights.csv", "code,note", "1,a"), "asset:light")
