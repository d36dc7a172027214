"""The districts: neighbors share every vertex, and nothing is left between but what was left on purpose."""

import numpy as np
import pytest
import shapely

from fixtures.city.plan_places import CITY, YARD

pytestmark = [pytest.mark.xdist_group("almendra"), pytest.mark.slow]

PARTITIONS = {
    "boundaries/council.gpkg:districts": 5,
    "boundaries/council.gpkg:districts_former": 5,
    "boundaries/census.gpkg:tracts": 18,
    "boundaries/census.gpkg:zip_codes": 2,
    "public_works/maintenance_zones.geojson": 6,
}


@pytest.mark.parametrize(("layer", "count"), PARTITIONS.items())
def test_districts_share_their_vertices(layers, layer, count):
    assert len(layers[layer]) == count
    assert shapely.coverage_is_valid(layers[layer].geometries)


@pytest.mark.parametrize("kind", ["council_district", "council_district_before", "census_tract", "maintenance_zone"])
def test_districts_fill_the_city(city, kind):
    assert sum(district.shape.area for district in city.areas[kind]) == pytest.approx(CITY.area, rel=1e-9)


@pytest.mark.parametrize("kind", ["beat", "beat_before"])
def test_beats_fill_the_city_but_for_the_rail_yard(city, kind):
    covered = sum(district.shape.area for district in city.areas[kind])
    assert covered == pytest.approx(CITY.area - YARD.area, rel=1e-6)


@pytest.mark.parametrize("layer", ["police/beats.shp", "police/beats_former.shp"])
def test_beats_share_their_vertices(layers, layer):
    assert shapely.coverage_is_valid(layers[layer].geometries)


def test_the_city_and_its_neighbors_share_their_border(layers):
    assert shapely.coverage_is_valid(layers["boundaries/municipalities.geojson"].geometries)


def test_neighborhoods_overlap_in_one_park_only(city):
    hoods = city.areas["neighborhood"]
    pairs = [(a, b) for i, a in enumerate(hoods) for b in hoods[i + 1 :] if a.shape.intersection(b.shape).area > 0.01]
    park = next(park.shape for park in city.parks if park.name == "Mariposa Park")
    assert [(a.name, b.name) for a, b in pairs] == [("Arroyo Norte", "Mariposa")]
    assert pairs[0][0].shape.intersection(pairs[0][1].shape).contains(park)


def test_neighborhoods_fill_the_city(city):
    union = shapely.union_all([district.shape for district in city.areas["neighborhood"]])
    assert union.area == pytest.approx(CITY.area, rel=1e-9)


def test_council_districts_hold_like_numbers_of_people(city):
    people = np.array([district.population for district in city.areas["council_district"]])
    assert np.abs(people / people.mean() - 1).max() < 0.06


def test_a_district_is_in_one_piece(city):
    for kind in ("neighborhood", "council_district", "beat", "maintenance_zone", "census_tract", "block_watch"):
        assert {district.shape.geom_type for district in city.areas[kind]} == {"Polygon"}, kind


def test_people_of_districts_add_up(city):
    for kind in ("council_district", "census_tract", "maintenance_zone", "zipcode_area"):
        assert sum(district.population for district in city.areas[kind]) == 73_140, kind


def test_more_than_fifty_block_watch_groups_do_not_overlap(city):
    groups = city.areas["block_watch"]
    assert len(groups) > 50
    assert len({group.name for group in groups}) == len(groups)
    union = shapely.union_all([group.shape for group in groups])
    assert sum(group.shape.area for group in groups) == pytest.approx(union.area, rel=1e-9)


def test_former_districts_differ_from_those_of_today(city):
    for kind in ("beat", "council_district"):
        now, before = city.areas[kind], city.areas[f"{kind}_before"]
        assert {d.shape.wkb for d in now} != {d.shape.wkb for d in before}
    assert {d.code for d in city.areas["beat"]} - {d.code for d in city.areas["beat_before"]} == {"13", "33"}
