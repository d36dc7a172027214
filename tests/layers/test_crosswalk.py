"""Crosswalks: what stands in a file becomes what we call it."""

from pathlib import Path
from typing import Any

import pytest

from layers.errors import BadFile
from layers.faults import Refused
from layers.models import (
    AddressPointShape,
    Area,
    AreaShape,
    AssetShape,
    CenterlineShape,
    LandmarkShape,
    ParcelShape,
)
from tests.layers.conftest import Loader
from tests.layers.drawn import csv
from tests.layers.town import feature, line, square
from tests.layers.town import write as write_geojson


def load_with(load_file: Loader, tmp_path: Path, kind: str, yaml: str, *features: dict[str, Any]) -> Any:
    crosswalk = tmp_path / "map.yaml"
    crosswalk.write_text(yaml, encoding="utf-8")
    path = write_geojson(tmp_path / "layer.geojson", list(features))
    return load_file(path, kind, crosswalk=crosswalk)


def square_at(west: int, /, **properties: Any) -> dict[str, Any]:
    return feature(square(west, 0, west + 1, 1), **properties)


def test_names_templates_and_typed_attributes(tmp_path: Path, load_file: Loader) -> None:
    yaml = """
code: BEAT_NO
name: {template: "Beat {BEAT_NO} ({Area})"}
attributes:
  population: POP
  population_year: {constant: 2020}
  opened: {column: OPENED, type: date}
  share: {column: SHARE, type: number}
  staffed: {column: STAFFED, type: boolean}
"""
    load_with(
        load_file, tmp_path, "beat", yaml,
        square_at(0, BEAT_NO=12.0, area="North", POP="3,210", OPENED="2020/01/31", SHARE="0.5", STAFFED="Y"),
    )  # fmt: skip
    shape = AreaShape.objects.get()
    assert (shape.area.code, shape.name) == ("12", "Beat 12 (North)")
    assert shape.attributes == {
        "population": 3210,
        "population_year": 2020,
        "opened": "2020-01-31",
        "share": 0.5,
        "staffed": True,
    }


def test_without_a_name_the_code_is_it(tmp_path: Path, load_file: Loader) -> None:
    load_with(load_file, tmp_path, "beat", "code: c", square_at(0, c="7A"))
    assert AreaShape.objects.get().name == "7A"


def test_slugs_of_areas_are_told_apart(tmp_path: Path, load_file: Loader) -> None:
    load_with(
        load_file, tmp_path, "neighborhood", "{code: c, name: n}",
        square_at(0, c="1", n="Olive Grove"), square_at(1, c="2", n="Olive Grove"), square_at(2, c="3", n="Río Seco"),
    )  # fmt: skip
    assert dict(Area.objects.values_list("code", "slug")) == {"1": "olive-grove", "2": "olive-grove-2", "3": "rio-seco"}


def test_street_names_are_split_and_ranges_read(tmp_path: Path, load_file: Loader) -> None:
    yaml = """
segment_id: ID
street: FULLNAME
road_class: {column: CLASS, values: {"1": motorway, "2": arterial}, default: local}
from_address_left: LF
to_address_left: LT
from_address_right: RF
to_address_right: RT
zip_left: ZL
"""
    load_with(
        load_file, tmp_path, "centerline", yaml,
        feature(line((0, 0), (5, 0)), ID=1, FULLNAME="West Olive Avenue", CLASS=2, LF=4501, LT="4599", RF=-1, RT=0,
                ZL=93201),
    )  # fmt: skip
    shape = CenterlineShape.objects.get()
    assert (shape.pre_directional, shape.street_name, shape.post_type) == ("W", "OLIVE", "AVE")
    assert (shape.full_name, shape.road_class) == ("W Olive Ave", "arterial")
    assert (shape.from_address_left, shape.to_address_left) == (4501, 4599)
    assert (shape.from_address_right, shape.to_address_right) == (None, None)
    assert shape.zip_left == "93201"
    assert shape.plane.srid in (0, None)
    assert shape.plane.length == pytest.approx(451, abs=2)


