"""What is drawn comes back: shapes written by GDAL in every format, loaded by the product, within a centimeter."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyproj
import shapely
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from shapely import affinity

from layers.kinds import KindChoice
from layers.loading import LoadOptions, load
from layers.models import AreaShape, AssetShape, Jurisdiction
from tests import factories
from tests.examples import examples
from tests.layers.drawn import csv, write
from tests.layers.town import at

CENTIMETER = 0.01
FEET = 2228  # State Plane California zone 4, US survey feet
INTO_PLANE = pyproj.Transformer.from_crs(4326, factories.METRIC_SRID, always_xy=True)
INTO_FEET = pyproj.Transformer.from_crs(4326, FEET, always_xy=True)

places = st.tuples(
    st.floats(-40, 40, allow_nan=False).map(lambda x: round(x, 6)),
    st.floats(-40, 40, allow_nan=False).map(lambda y: round(y, 6)),
)


@st.composite
def polygons(draw: st.DrawFn) -> shapely.Geometry:
    """A star around a place with a hole now and then, sometimes two of them apart from each other."""
    rings = [_star(draw) for _ in range(draw(st.integers(1, 2)))]
    if len(rings) == 2:
        rings[1] = affinity.translate(rings[1], rings[0].bounds[2] - rings[1].bounds[0] + 0.001)
    return rings[0] if len(rings) == 1 else shapely.MultiPolygon(rings)


def _star(draw: st.DrawFn) -> shapely.Polygon:
    x, y = draw(places)
    reach = draw(st.lists(st.floats(0.2, 8), min_size=4, max_size=12))
    turns = np.linspace(0, 2 * np.pi, len(reach), endpoint=False)
    corners = [at(x + r * np.cos(turn), y + r * np.sin(turn)) for r, turn in zip(reach, turns, strict=True)]
    star = shapely.Polygon(corners)
    holes = [affinity.scale(shapely.Polygon(corners), 0.1, 0.1, origin=at(x, y)).exterior]
    holed = shapely.Polygon(corners, holes)
    return holed if draw(st.booleans()) and holed.is_valid else star


def lines() -> st.SearchStrategy[shapely.Geometry]:
    return st.lists(places, min_size=2, max_size=8, unique=True).map(
        lambda found: shapely.LineString([at(*place) for place in found])
    )


def points() -> st.SearchStrategy[shapely.Geometry]:
    return places.map(lambda place: shapely.Point(at(*place)))


def transformed(geometry: shapely.Geometry, transformer: pyproj.Transformer) -> shapely.Geometry:
    return shapely.transform(geometry, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1])))


def same_place(one: shapely.Geometry, other: shapely.Geometry) -> bool:
    """No corner of either is farther than a centimeter from the other, measured in the metre plane."""
    a, b = transformed(one, INTO_PLANE), transformed(other, INTO_PLANE)
    return bool(shapely.hausdorff_distance(a, b) <= CENTIMETER)


class RoundTrips(TestCase):
    """Each of the six writings of 50 drawn layers (everyday: a fifth of them)."""

    town: Jurisdiction

    @classmethod
    def setUpTestData(cls) -> None:
        cls.town = factories.jurisdiction()

    def load(self, path: Path, geometry: shapely.Geometry) -> shapely.Geometry:
        kind = "asset:thing" if geometry.geom_type == "Point" else "drawing"
        load(
            self.town, path, kind=kind, options=LoadOptions(code_field="code"),
            choice=KindChoice(geometry="any", name="Drawings"), commit=True,
        )  # fmt: skip
        shapes = AssetShape if kind == "asset:thing" else AreaShape
        shape = shapes.objects.get()
        return shapely.from_wkb(bytes(shape.geom.wkb))

    def assert_goes_round(self, drawn: shapely.Geometry, driver: str, srid: int = 4326) -> None:
        written = transformed(drawn, INTO_FEET) if srid == FEET else drawn
        with TemporaryDirectory() as folder:
            path = write(Path(folder) / "drawn", [written], {"code": ["1"]}, driver=driver, crs=f"EPSG:{srid}")
            assert same_place(self.load(path, drawn), drawn)

    @given(polygons() | lines() | points())
    @settings(max_examples=examples(50), deadline=None)
    def test_shapefile(self, drawn: Any) -> None:
        self.assert_goes_round(drawn, "ESRI Shapefile")

    @given(polygons() | lines() | points())
    @settings(max_examples=examples(50), deadline=None)
    def test_shapefile_in_feet(self, drawn: Any) -> None:
        self.assert_goes_round(drawn, "ESRI Shapefile", FEET)

    @given(polygons() | lines() | points())
    @settings(max_examples=examples(50), deadline=None)
    def test_geopackage(self, drawn: Any) -> None:
        self.assert_goes_round(drawn, "GPKG")

    @given(polygons() | lines() | points())
    @settings(max_examples=examples(50), deadline=None)
    def test_geopackage_in_feet(self, drawn: Any) -> None:
        self.assert_goes_round(drawn, "GPKG", FEET)

    @given(polygons() | lines() | points())
    @settings(max_examples=examples(50), deadline=None)
    def test_geojson(self, drawn: Any) -> None:
        self.assert_goes_round(drawn, "GeoJSON")

    @given(polygons() | lines() | points())
    @settings(max_examples=examples(50), deadline=None)
    def test_csv(self, drawn: Any) -> None:
        with TemporaryDirectory() as folder:
            if drawn.geom_type == "Point":
                path = csv(Path(folder) / "drawn.csv", "code,lon,lat", f"1,{drawn.x!r},{drawn.y!r}")
            else:
                path = csv(
                    Path(folder) / "drawn.csv", "code,wkt", f'1,"{shapely.to_wkt(drawn, rounding_precision=-1)}"'
                )
            assert same_place(self.load(path, drawn), drawn)

    @given(points())
    @settings(max_examples=examples(50), deadline=None)
    def test_the_database_agrees_with_the_plane_of_these_tests(self, drawn: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "select ST_X(p), ST_Y(p) from ST_Transform(ST_SetSRID(ST_MakePoint(%s, %s), 4326), %s) p",
                [drawn.x, drawn.y, factories.METRIC_SRID],
            )
            place = cursor.fetchone()
        assert shapely.Point(place).distance(transformed(drawn, INTO_PLANE)) < 1e-6
