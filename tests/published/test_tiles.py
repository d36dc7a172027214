"""What stands in a tile: decoded and counted against geometry drawn by hand in tile units."""

from typing import Any

import mapbox_vector_tile
from django.test import Client

from layers.models import Jurisdiction
from tests import factories as make
from tests.published.conftest import X, Y, Z, tile_box


def decoded(layer: str, z: int = Z, x: int = X, y: int = Y) -> dict[str, Any]:
    """The layers of a tile, its features with coordinates counted from the north-west corner downwards."""
    response = Client().get(f"/tiles/{layer}/{z}/{x}/{y}.mvt")
    assert response.status_code in {200, 204}, response.content
    return mapbox_vector_tile.decode(response.content, default_options={"y_coord_down": True})


def city() -> Jurisdiction:
    return make.jurisdiction(outline=tile_box(-8192, -8192, 12288, 12288))


def test_an_area_stands_where_it_was_drawn() -> None:
    beats = make.kind(city(), "beat")
    make.area(beats, "B1", tile_box(1024, 512, 2048, 3072), "North beat")
    (feature,) = decoded("areas-beat")["area"]["features"]
    assert feature["properties"] == {"code": "B1", "name": "North beat"}
    (ring,) = feature["geometry"]["coordinates"]
    assert {tuple(corner) for corner in ring} == {(1024, 512), (2048, 512), (2048, 3072), (1024, 3072)}


def test_a_basemap_tile_has_every_layer_with_its_attributes() -> None:
    place = city()
    make.area(make.kind(place, "park"), "P1", tile_box(100, 100, 900, 900), "Parque Almendra")
    make.area(make.kind(place, "water"), "W1", tile_box(1000, 100, 1900, 900), "Río Almendra")
    make.area(make.kind(place, "municipality"), "M1", tile_box(3000, 3000, 4096, 4096), "東の町")
    parcels = make.kind(place, "parcel", "parcel")
    make.parcel(parcels, "001-01", tile_box(2000, 2000, 2100, 2100))
    layers = decoded("basemap")
    assert {name: [f["properties"] for f in layer["features"]] for name, layer in layers.items()} == {
        "land": [{}],
        "park": [{"name": "Parque Almendra"}],
        "water": [{"name": "Río Almendra"}],
        "municipality": [{"name": "東の町"}],
        "label": [
            {"type": "municipality", "name": "東の町", "rank": 1},
            {"type": "water", "name": "Río Almendra", "rank": 3},
            {"type": "park", "name": "Parque Almendra", "rank": 4},
        ],
    }
