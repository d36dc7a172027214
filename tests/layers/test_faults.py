"""Faults of a layer: found, told with their place, decided about, and never passed over in silence."""

from pathlib import Path
from typing import Any

import pytest
import shapely

from layers.decisions import Decisions, decisions
from layers.errors import BadFile
from layers.faults import Refused
from layers.models import Area, AreaShape, Edition, Kind, ParcelShape, StagedFeature
from tests.layers.conftest import Loader
from tests.layers.drawn import write
from tests.layers.town import at, feature, line, square
from tests.layers.town import write as write_geojson

GOOD = square(0, 0, 10, 10)
BOW_TIE = shapely.Polygon([at(20, 0), at(30, 10), at(30, 0), at(20, 10)])


def layer(tmp_path: Path, *features: dict[str, Any]) -> Path:
    return write_geojson(tmp_path / "layer.geojson", list(features))


def shape(code: str) -> shapely.Geometry:
    return shapely.from_wkb(bytes(AreaShape.objects.get(area__code=code).geom.wkb))


def test_a_refusal_writes_nothing_and_lists_faults_with_code_and_place(tmp_path: Path, load_file: Loader) -> None:
    path = layer(tmp_path, feature(GOOD, code="1"), feature(BOW_TIE, code="2"), feature(GOOD, code=""))
    with pytest.raises(Refused) as caught:
        load_file(path)
    assert caught.value.counts == {"invalid": 1, "missing_code": 1}
    assert "2 of 3 features" in str(caught.value)
    assert "feature 1 (code 2): Self-intersection at -119.695 36.005" in str(caught.value)
    for model in (Kind, Edition, Area, AreaShape, StagedFeature):
        assert not model.objects.exists()


def test_repair_keeps_the_ground_and_the_original(tmp_path: Path, load_file: Loader) -> None:
    path = layer(tmp_path, feature(GOOD, code="1"), feature(BOW_TIE, code="2"))
    result = load_file(path, invalid=["repair"])
    assert shape("2").area == pytest.approx(50e-6)
    assert result.report["findings"]["invalid"]["decisions"] == {"repaired": 1}
    kept = StagedFeature.objects.get(edition=result.edition, finding="invalid")
    assert shapely.from_wkb(bytes(kept.wkb)).equals_exact(BOW_TIE, 0)
    assert kept.detail.startswith("Self-intersection")


def test_drop_leaves_out_and_keeps_the_original(tmp_path: Path, load_file: Loader) -> None:
    result = load_file(layer(tmp_path, feature(GOOD, code="1"), feature(BOW_TIE, code="2")), invalid=["drop"])
    assert list(Area.objects.values_list("code", flat=True)) == ["1"]
    assert StagedFeature.objects.get(edition=result.edition, decision="dropped").code == "2"
    assert result.report["findings"]["invalid"]["examples"] == [
        "feature 1 (code 2): Self-intersection at -119.695 36.005"
    ]


def test_a_decision_may_be_for_one_class_only(tmp_path: Path, load_file: Loader) -> None:
    path = layer(tmp_path, feature(GOOD, code="1"), feature(BOW_TIE, code="2"), feature(GOOD, code=None))
    with pytest.raises(Refused) as caught:
        load_file(path, invalid=["invalid=repair"])
    assert caught.value.counts == {"missing_code": 1}
    assert load_file(path, invalid=["repair", "missing_code=drop"]).report["kept"] == 2


def test_what_cannot_be_repaired_is_still_refused(tmp_path: Path, load_file: Loader) -> None:
    empty = {"type": "Feature", "properties": {"code": "2"}, "geometry": None}
    with pytest.raises(Refused, match="no geometry"):
        load_file(layer(tmp_path, feature(GOOD, code="1"), empty), invalid=["repair"])


def test_words_of_decisions() -> None:
    assert decisions(["repair", "far=drop"]) == Decisions("repair", {"far": "drop"})
    assert decisions([]).of("invalid") == "refuse"
    with pytest.raises(BadFile, match="'mend' is no decision"):
        decisions(["mend"])
    with pytest.raises(BadFile, match="CLASS=POLICY"):
        decisions(["colour=drop"])


@pytest.mark.parametrize(
    ("geometry", "fault"),
    [
        (shapely.Polygon(), "null_geometry"),
        (shapely.Point(at(1, 1)), "wrong_type"),
        (line((0, 0), (5, 5)), "wrong_type"),
        (shapely.GeometryCollection([GOOD, shapely.Point(at(1, 1))]), "wrong_type"),
        (BOW_TIE, "invalid"),
        (shapely.MultiPolygon([GOOD, GOOD]), "invalid"),
        (shapely.Polygon(GOOD.exterior, [square(2, 2, 4, 4).exterior, square(2, 2, 4, 4).exterior]), "invalid"),
        (shapely.Polygon([at(0, 0), at(10, 0), at(10, 10), at(5, 0), at(0, 10)]), "invalid"),
        (shapely.MultiPolygon([GOOD, square(5, 5, 15, 15)]), "invalid"),
        (shapely.Polygon(GOOD.exterior, [square(8, 8, 12, 12).exterior]), "invalid"),
    ],
    ids=[
        "empty", "point", "line", "collection", "bow-tie", "doubled part", "doubled hole", "touching itself",
        "overlapping parts", "hole across the border",
    ],
)  # fmt: skip
def test_a_zoo_of_bad_polygons_is_refused_by_class(
    tmp_path: Path, load_file: Loader, geometry: shapely.Geometry, fault: str
) -> None:
    with pytest.raises(Refused) as caught:
        load_file(write(tmp_path / "layer", [geometry], {"code": ["1"]}, driver="GPKG"))
    assert caught.value.counts == {fault: 1}


