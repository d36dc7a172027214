"""Pieces and borders: the ground of areas as look-ups use it."""

import math
from pathlib import Path

import numpy as np
import pytest
import shapely
from django.contrib.gis.db.models import Extent, GeometryField
from django.contrib.gis.db.models.functions import NumPoints
from django.db.models import Max

from layers.kinds import KindChoice
from layers.metric import plane_point
from layers.models import AreaBorder, AreaPiece, Jurisdiction
from tests.layers.conftest import Loader
from tests.layers.town import at, feature, line, square
from tests.layers.town import write as write_geojson


def circle(x: float, y: float, radius: float, points: int = 2000) -> shapely.Polygon:
    turns = np.linspace(0, 2 * math.pi, points, endpoint=False)
    return shapely.Polygon([at(x + radius * math.cos(turn), y + radius * math.sin(turn)) for turn in turns])


def pieces() -> shapely.Geometry:
    return shapely.union_all([shapely.from_wkb(bytes(piece.geom.wkb)) for piece in AreaPiece.objects.all()])


def borders() -> shapely.Geometry:
    return shapely.union_all([shapely.from_wkb(bytes(border.line.wkb)) for border in AreaBorder.objects.all()])


def in_plane(geometry: shapely.Geometry, town: Jurisdiction) -> shapely.Geometry:
    def move(xy: np.ndarray) -> np.ndarray:
        return np.array([plane_point(x, y, town.metric_srid).coords[0] for x, y in xy])

    return shapely.transform(geometry, move)


def lone(tmp_path: Path, geometry: shapely.Geometry) -> Path:
    return write_geojson(tmp_path / "layer.geojson", [feature(geometry, code="1")])


def test_pieces_are_small_and_cover_the_area_exactly(tmp_path: Path, load_file: Loader) -> None:
    whole = shapely.Polygon(circle(20, 20, 15).exterior, [circle(20, 20, 5).exterior])
    load_file(lone(tmp_path, whole))
    assert AreaPiece.objects.count() > 10
    assert AreaPiece.objects.annotate(n=NumPoints("geom")).aggregate(Max("n"))["n__max"] <= 128
    assert pieces().symmetric_difference(whole).area < 1e-15


def test_cuts_between_pieces_are_no_borders(tmp_path: Path, load_file: Loader, almendra: Jurisdiction) -> None:
    whole = circle(20, 20, 15)
    load_file(lone(tmp_path, whole))
    ring = in_plane(whole, almendra).exterior
    drawn = borders()
    assert drawn.length == pytest.approx(ring.length, abs=0.01)
    assert drawn.hausdorff_distance(ring) < 1e-6
    center = plane_point(*at(20, 20), almendra.metric_srid)
    assert drawn.distance(center) == pytest.approx(ring.distance(center), abs=1e-6)


def test_stretches_of_border_are_short(tmp_path: Path, load_file: Loader) -> None:
    load_file(lone(tmp_path, circle(20, 20, 15)))
    sizes = AreaBorder.objects.annotate(n=NumPoints("line")).aggregate(Max("n"))
    assert sizes["n__max"] <= 32
    assert AreaBorder.objects.count() >= 2000 / 32


def test_holes_have_borders_too(tmp_path: Path, load_file: Loader, almendra: Jurisdiction) -> None:
    hole = square(4, 4, 6, 6)
    load_file(lone(tmp_path, shapely.Polygon(square(0, 0, 10, 10).exterior, [hole.exterior])))
    assert borders().distance(plane_point(*at(5, 4), almendra.metric_srid)) < 1e-3


def test_an_easement_is_as_wide_as_its_kind_says_in_meters(
    tmp_path: Path, load_file: Loader, almendra: Jurisdiction
) -> None:
    load_file(lone(tmp_path, line((0, 0), (10, 0))), "easement", choice=KindChoice(width_m=8))
    ground = in_plane(pieces(), almendra)
    axis = in_plane(line((0, 0), (10, 0)), almendra)
    assert ground.area == pytest.approx(axis.length * 8 + math.pi * 16, rel=0.01)
    across = ground.bounds[3] - ground.bounds[1]
    assert 8 <= across < 8 + abs(axis.coords[0][1] - axis.coords[1][1]) + 0.1
    assert borders().hausdorff_distance(ground.exterior) < 0.01


def test_a_feature_may_have_a_width_of_its_own(tmp_path: Path, load_file: Loader, almendra: Jurisdiction) -> None:
    crosswalk = tmp_path / "map.yaml"
    crosswalk.write_text("{code: code, attributes: {width_m: {column: w, type: number}}}")
    path = write_geojson(tmp_path / "l.geojson", [feature(line((0, 0), (10, 0)), code="1", w=20)])
    load_file(path, "easement", crosswalk=crosswalk)
    axis = in_plane(line((0, 0), (10, 0)), almendra)
    assert in_plane(pieces(), almendra).area == pytest.approx(axis.length * 20 + math.pi * 100, rel=0.01)


def test_another_width_is_another_shape(tmp_path: Path, load_file: Loader) -> None:
    path = lone(tmp_path, line((0, 0), (10, 0)))
    load_file(path, "easement")
    assert load_file(path, "easement", choice=KindChoice(width_m=12)).counts.new == 1


def test_lines_without_a_width_and_points_take_no_ground(tmp_path: Path, load_file: Loader) -> None:
    load_file(lone(tmp_path, line((0, 0), (10, 0))), "rail")
    load_file(lone(tmp_path, shapely.Point(at(1, 1))), "well", choice=KindChoice(geometry="point", name="Wells"))
    assert not AreaPiece.objects.exists()


def test_a_carried_shape_is_not_cut_again(tmp_path: Path, load_file: Loader) -> None:
    path = lone(tmp_path, circle(20, 20, 15))
    load_file(path)
    count = AreaPiece.objects.count()
    load_file(path)
    assert AreaPiece.objects.count() == count


def test_the_plane_is_stored_without_a_system_and_in_meters(
    tmp_path: Path, load_file: Loader, almendra: Jurisdiction
) -> None:
    load_file(lone(tmp_path, square(0, 0, 10, 10)))
    assert isinstance(AreaBorder._meta.get_field("line"), GeometryField)
    extent = AreaBorder.objects.aggregate(Extent("line"))["line__extent"]
    assert extent == pytest.approx(in_plane(square(0, 0, 10, 10), almendra).bounds, abs=1e-3)
