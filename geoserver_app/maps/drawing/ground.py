"""Reads what a picture shows out of schema ``published``, as geometry in the picture's own pixels."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geoserver_app.maps.mercator import TILE, Frame, to_pixels
from geoserver_app.published import reader

MARGIN_PX = 24  # drawn beyond the edge, so that lines do not end in the picture
MOST_SMALL_SHAPES = 9000  # parcels or buildings; with more, the picture would be megabytes of specks


@dataclass(frozen=True)
class Shape:
    """A class ("arterial", "school", a kind of area), a name and a geometry in pixels."""

    layer: str
    kind: str
    name: str
    geom: Any


@dataclass(frozen=True)
class Ground:
    """The shapes of a picture by layer."""

    layers: dict[str, list[Shape]] = field(default_factory=dict)

    def __getitem__(self, layer: str) -> list[Shape]:
        return self.layers.get(layer, [])


def read(jurisdiction: str, frame: Frame, kinds: list[str]) -> Ground:
    """Everything inside a frame, for a jurisdiction's code, with the areas of some kinds (codes)."""
    pixel_deg = (frame.east - frame.west) / frame.width
    rows = reader.rows(
        statement(),
        {
            "jurisdiction": jurisdiction,
            "west": frame.west,
            "south": frame.south,
            "east": frame.east,
            "north": frame.north,
            "margin_deg": MARGIN_PX * pixel_deg,
            "fine_deg": pixel_deg / 3,
            "zoom": frame.zoom,
            "most": MOST_SMALL_SHAPES,
            "kinds": kinds,
        },
    )
    return ground(rows, frame)


def ground(rows: list[tuple[Any, ...]], frame: Frame) -> Ground:
    """Rows of (layer, class, name, WKB in degrees) as shapes in the frame's pixels."""
    pixels = in_pixels(shapely.from_wkb([row[3] for row in rows]), frame) if rows else []
    layers: dict[str, list[Shape]] = defaultdict(list)
    for (layer, kind, name, _), geom in zip(rows, pixels, strict=True):
        layers[layer].append(Shape(layer, kind, name, geom))
    return Ground(dict(layers))


def in_pixels(geometries: Any, frame: Frame) -> Any:
    """An array of shapely geometries, from degrees (lon, lat) to pixels of a frame (right, down)."""
    left, top = to_pixels(frame.west, frame.north, frame.zoom)
    size = TILE * 2**frame.zoom

    def project(lonlat: Any) -> Any:
        sine = np.sin(np.radians(lonlat[:, 1]))
        x = (lonlat[:, 0] + 180) / 360 * size - left
        y = (0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)) * size - top
        return np.column_stack([x, y])

    return shapely.transform(geometries, project)


@cache
def statement() -> str:
    return Path(__file__).with_name("ground.sql").read_text(encoding="utf-8")