@pytest.mark.parametrize(
    ("written", "shown"),
    [("JFK Street", "JFK St"), ("jfk st", "Jfk St"), ("JFK ST", "Jfk St"), ("MacArthur Blvd", "MacArthur Blvd"),
     ("Calle de la Paz", "Calle de la Paz"), ("west olive AVENUE", "W Olive Ave")],
)  # fmt: skip
def test_a_street_keeps_the_capitals_of_a_file_that_minds_them(
    tmp_path: Path, load_file: Loader, written: str, shown: str
) -> None:
    street = feature(line((0, 0), (5, 0)), ID="A", NAME=written)
    load_with(load_file, tmp_path, "centerline", "{segment_id: ID, street: NAME}", street)
    assert CenterlineShape.objects.get().full_name == shown


def test_streets_from_parts(tmp_path: Path, load_file: Loader) -> None:
    yaml = "{segment_id: ID, pre_directional: PRE, street_name: NAME, post_type: TYPE}"
    street = feature(line((0, 0), (5, 0)), ID="A", PRE="North", NAME="4th", TYPE="Street")
    load_with(load_file, tmp_path, "centerline", yaml, street)
    assert CenterlineShape.objects.get().full_name == "N 4th St"


def test_whole_addresses_are_split(tmp_path: Path, load_file: Loader) -> None:
    path = csv(tmp_path / "a.csv", "id,lon,lat,addr", '1,-119.72,36.0,"4512 1/2 W Olive Avenue Apt 3 93201"')
    crosswalk = tmp_path / "map.yaml"
    crosswalk.write_text("{address_id: id, address: addr}")
    load_file(path, "address_point", crosswalk=crosswalk)
    shape = AddressPointShape.objects.get()
    assert (shape.address_number, shape.number_suffix, shape.unit, shape.zip_code) == (4512, "1/2", "3", "93201")
    assert (shape.pre_directional, shape.street_name, shape.post_type) == ("W", "OLIVE", "AVE")


def test_addresses_from_parts_get_a_full_address(tmp_path: Path, load_file: Loader) -> None:
    path = csv(tmp_path / "a.csv", "id,lon,lat,no,street,unit", "1,-119.72,36.0,12,OLIVE AV,4")
    crosswalk = tmp_path / "map.yaml"
    crosswalk.write_text("{address_id: id, address_number: no, street: street, unit: unit}")
    load_file(path, "address_point", crosswalk=crosswalk)
    assert AddressPointShape.objects.get().full_address == "12 Olive Ave #4"


def test_assets_landmarks_and_parcels_have_their_own_names(tmp_path: Path, load_file: Loader) -> None:
    point = feature(line((0, 0), (1, 1)).centroid, id="L-1", n="Library", c="library", o="City")
    owner = "{column: o, values: {City: city, State: state}}"
    load_with(load_file, tmp_path, "asset:street_light", f"{{asset_id: id, owner_class: {owner}}}", point)
    load_with(load_file, tmp_path, "landmark", "{code: id, name: n, category: c}", point)
    parcel = square_at(0, id="12-1", s="1 Olive St", u="RES", o="City")
    load_with(
        load_file, tmp_path, "parcel",
        f"{{parcel_number: id, situs_address: s, land_use: u, owner_class: {owner}}}", parcel,
    )  # fmt: skip
    assert AssetShape.objects.get().owner_class == "city"
    assert LandmarkShape.objects.get().category == "library"
    shape = ParcelShape.objects.get()
    assert (shape.situs_address, shape.land_use, shape.owner_class) == ("1 Olive St", "RES", "city")


def test_codes_made_from_geometry_stay_while_it_does(tmp_path: Path, load_file: Loader) -> None:
    first = load_with(load_file, tmp_path, "right_of_way", "code: auto", square_at(0, n=1), square_at(5, n=2))
    codes = set(Area.objects.values_list("code", flat=True))
    again = load_with(load_file, tmp_path, "right_of_way", "code: auto", square_at(5, n=3), square_at(0, n=4))
    assert set(Area.objects.values_list("code", flat=True)) == codes
    assert (first.counts.new, again.counts.new) == (2, 0)


def test_features_with_one_code_are_united_where_the_crosswalk_says_so(tmp_path: Path, load_file: Loader) -> None:
    yaml = "{code: c, merge: true}"
    load_with(load_file, tmp_path, "beat", yaml, square_at(0, c="1"), square_at(1, c="1"), square_at(5, c="2"))
    shape = AreaShape.objects.get(area__code="1")
    assert (AreaShape.objects.count(), shape.geom.area) == (2, pytest.approx(2e-6))


