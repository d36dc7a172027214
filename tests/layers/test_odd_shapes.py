"""Curves, heights, measures, TINs and collections are made plain, or refused with the reason."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest
import shapely

from layers import files, wkb
from layers.faults import Refused
from layers.models import AreaShape
from layers.source import read
from tests.layers.conftest import Loader
from tests.layers.drawn import csv, write
from tests.layers.town import LAT, LON, UNIT, at, square

# Coordinates of a square of the paper, its corners in turn.
A, B, C, D = (f"{LON + x * UNIT:.3f} {LAT + y * UNIT:.3f}" for x, y in ((0, 0), (10, 0), (10, 10), (0, 10)))


def table(tmp_path: Path, *texts: str) -> Path:
    """A CSV of geometries in WKT, which GDAL reads with curves and surfaces."""
    rows = [f'{number},"{text}"' for number, text in enumerate(texts, 1)]
    return csv(tmp_path / "areas.csv", "code,WKT", *rows)


def ground() -> float:
    return float(sum(shapely.from_wkt(shape.geom.wkt).area for shape in AreaShape.objects.all()))


def test_a_tin_becomes_the_ground_that_its_triangles_cover(tmp_path: Path, load_file: Loader) -> None:
    tin = f"TIN Z ((({A} 1,{B} 2,{C} 3,{A} 1)),(({A} 1,{C} 3,{D} 4,{A} 1)))"
    result = load_file(table(tmp_path, tin))
    assert ground() == pytest.approx(square(0, 0, 10, 10).area)
    assert any("1 surfaces of patches" in notice for notice in result.report["notices"])


def test_a_polyhedral_surface_loses_its_walls(tmp_path: Path, load_file: Loader) -> None:
    roof = f"(({A} 9,{B} 9,{C} 9,{D} 9,{A} 9))"
    wall = f"(({A} 0,{B} 0,{B} 9,{A} 9,{A} 0))"
    load_file(table(tmp_path, f"POLYHEDRALSURFACE Z ({roof},{wall})"))
    assert ground() == pytest.approx(square(0, 0, 10, 10).area)


def test_curves_become_lines_within_a_thousandth(tmp_path: Path, load_file: Loader) -> None:
    circle = f"CURVEPOLYGON (CIRCULARSTRING ({A},{C},{A}))"
    load_file(table(tmp_path, circle))
    radius = np.hypot(10, 10) / 2 * UNIT
    assert ground() == pytest.approx(np.pi * radius**2, rel=2e-3)


@pytest.mark.parametrize(("declared", "told"), [("CURVEPOLYGON", True), ("POLYGON", False)])
def test_a_layer_that_may_be_curved_says_what_becomes_of_it(tmp_path: Path, declared: str, told: bool) -> None:
    path = write(tmp_path / "areas", [square(0, 0, 1, 1)], {"code": ["1"]}, driver="GPKG", geometry_type="Polygon")
    with sqlite3.connect(path) as content:
        content.execute("update gpkg_geometry_columns set geometry_type_name = ?", [declared])
    with files.opened(path) as source:
        assert any("curves became lines" in notice for notice in read(source).notices) is told


def test_heights_and_measures_are_dropped_and_counted(tmp_path: Path, load_file: Loader) -> None:
    heights = f"POLYGON ZM (({A} 1 2,{B} 1 2,{C} 1 2,{A} 1 2))"
    measures = f"POLYGON M (({A} 1,{C} 1,{D} 1,{A} 1))"
    assert load_file(table(tmp_path, heights, measures)).report["z_dropped"] >= 1
    assert not any(shape.geom.hasz for shape in AreaShape.objects.all())


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("corner", ["nan nan", f"nan {LAT}", f"{LON} nan", "inf inf"])
def test_a_vertex_that_is_no_number_is_a_fault_of_its_feature(tmp_path: Path, load_file: Loader, corner: str) -> None:
    path = table(tmp_path, f"POLYGON (({A},{B},{C},{A}))", f"POLYGON (({A},{B},{corner},{D},{A}))")
    with pytest.raises(Refused, match=r"feature 2 \(code 2\)"):
        load_file(path)
    assert load_file(path, invalid=["drop"]).report["kept"] == 1


def test_a_collection_is_refused_by_its_name_and_gives_its_polygons_when_told(
    tmp_path: Path, load_file: Loader
) -> None:
    mixed = f"GEOMETRYCOLLECTION (POLYGON (({A},{B},{C},{A})),POINT ({D}))"
    path = table(tmp_path, mixed)
    with pytest.raises(Refused, match=r"wrong_type.*GeometryCollection"):
        load_file(path)
    assert load_file(path, invalid=["wrong_type=repair"]).report["kept"] == 1
    assert ground() == pytest.approx(square(0, 0, 10, 10).area / 2)


def test_rings_in_the_wrong_direction_are_the_same_ground(tmp_path: Path, load_file: Loader) -> None:
    clockwise = shapely.Polygon([at(0, 0), at(0, 10), at(10, 10), at(10, 0)])
    load_file(write(tmp_path / "areas", [clockwise], {"code": ["1"]}, driver="GeoJSON"))
    assert ground() == pytest.approx(square(0, 0, 10, 10).area)


@pytest.mark.parametrize("cut", [5, 9, 20, 40, 80])
def test_a_surface_cut_off_is_no_geometry(cut: int) -> None:
    whole = bytes.fromhex(
        "01f8030000" "01000000" "01f9030000" "01000000" "04000000"
    ) + np.array([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0], dtype="<f8").tobytes()  # fmt: skip
    assert shapely.area(wkb.parsed(np.array([whole], dtype=object))[0][0]) == 0.5
    assert wkb.parsed(np.array([whole[:cut]], dtype=object)) == ([None], 0)
