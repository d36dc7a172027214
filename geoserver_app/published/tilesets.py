"""The vector layers of the tiles, what their attributes mean, and which tiles of a place exist."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

BoundingBox = tuple[float, float, float, float]  # west, south, east, north in degrees
MIN_ZOOM = 10
MAX_ZOOM = 16  # deeper zooms are drawn from these tiles
ASSET_MIN_ZOOM = 15
STEEPEST_LATITUDE = 85.0511287798066  # where the square of Web Mercator ends


@dataclass(frozen=True)
class ServedKind:
    """A kind of reference geography that has an edition in force."""

    id: int
    code: str
    feature_class: str
    name: str
    names: dict[str, str]
    on_map: bool
    position: int
    in_force_from: str | None  # a day, YYYY-MM-DD; None: since ever


@dataclass(frozen=True)
class VectorLayer:
    """One layer inside a tile, as TileJSON describes it."""

    id: str
    description: str
    fields: dict[str, str]
    minzoom: int = MIN_ZOOM


@dataclass(frozen=True)
class Tileset:
    """One address of tiles: what it shows, where and at which zooms."""

    id: str
    name: str
    minzoom: int
    vector_layers: tuple[VectorLayer, ...]
    kind: ServedKind | None = None  # None: the basemap, which shows many


_NAME = {"name": "Its name"}
BASEMAP_LAYERS = (
    VectorLayer("land", "The jurisdiction's ground", {}),
    VectorLayer("municipality", "Neighboring municipalities", _NAME),
    VectorLayer("park", "Parks", _NAME),
    VectorLayer("grounds", "Grounds of landmarks", {"category": "What is there: school, hospital, library"}, 13),
    VectorLayer("right_of_way", "Public right-of-way", {}, 15),
    VectorLayer("water", "Water", _NAME),
    VectorLayer("parcel", "Parcels; stacked ones once", {"number": "The (first) parcel number; from zoom 16"}, 15),
    VectorLayer("building", "Buildings", {}, 15),
    VectorLayer("rail", "Railway lines", {}),
    VectorLayer(
        "street",
        "Streets, one feature per class and name in a tile",
        {
            "class": "motorway, arterial (zoom 10 up), collector, ramp (12), local (13), alley or path (15)",
            "name": "The name as the city writes it",
            "ref": "Its number as a highway",
        },
    ),
    VectorLayer("address", "House numbers, as points", {"n": "The house number"}, 16),
    VectorLayer(
        "label",
        "Points to write a name at; each stands in one tile",
        {
            "type": "city, municipality, neighborhood, water, park or landmark",
            "name": "What to write",
            "category": "Of a landmark: school, library, transit",
            "rank": "The smaller, the more important",
        },
    ),
)
_AREA_FIELDS = {"code": "The area's code", "name": "Its name"}
AREA_LAYERS = (
    VectorLayer("area", "The areas", _AREA_FIELDS),
    VectorLayer("area_label", "A point to write each area's name at", _AREA_FIELDS),
)
ASSET_LAYERS = (
    VectorLayer(
        "asset",
        "The assets",
        {"id": "The owner's number", "owner": "Whose it is, as a class: city, utility, state"},
        ASSET_MIN_ZOOM,
    ),
)


BASEMAP = Tileset("basemap", "Basemap", MIN_ZOOM, BASEMAP_LAYERS)


def tilesets(kinds: Iterable[ServedKind]) -> dict[str, Tileset]:
    """The tilesets of a jurisdiction by id: the basemap, and one for each of its kinds of area or asset."""
    found = [BASEMAP]
    for kind in kinds:
        if kind.feature_class == "area":
            found.append(Tileset(f"areas-{_in_address(kind.code)}", kind.name, MIN_ZOOM, AREA_LAYERS, kind))
        elif kind.feature_class == "asset":
            code = kind.code.removeprefix("asset:")
            found.append(Tileset(f"assets-{_in_address(code)}", kind.name, ASSET_MIN_ZOOM, ASSET_LAYERS, kind))
    return {tileset.id: tileset for tileset in found}


def touches(bbox: BoundingBox, z: int, x: int, y: int) -> bool:
    """True where tile z/x/y shares ground with a box."""
    west, south, east, north = bbox
    left, top = tile_at(west, north, z)
    right, bottom = tile_at(east, south, z)
    return left <= x <= right and top <= y <= bottom


def tile_at(lon: float, lat: float, z: int) -> tuple[int, int]:
    """Column and row (XYZ scheme: row 0 in the north) of the tile that holds a point, at zoom z."""
    lat = math.radians(max(-STEEPEST_LATITUDE, min(STEEPEST_LATITUDE, lat)))
    count: int = 1 << z
    x = (lon + 180) / 360 * count
    y = (1 - math.asinh(math.tan(lat)) / math.pi) / 2 * count
    return min(max(int(x), 0), count - 1), min(max(int(y), 0), count - 1)


def tile_bbox(z: int, x: int, y: int) -> BoundingBox:
    """The ground of a tile."""
    count = 1 << z
    north, south = (math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / count)))) for row in (y, y + 1))
    return x / count * 360 - 180, south, (x + 1) / count * 360 - 180, north


def _in_address(code: str) -> str:
    return code.replace(":", ".")
