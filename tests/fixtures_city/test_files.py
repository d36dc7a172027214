"""The files: formats, coordinate systems, what the load steps ask of them, and that they come out alike each time."""

import csv
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pyogrio
import pytest
import shapely
import yaml

from fixtures.load_steps import ALMENDRA, STEPS

pytestmark = pytest.mark.xdist_group("almendra")

ROOT = Path(__file__).resolve().parents[2]
KINDS = {
    "municipality", "neighborhood", "council_district", "beat", "maintenance_zone", "block_watch",
    "right_of_way", "park", "easement", "zipcode_area", "census_tract", "water", "building", "rail",
    "parcel", "address_point", "centerline", "asset:street_light", "asset:tree", "asset:hydrant",
    "asset:signal", "landmark",
}  # fmt: skip


def texts(layers):
    return [
        value
        for table in layers.values()
        for values in table.columns.values()
        for value in values
        if isinstance(value, str)
    ]


def columns_of(step, folder):
    path = folder / step.file
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return next(csv.reader(file))
    return list(pyogrio.read_info(path, layer=step.layer)["fields"])


def named_columns(rule):
    if isinstance(rule, str):
        return [rule]
    return [rule["column"]] if "column" in rule else re.findall(r"\{([^{}]+)\}", rule.get("template", ""))


@pytest.mark.slow
def test_every_geometry_is_valid_in_degrees(layers):
    for name, table in layers.items():
        assert shapely.is_valid(table.geometries).all(), name
        assert not shapely.is_empty(table.geometries).any(), name


@pytest.mark.slow
def test_every_geometry_is_valid_as_written(folder):
    for step in STEPS:
        if not step.file.endswith(".csv"):
            _, _, wkb, _ = pyogrio.raw.read(folder / step.file, layer=step.layer)
            assert shapely.is_valid(shapely.from_wkb(wkb)).all(), step.file


@pytest.mark.slow
def test_formats_and_coordinate_systems_are_mixed(layers):
    assert {table.driver for table in layers.values()} == {"ESRI Shapefile", "GPKG", "GeoJSON", "CSV"}
    assert {table.srid for table in layers.values()} == {4326, 2228, 26911}
    assert any(table.zipped for table in layers.values())


@pytest.mark.slow
def test_a_file_holds_the_system_it_was_made_in(folder):
    info = pyogrio.read_info(folder / "assessor" / "parcels.gpkg", layer="parcels")
    assert info["crs"] == "EPSG:2228"
    assert 6_000_000 < info["total_bounds"][0] < 7_000_000


@pytest.mark.slow
def test_steps_load_every_kind_and_every_layer(layers):
    assert {step.kind for step in STEPS} == KINDS
    loaded = {f"{step.file}:{step.layer}" if step.layer else step.file for step in STEPS}
    assert loaded == set(layers)


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step.kind}-{step.layer or ''}")
def test_a_crosswalk_names_columns_of_its_file(step, folder):
    crosswalk = yaml.safe_load(step.crosswalk_path.read_text(encoding="utf-8"))
    rules = {**crosswalk, **crosswalk.get("attributes", {})}
    for key in ("attributes", "where", "placeholder_codes"):
        rules.pop(key, None)
    wanted = {column for rule in rules.values() for column in named_columns(rule)}
    assert wanted <= set(columns_of(step, folder))


def test_former_districts_end_the_day_before_those_of_today_begin():
    former, today = (step for step in STEPS if step.kind == "beat")
    assert former.days(date(2026, 11, 21)) == "..2024-11-21"
    assert today.days(date(2026, 11, 21)) == "2024-11-22"
    assert former.days(date(2024, 2, 29)) == "..2022-02-28"


@pytest.mark.slow
def test_the_outline_is_one_feature_of_a_file(folder):
    info = pyogrio.read_info(folder / ALMENDRA.outline_file)
    assert "CODE" in info["fields"]
    _, _, wkb, _ = pyogrio.raw.read(folder / ALMENDRA.outline_file, where=ALMENDRA.outline_where)
    assert len(wkb) == 1


@pytest.mark.slow
def test_telephone_numbers_are_fictional(layers):
    numbers = {number for text in texts(layers) for number in re.findall(r"\(\d{3}\) \d{3}-\d{4}", text)}
    assert len(numbers) > 10
    assert all(re.fullmatch(r"\(559\) 555-01\d\d", number) for number in numbers)


@pytest.mark.slow
def test_pages_and_mail_are_on_example_domains(layers):
    places = {text for text in texts(layers) if "://" in text or "@" in text}
    assert len(places) >= 8
    assert all(re.search(r"[./@]example\.(org|com|net)$", place) for place in places)


@pytest.mark.slow
def test_columns_of_shapefiles_have_short_names(layers):
    shapefiles = [table for table in layers.values() if table.driver == "ESRI Shapefile"]
    assert all(len(name) <= 10 for table in shapefiles for name in table.columns)


_STREETS = """
from fixtures.city.corridors import corridors
from fixtures.city.naming import street_names
from fixtures.city.numbering import centerlines
from fixtures.city.quarters import quarters
from fixtures.city.roadwork import street_network
edges = street_network(quarters(), corridors(), 7)
found = centerlines(edges, street_names(edges, quarters(), 7), quarters())
import hashlib
print(hashlib.sha256(repr([(c.segment_id, c.full_name, c.low, c.line.wkb) for c in found]).encode()).hexdigest())
"""

_WHOLE_CITY = """
from fixtures.city.build import build_city
from fixtures.city.tables import tables
for table in tables(build_city()):
    print(table.digest())
"""


def printed(code: str, hash_seed: str) -> list[str]:
    """What a fresh interpreter prints; with other string hashes, so that no order of a set can hide."""
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment)
    return done.stdout.split()


def test_the_same_seed_draws_the_same_streets():
    assert printed(_STREETS, "1") == printed(_STREETS, "2")


@pytest.mark.slow
def test_the_same_seed_gives_the_same_features(layers):
    assert printed(_WHOLE_CITY, "3") == [table.digest() for table in layers.values()]
