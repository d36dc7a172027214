"""What a page adds to the ground: faces (an area, what lies around it, classes of a count) and marks (places)."""

import math
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

import numpy as np

from geoserver_app.maps.drawing.ground import in_pixels
from geoserver_app.maps.drawing.paths import SCALE, path_data
from geoserver_app.maps.mercator import Frame

Pixel = tuple[float, float]
WIDE = 22.0  # pixels of a mark with a text
# Steps aside, the nearest first.
_NEAR = [(0.0, 0.0)] + [
    (ring * WIDE * math.cos(turn * math.pi / 4), ring * WIDE * math.sin(turn * math.pi / 4))
    for ring in (1.02, 2.04, 3.06) for turn in range(8)
]  # fmt: skip
MarkKind = Literal["dot", "number", "spot"]
FILL: dict[MarkKind, str] = {"dot": "#005ea2", "number": "#162e51", "spot": "#b50909"}


@dataclass(frozen=True)
class Face:
    """A geometry (shapely, degrees) with a fill ("" for none) and an outline; widths in pixels."""

    geom: Any
    fill: str = ""
    opacity: float = 1.0
    stroke: str = ""
    width: float = 2.0
    dash: tuple[int, ...] = ()


@dataclass(frozen=True)
class Mark:
    """A place in degrees: a dot, a number in a disk, a letter in a square; told apart without color too."""

    lon: float
    lat: float
    kind: MarkKind = "dot"
    text: str = ""


def faces(frame: Frame, drawn: tuple[Face, ...]) -> str:
    """The faces as SVG, in their order."""
    if not drawn:
        return ""
    pixels = in_pixels(np.array([face.geom for face in drawn]), frame)
    body = "".join(_face(face, geom) for face, geom in zip(drawn, pixels, strict=True))
    return f'<g transform="scale({1 / SCALE})" stroke-linejoin="round">{body}</g>'


def _face(face: Face, geom: Any) -> str:
    fill = f'fill="{face.fill}" fill-opacity="{face.opacity}"' if face.fill else 'fill="none"'
    line = f' stroke="{face.stroke}" stroke-width="{face.width * SCALE:g}"' if face.stroke else ""
    dashes = " ".join(f"{part * SCALE:g}" for part in face.dash)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<path d="{path_data([geom])}" fill-rule="evenodd" {fill}{line}{dashed}/>'


def marks(frame: Frame, drawn: tuple[Mark, ...]) -> str:
    """The marks as SVG: dots first, so that they cover nothing; what has a text moves aside for what stands there."""
    dots = [_mark(mark, *frame.pixel(mark.lon, mark.lat)) for mark in drawn if mark.kind == "dot"]
    told = [mark for mark in drawn if mark.kind != "dot"]
    places = aside([frame.pixel(mark.lon, mark.lat) for mark in told])
    return "".join((*dots, *(_mark(mark, *at) for mark, at in zip(told, places, strict=True))))


def aside(wanted: list[Pixel]) -> list[Pixel]:
    """Pixels at least a mark's width apart, each as near as may be to where it was wanted; the earlier one stays."""
    taken: list[Pixel] = []
    for x, y in wanted:
        free = ((x + dx, y + dy) for dx, dy in _NEAR if not any(_over((x + dx, y + dy), other) for other in taken))
        taken.append(next(free, (x, y)))
    return taken


def _over(one: Pixel, other: Pixel) -> bool:
    return math.hypot(one[0] - other[0], one[1] - other[1]) < WIDE


def _mark(mark: Mark, x: float, y: float) -> str:
    look = f'fill="{FILL[mark.kind]}" stroke="#fff" stroke-width="1.5"'
    if mark.kind == "dot":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" {look}/>'
    shape = (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="11" {look}/>'
        if mark.kind == "number"
        else f'<rect x="{x - 10:.1f}" y="{y - 10:.1f}" width="20" height="20" rx="2" {look}/>'
    )
    return (
        f'{shape}<text x="{x:.1f}" y="{y + 4.3:.1f}" font-size="12.5" font-weight="700" text-anchor="middle" '
        f'fill="#fff">{escape(mark.text)}</text>'
    )
