"""What stands in a tile: decoded and counted against geometry drawn by hand in tile units."""

from typing import Any

import mapbox_vector_tile
import pytest
from django.contrib.gis.geos import LineString, MultiPolygon, Point, Polygon
from django.test import Client

from layers.models import Jurisdiction
from tests import factories as make
from tests.published.conftest import X, Y, Z, lon_lat, tile_box


def decoded(layer: str, z: int = Z, x: int = X, y: int = Y) -> dict[str, Any]:
    """The layers of a tile; coordinates count from its north-west corner to the east and the south."""
    response = Client().get(f"/tiles/{layer}/{z}/{x}/{y}.mvt")
    assert response.status_code in {200, 204}, response.content
    return dict(mapbox_vector_tile.decode(response.content, default_options={"y_coord_down": True}))


def features(layer: str, part: str, *at: int) -> list[dict[str, Any]]:
    found = decoded(layer, *at).get(part)
    return list(found["features"]) if found else []


def corners(feature: dict[str, Any]) -> set[tuple[int, int]]:
    return {tuple(point) for point in feature["geometry"]["coordinates"][0]}


def city(**fields: Any) -> Jurisdiction:
    return make.jurisdiction(outline=tile_box(-8192, -8192, 12288, 12288), **fields)


def line(*points: tuple[float, float]) -> LineString:
    return LineString([lon_lat(u, v) for u, v in points], srid=4326)


def point(u: float, v: float) -> Point:
    return Point(*lon_lat(u, v), srid=4326)


def test_an_area_stands_where_it_was_drawn() -> None:
    beats = make.kind(city(), "beat")
    make.area(beats, "B1", tile_box(1024, 512, 2048, 3072), "North beat")
    (feature,) = features("areas-beat", "area")
    assert feature["properties"] == {"code": "B1", "name": "North beat"}
    assert corners(feature) == {(1024, 512), (2048, 512), (2048, 3072), (1024, 3072)}


def test_longitude_is_x_and_latitude_is_y() -> None:
    # A tile that a swapped axis order would look for near the south pole.
    lights = make.kind(city(), "asset:street_light", "asset", "point")
    lon, lat = lon_lat(3000, 1000)
    make.asset(lights, "SL-1", Point(lon, lat, srid=4326), owner_class="city")
    (feature,) = features("assets-street_light", "asset", 15, 2 * X + 1, 2 * Y)
    assert feature["geometry"]["coordinates"] == [2 * 3000 - 4096, 2000]
    assert feature["properties"] == {"id": "SL-1", "owner": "city"}


def test_a_shape_is_clipped_64_units_outside_of_the_tile() -> None:
    make.area(make.kind(city(), "beat"), "B1", tile_box(-2000, 1000, 6000, 2000))
    (feature,) = features("areas-beat", "area")
    assert corners(feature) == {(-64, 1000), (4160, 1000), (4160, 2000), (-64, 2000)}


def test_a_hole_stays_a_hole() -> None:
    outer, inner = tile_box(1000, 1000, 3000, 3000), tile_box(1500, 1500, 2000, 2000)
    make.area(make.kind(city(), "beat"), "B1", Polygon(outer[0].coords, inner[0].coords, srid=4326))
    (feature,) = features("areas-beat", "area")
    assert len(feature["geometry"]["coordinates"]) == 2


def test_an_area_of_two_parts_is_one_feature_with_one_label() -> None:
    parts = MultiPolygon(tile_box(100, 100, 600, 600), tile_box(2000, 2000, 3000, 3000), srid=4326)
    make.area(make.kind(city(), "beat"), "B1", parts)
    layers = decoded("areas-beat")
    assert [len(layers[name]["features"]) for name in ("area", "area_label")] == [1, 1]


def test_an_area_over_four_tiles_is_labeled_in_one_of_them() -> None:
    make.area(make.kind(city(), "beat"), "B1", tile_box(2000, 2000, 6000, 6000), "Beat 1")
    tiles = [(Z, X + i, Y + j) for i in (0, 1) for j in (0, 1)]
    assert [len(features("areas-beat", "area", *tile)) for tile in tiles] == [1, 1, 1, 1]
    assert sum(len(features("areas-beat", "area_label", *tile)) for tile in tiles) == 1