WITH_HOLE = shapely.Polygon(GOOD.exterior, [square(2, 2, 4, 4).exterior])
TWO_PARTS = shapely.MultiPolygon([GOOD, square(20, 0, 30, 10)])


@pytest.mark.parametrize(
    "geometry", [GOOD, GOOD.reverse(), WITH_HOLE, WITH_HOLE.reverse(), TWO_PARTS, shapely.force_3d(GOOD, 7)],
    ids=["square", "clockwise", "hole", "hole clockwise", "two parts", "with heights"],
)  # fmt: skip
@pytest.mark.parametrize("driver", ["ESRI Shapefile", "GPKG", "GeoJSON"])
def test_a_zoo_of_good_polygons_comes_in_flat_and_whole(
    tmp_path: Path, load_file: Loader, geometry: shapely.Geometry, driver: str
) -> None:
    result = load_file(write(tmp_path / "layer", [geometry], {"code": ["1"]}, driver=driver))
    stored = shape("1")
    assert (stored.geom_type, stored.has_z) == ("MultiPolygon", False)
    assert stored.equals(shapely.force_2d(geometry))
    assert result.report["z_dropped"] == int(geometry.has_z)


def test_a_collection_is_repaired_to_its_polygons(tmp_path: Path, load_file: Loader) -> None:
    both = shapely.GeometryCollection([GOOD, line((20, 20), (25, 25))])
    load_file(write(tmp_path / "layer", [both], {"code": ["1"]}, driver="GPKG"), invalid=["repair"])
    assert shape("1").equals(GOOD)


def test_slivers_are_counted_and_kept(tmp_path: Path, load_file: Loader) -> None:
    sliver = square(0, 20, 10, 20.0005)
    result = load_file(layer(tmp_path, feature(GOOD, code="1"), feature(sliver, code="2")))
    assert (result.report["slivers"], result.report["kept"]) == (1, 2)


def test_two_different_features_with_one_code_are_refused(tmp_path: Path, load_file: Loader) -> None:
    path = layer(tmp_path, feature(GOOD, code="1"), feature(square(20, 0, 30, 10), code="1"))
    with pytest.raises(Refused, match=r"feature 1 \(code 1\): feature 0 has it too"):
        load_file(path)
    load_file(path, invalid=["duplicate_code=drop"])
    assert shape("1").equals(GOOD)


def test_an_exact_repeat_is_left_out_and_counted(tmp_path: Path, load_file: Loader) -> None:
    result = load_file(layer(tmp_path, feature(GOOD, code="1"), feature(GOOD.reverse(), code="1")))
    assert result.report["kept"] == 1
    assert result.report["findings"]["repeated"]["decisions"] == {"left_out": 1}


def test_stacked_parcels_are_no_fault(tmp_path: Path, load_file: Loader) -> None:
    units = [feature(GOOD, code=f"12-{unit}") for unit in range(5)]
    load_file(layer(tmp_path, *units), "parcel")
    assert ParcelShape.objects.count() == 5


def test_a_repaired_feature_may_not_repeat_a_code(tmp_path: Path, load_file: Loader) -> None:
    path = layer(tmp_path, feature(GOOD, code="1"), feature(BOW_TIE, code="1"))
    with pytest.raises(Refused) as caught:
        load_file(path, invalid=["repair"])
    assert caught.value.counts == {"duplicate_code": 1}


def test_placeholder_codes_are_left_out_and_counted(tmp_path: Path, load_file: Loader) -> None:
    crosswalk = tmp_path / "parcels.yaml"
    crosswalk.write_text("parcel_number: APN\nplaceholder_codes: [ROAD, RR, '---']\n")
    path = layer(
        tmp_path,
        *(feature(square(n, 0, n + 1, 1), APN=apn) for n, apn in enumerate(["12-1", "ROAD", "ROAD", "---", "12-2"])),
    )
    result = load_file(path, "parcel", crosswalk=crosswalk)
    assert sorted(ParcelShape.objects.values_list("parcel__parcel_number", flat=True)) == ["12-1", "12-2"]
    assert result.report["findings"]["placeholder"]["count"] == 3
    assert StagedFeature.objects.filter(decision="left_out").count() == 3


def test_one_file_feeds_two_kinds(tmp_path: Path, load_file: Loader) -> None:
    path = layer(tmp_path, feature(GOOD, APN="12-1"), feature(square(20, 0, 30, 10), APN="ROAD"))
    parcels, streets = tmp_path / "parcels.yaml", tmp_path / "streets.yaml"
    parcels.write_text("parcel_number: APN\nplaceholder_codes: [ROAD]\n")
    streets.write_text("code: auto\nname: {constant: Right-of-way}\nwhere: \"APN = 'ROAD'\"\n")
    load_file(path, "parcel", crosswalk=parcels)
    load_file(path, "right_of_way", crosswalk=streets)
    assert ParcelShape.objects.count() == 1
    assert AreaShape.objects.get().name == "Right-of-way"


def test_nothing_left_to_load_is_an_error(tmp_path: Path, load_file: Loader) -> None:
    with pytest.raises(BadFile, match="all 1 features are left out"):
        load_file(layer(tmp_path, feature(BOW_TIE, code="1")), invalid=["drop"])
    with pytest.raises(BadFile, match="has no features"):
        load_file(layer(tmp_path, feature(GOOD, code="1")), where="code = 'none'")
