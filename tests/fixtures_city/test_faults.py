"""Every documented fault is there, at its documented place."""

from pathlib import Path

import pytest
import shapely
from shapely import Point

from fixtures.faults import FAULTS

pytestmark = [pytest.mark.xdist_group("almendra"), pytest.mark.slow]

BY_NAME = {fault.name: fault for fault in FAULTS}
LAYERS = {
    "neighborhood": ("boundaries/neighborhoods.zip", "NHOOD_ID"),
    "beat": ("police/beats.shp", "BEAT"),
    "council_district": ("boundaries/council.gpkg:districts", "DISTRICT"),
    "municipality": ("boundaries/municipalities.geojson", "CODE"),
    "parcel": ("assessor/parcels.gpkg:parcels", "APN"),
}
# About ten centimetres in degrees.
NEAR = 1e-6


@pytest.fixture(scope="module")
def touching(layers):
    """The codes of the features of a kind that touch a place, in order, each once."""

    def found(kind, point):
        path, column = LAYERS[kind]
        table = layers[path]
        near = shapely.dwithin(table.geometries, point, NEAR)
        return sorted({code for code, hit in zip(table.columns[column], near, strict=True) if hit})

    return found


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault_is_at_its_place(fault, touching):
    assert touching(fault.kind, Point(fault.lon, fault.lat)) == sorted(fault.codes)


def test_the_park_lies_in_both_neighborhoods(layers):
    fault = BY_NAME["overlap_in_park"]
    table = layers["boundaries/neighborhoods.zip"]
    shapes = dict(zip(table.columns["NHOOD_ID"], table.geometries, strict=True))
    assert all(shapes[code].contains(Point(fault.lon, fault.lat)) for code in fault.codes)


def test_the_street_is_a_border_and_not_inside(layers):
    fault = BY_NAME["street_is_border"]
    table = layers["boundaries/council.gpkg:districts"]
    assert not any(shape.contains(Point(fault.lon, fault.lat).buffer(NEAR)) for shape in table.geometries)
    streets = layers["public_works/street_centerlines.zip"]
    near = shapely.dwithin(streets.geometries, Point(fault.lon, fault.lat), NEAR)
    assert {name for name, hit in zip(streets.columns["FULLNAME"], near, strict=True) if hit} >= {"W Central Avenue"}


def test_the_enclave_is_a_hole_in_the_city(layers):
    table = layers["boundaries/municipalities.geojson"]
    outline = table.geometries[table.columns["CODE"].index("almendra")]
    holes = [shapely.Polygon(ring) for part in shapely.get_parts(outline) for ring in part.interiors]
    assert len(holes) == 1
    assert holes[0].contains(Point(BY_NAME["enclave"].lon, BY_NAME["enclave"].lat))


def test_the_sliver_is_thinner_than_five_metres(city):
    outline = city.municipalities[0].shape
    strip = outline.intersection(shapely.box(2060, -900, 2600, -700))
    assert strip.area > 1_500
    assert strip.buffer(-2.5).is_empty


def test_the_parcel_has_a_good_part_in_each_of_two_beats(city):
    fault = BY_NAME["parcel_across_beats"]
    parcel = next(parcel for parcel in city.parcels if parcel.parcel_number == fault.codes[0])
    shares = {beat.code: beat.shape.intersection(parcel.shape).area / parcel.shape.area for beat in city.areas["beat"]}
    assert {code for code, share in shares.items() if share > 0.2} == {"33", "42"}


def test_no_other_house_lot_lies_across_two_beats(city):
    lots = {parcel.lot: parcel for parcel in city.parcels if parcel.units}
    borders = shapely.union_all([beat.shape.boundary for beat in city.areas["beat"]])
    shapely.prepare(borders)
    crossing = [parcel.parcel_number for parcel in lots.values() if borders.intersects(parcel.shape.buffer(-0.5))]
    assert crossing == []


def test_the_document_names_every_fault_with_its_place():
    document = (Path(__file__).resolve().parents[2] / "fixtures" / "FAULTS.md").read_text(encoding="utf-8")
    for fault in FAULTS:
        assert f"`{fault.name}`" in document
        assert f"{fault.lon:.6f}, {fault.lat:.6f}" in document