def test_a_label_exactly_on_the_corner_of_four_tiles_stands_in_one() -> None:
    make.area(make.kind(city(), "neighborhood"), "N1", tile_box(3096, 3096, 5096, 5096), "Olive Grove")
    tiles = [(Z, X + i, Y + j) for i in (0, 1) for j in (0, 1)]
    assert sum(len(features("basemap", "label", *tile)) for tile in tiles) == 1


def test_an_area_that_is_not_in_force_is_not_drawn() -> None:
    make.area(make.kind(city(), "beat"), "B1", tile_box(100, 100, 900, 900), in_force=False)
    assert decoded("areas-beat") == {}


def test_areas_of_another_jurisdiction_are_not_drawn() -> None:
    make.area(make.kind(city(), "beat"), "B1", tile_box(100, 100, 900, 900))
    other = make.kind(city(code="lynwood"), "beat")
    make.area(other, "L1", tile_box(100, 100, 900, 900))
    response = Client().get(f"/tiles/areas-beat/{Z}/{X}/{Y}.mvt?jurisdiction=lynwood")
    (feature,) = mapbox_vector_tile.decode(response.content)["area"]["features"]
    assert feature["properties"]["code"] == "L1"


def test_a_basemap_tile_names_places_as_they_are_written() -> None:
    place = city()
    make.area(make.kind(place, "park"), "P1", tile_box(100, 100, 900, 900), "Parque de los Ñandúes")
    make.area(make.kind(place, "water"), "W1", tile_box(1000, 100, 1900, 900), "Río Almendra")
    make.area(make.kind(place, "municipality"), "M1", tile_box(3000, 3000, 4096, 4096), "東の町")
    assert {name: [f["properties"] for f in layer["features"]] for name, layer in decoded("basemap").items()} == {
        "land": [{}],
        "park": [{"name": "Parque de los Ñandúes"}],
        "water": [{"name": "Río Almendra"}],
        "municipality": [{"name": "東の町"}],
        "label": [
            {"type": "municipality", "name": "東の町", "rank": 1},
            {"type": "water", "name": "Río Almendra", "rank": 3},
            {"type": "park", "name": "Parque de los Ñandúes", "rank": 4},
        ],
    }


def test_segments_of_one_street_are_one_feature() -> None:
    streets = make.kind(city(), "centerline", "centerline", "line")
    make.street(streets, "1", line((0, 1000), (1000, 1000)), "W Olive Ave")
    make.street(streets, "2", line((1000, 1000), (2000, 1000)), "W Olive Ave")
    make.street(streets, "3", line((0, 2000), (2000, 2000)), "Río St")
    found = features("basemap", "street")
    assert [feature["properties"] for feature in found] == [
        {"class": "local", "name": "W Olive Ave"},
        {"class": "local", "name": "Río St"},
    ]
    assert found[0]["geometry"]["coordinates"] == [[0, 1000], [2000, 1000]]


def test_a_street_without_a_full_name_is_named_by_its_parts() -> None:
    streets = make.kind(city(), "centerline", "centerline", "line")
    parts = {"pre_directional": "NE", "street_name": "CAÑADA", "post_type": "BLVD"}
    make.street(streets, "1", line((0, 1000), (1000, 1000)), "", **parts)
    (feature,) = features("basemap", "street")
    assert feature["properties"]["name"] == "NE Cañada Blvd"


@pytest.mark.parametrize(
    ("road_class", "first"),
    [("motorway", 10), ("arterial", 10), ("collector", 12), ("ramp", 12), ("local", 13), ("alley", 15), ("path", 15)],
)
def test_streets_come_in_by_their_class(road_class: str, first: int) -> None:
    streets = make.kind(city(), "centerline", "centerline", "line")
    make.street(streets, "1", line((-8000, 100), (8000, 100)), "Olive", road_class=road_class)
    shown = [z for z in range(10, 17) if features("basemap", "street", z, *_tile_of(point(100, 100), z))]
    assert shown == list(range(first, 17))


