"""The city's size, its people and its land."""

from collections import Counter

import numpy as np
import pytest
import shapely
from pyproj import Geod

from fixtures.city.build import City
from fixtures.city.landuse import POPULATION
from fixtures.city.plan_places import CITY

SQUARE_MILE_M2 = 1609.344**2

pytestmark = [pytest.mark.xdist_group("almendra"), pytest.mark.slow]


def ground_lots(city: City) -> list[shapely.Polygon]:
    """Each lot once, also where a condominium stacks parcels on it."""
    return list({parcel.lot: parcel.shape for parcel in city.parcels}.values())


def test_the_city_has_4_9_square_miles(layers):
    outlines = layers["boundaries/municipalities.geojson"]
    outline = outlines.geometries[outlines.columns["CODE"].index("almendra")]
    area_m2, _ = Geod(ellps="WGS84").geometry_area_perimeter(shapely.orient_polygons(outline))
    assert area_m2 / SQUARE_MILE_M2 == pytest.approx(4.9, rel=0.02)


def test_the_city_has_about_73_000_people(city):
    assert sum(parcel.population for parcel in city.parcels) == POPULATION == pytest.approx(73_000, rel=0.02)


def test_there_are_about_15_000_parcels_of_many_uses_and_owners(city):
    assert 14_000 < len(city.parcels) < 16_000
    assert len({parcel.land_use for parcel in city.parcels}) >= 14
    owners = {parcel.owner_class for parcel in city.parcels}
    assert owners >= {"private", "city", "county", "state", "school_district", "utility"}


def test_parcel_numbers_are_unique(city):
    assert len({parcel.parcel_number for parcel in city.parcels}) == len(city.parcels)


def test_only_homes_hold_people(city):
    assert all(parcel.units > 0 for parcel in city.parcels if parcel.population)


def test_the_units_of_a_condominium_are_parcels_on_the_same_ground(city):
    stacks = Counter(parcel.lot for parcel in city.parcels if parcel.land_use == "Condominium")
    assert len(stacks) >= 30
    assert min(stacks.values()) >= 10
    one = next(iter(stacks))
    assert len({parcel.shape.wkb for parcel in city.parcels if parcel.lot == one}) == 1


def test_lots_do_not_overlap(city):
    lots = ground_lots(city)
    first, second = shapely.STRtree(lots).query(lots, predicate="intersects")
    pairs = first < second
    array = np.array(lots, dtype=object)
    shared_m2 = shapely.area(shapely.intersection(array[first[pairs]], array[second[pairs]]))
    assert shared_m2.max() < 0.05


def test_lots_and_rights_of_way_fill_the_city(city):
    covered = sum(lot.area for lot in ground_lots(city)) + sum(ground.shape.area for ground in city.rights_of_way)
    assert covered == pytest.approx(CITY.area, rel=1e-4)


def test_buildings_stand_on_their_parcel(city):
    parcels = {parcel.parcel_number: parcel.shape for parcel in city.parcels}
    lots = np.array([parcels[building.parcel_number] for building in city.buildings], dtype=object)
    shapes = np.array([building.shape for building in city.buildings], dtype=object)
    assert len(shapes) > 15_000
    assert shapely.area(shapely.difference(shapes, lots)).max() < 0.1


def test_assets_have_owners_of_three_classes(city):
    assert len(city.assets["tree"]) > 8_000
    assert {light.owner for light in city.assets["street_light"]} == {"City of Almendra", "Tres Robles Power & Light"}
    assert "State of California" in {signal.owner for signal in city.assets["signal"]}