def test_the_command_line_goes_before_the_crosswalk(tmp_path: Path, load_file: Loader) -> None:
    crosswalk = tmp_path / "map.yaml"
    crosswalk.write_text("{code: a, name: a, where: \"a <> 'x'\"}")
    path = write_geojson(tmp_path / "l.geojson", [square_at(n, a=a, b=f"B{a}") for n, a in enumerate("xyz")])
    load_file(path, crosswalk=crosswalk, code_field="b", name_field="b", where="a <> 'y'")
    assert list(Area.objects.values_list("code", flat=True)) == ["Bz"]


def test_columns_with_names_that_yaml_would_twist(tmp_path: Path, load_file: Loader) -> None:
    yaml = "{code: NO, name: on, attributes: {a: {column: y, values: {010: ten, 8: eight}}, b: {constant: 12:30}}}"
    load_with(load_file, tmp_path, "beat", yaml, square_at(0, NO="7", on="Seven", y="010"))
    shape = AreaShape.objects.get()
    assert (shape.area.code, shape.name, shape.attributes) == ("7", "Seven", {"a": "ten", "b": "12:30"})


@pytest.mark.parametrize(
    ("yaml", "told"),
    [
        ("{code: c, colour: red}", "colour means nothing for kind beat. Known: attributes, code"),
        ("{code: c, situs_address: s}", "situs_address means nothing"),
        ("{code: nothere}", "There is no column 'nothere'. The columns are: c"),
        ("{name: c}", "Which column holds the code?"),
        ("[code]", "NAME: COLUMN"),
        ("{code: {column: c, constant: 5}}", "one of column, template, constant"),
        ("{code: {}}", "it has none"),
        ("{code: {colunm: c}}", "colunm, which means nothing"),
        ("{code: [c]}", "a column's name or a rule"),
        ("{code: c, attributes: {a: {column: c, type: colour}}}", "type 'colour'"),
        ("{code: c, attributes: [c]}", "attributes must be"),
        ("{code: c, where: 5}", "where must be text"),
        ("{code: c, merge: often}", "merge must be true or false"),
        ("{code: c, placeholder_codes: ROAD}", "must be a list"),
        ("{code: c, decisions: {invalid: mend}}", "is no decision"),
        ("{code: c, decisions: drop}", "CLASS: POLICY"),
        ("{code: c, name: {column: c, values: [a]}}", "THEIRS: OURS"),
        ("code: {", "cannot be read"),
        ("!!python/object/apply:os.system ['true']", "cannot be read"),
    ],
)
def test_a_crosswalk_that_is_wrong_is_told_how(tmp_path: Path, load_file: Loader, yaml: str, told: str) -> None:
    with pytest.raises(BadFile) as caught:
        load_with(load_file, tmp_path, "beat", yaml, square_at(0, c="1"))
    assert told in str(caught.value)


def test_values_that_do_not_fit_are_faults_with_their_place(tmp_path: Path, load_file: Loader) -> None:
    yaml = "{segment_id: ID, road_class: CLASS, from_address_left: LF}"
    features = [
        feature(line((0, 0), (5, 0)), ID="1", CLASS="local", LF="12"),
        feature(line((0, 1), (5, 1)), ID="2", CLASS="HWY", LF="14"),
        feature(line((0, 2), (5, 2)), ID="3", CLASS="local", LF="twelve"),
    ]
    with pytest.raises(Refused) as caught:
        load_with(load_file, tmp_path, "centerline", yaml, *features)
    assert caught.value.counts == {"bad_value": 2}
    assert "feature 1 (code 2): road_class 'HWY' is not one of motorway" in str(caught.value)
    assert "feature 2 (code 3): from_address_left 'twelve' is no whole number" in str(caught.value)


def test_a_value_without_translation_is_a_fault(tmp_path: Path, load_file: Loader) -> None:
    yaml = "{parcel_number: c, owner_class: {column: o, values: {C: city}}}"
    with pytest.raises(Refused, match="owner_class 'X' is not among the crosswalk's values"):
        load_with(load_file, tmp_path, "parcel", yaml, square_at(0, c="1", o="X"))


def test_texts_that_are_too_long_are_faults(tmp_path: Path, load_file: Loader) -> None:
    with pytest.raises(Refused, match="longer than 200 characters"):
        load_with(load_file, tmp_path, "beat", "{code: c, name: n}", square_at(0, c="1", n="x" * 201))
    with pytest.raises(Refused, match="longer than 100 characters"):
        load_with(load_file, tmp_path, "beat", "code: c", square_at(0, c="x" * 101))