def test_stacked_parcels_are_drawn_once() -> None:
    parcels = make.kind(city(), "parcel", "parcel")
    ground = tile_box(100, 100, 300, 300)
    for number in ("7-03", "7-01", "7-02"):
        make.parcel(parcels, number, ground)
    assert [f["properties"] for f in features("basemap", "parcel", 15, 2 * X, 2 * Y)] == [{}]
    assert [f["properties"] for f in features("basemap", "parcel", 16, 4 * X, 4 * Y)] == [{"number": "7-01"}]


def test_parcels_and_buildings_begin_at_zoom_15() -> None:
    place = city()
    make.parcel(make.kind(place, "parcel", "parcel"), "7", tile_box(100, 100, 300, 300))
    make.area(make.kind(place, "building"), "b", tile_box(150, 150, 250, 250))
    assert set(decoded("basemap")) == {"land"}
    assert set(decoded("basemap", 15, 2 * X, 2 * Y)) == {"land", "parcel", "building"}


def test_house_numbers_stand_at_zoom_16_each_in_one_tile() -> None:
    addresses = make.kind(city(), "address_point", "address_point", "point")
    make.address(addresses, 4512, point(1024, 512), number_suffix="½")
    make.address(addresses, 4516, point(1030, 512))
    make.address(addresses, 4516, point(1030, 512), unit="2")
    assert features("basemap", "address", 15, 2 * X, 2 * Y) == []
    west, east = ([f["properties"] for f in features("basemap", "address", 16, 4 * X + i, 4 * Y)] for i in (0, 1))
    assert (west, east) == ([], [{"n": "4512½"}, {"n": "4516"}])


def test_a_park_too_small_to_see_is_left_out_of_a_wide_tile() -> None:
    make.area(make.kind(city(), "park"), "P1", tile_box(100, 100, 120, 120), "Pocket Park")
    assert features("basemap", "park", 10, X >> 4, Y >> 4) == []
    assert len(features("basemap", "park")) == 1


def test_landmarks_have_grounds_and_a_label() -> None:
    landmarks = make.kind(city(), "landmark", "landmark", "any")
    make.landmark(landmarks, "School", tile_box(100, 100, 500, 500), category="school")
    make.landmark(landmarks, "City Hall", point(900, 900), category="city_hall")
    layers = decoded("basemap", 15, 2 * X, 2 * Y)
    assert [f["properties"] for f in layers["grounds"]["features"]] == [{"category": "school"}]
    assert [f["properties"] for f in layers["label"]["features"]] == [
        {"type": "landmark", "name": "City Hall", "category": "city_hall", "rank": 5},
        {"type": "landmark", "name": "School", "category": "school", "rank": 6},
    ]


def test_parts_of_a_greenway_with_one_name_are_labeled_once() -> None:
    parks = make.kind(city(), "park")
    make.area(parks, "G1", tile_box(100, 100, 600, 600), "Mill River Greenway")
    make.area(parks, "G2", tile_box(1000, 100, 2600, 600), "Mill River Greenway")
    (label,) = features("basemap", "label")
    assert 1000 < label["geometry"]["coordinates"][0] < 2600


def test_the_city_is_named_on_wide_tiles_only() -> None:
    city(name="City of Almendra")
    labels = [f["properties"] for f in features("basemap", "label", 12, X >> 2, Y >> 2)]
    assert labels == [{"type": "city", "name": "City of Almendra", "rank": 0}]
    assert features("basemap", "label", 13, X >> 1, Y >> 1) == []


def test_a_line_kind_is_drawn_as_lines() -> None:
    make.area(make.kind(city(), "easement", geometry="line", width_m=6), "E1", line((100, 100), (900, 100)))
    (feature,) = features("areas-easement", "area")
    assert feature["geometry"] == {"type": "LineString", "coordinates": [[100, 100], [900, 100]]}


def _tile_of(place: Point, z: int) -> tuple[int, int]:
    from geoserver_app.published.tilesets import tile_at

    return tile_at(place.x, place.y, z)
