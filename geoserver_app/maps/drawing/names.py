"""Writes the names: the most important first, each with a halo, none over another."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

import shapely
from shapely.ops import substring

from geoserver_app.maps import style
from geoserver_app.maps.area_style import NAMES_FROM, AreaStyle
from geoserver_app.maps.drawing.ground import Ground, Shape
from geoserver_app.maps.drawing.letters import broken, text_width
from geoserver_app.maps.drawing.placing import Along, Room, along, centered

LINE_HEIGHT = 1.18
LONGEST_LINE = 17
BETWEEN_REPEATS = 380  # pixels between two writings of one street's name
UP = 0.34  # of the size: from a line of text's middle down to its baseline


@dataclass(frozen=True)
class Look:
    """How a name is written; sizes and spacing in pixels."""

    size: float
    weight: int
    fill: str
    italic: bool = False
    spacing: float = 0
    upper: bool = False
    halo: float = 3

    def attributes(self) -> str:
        slant = ' font-style="italic"' if self.italic else ""
        spacing = f' letter-spacing="{self.spacing}"' if self.spacing else ""
        return f'font-size="{self.size}" font-weight="{self.weight}"{slant}{spacing}'


class Writer:
    """Collects names as SVG: halos apart from letters, so that no halo covers a neighbor's letters."""

    def __init__(self, room: Room, zoom: float) -> None:
        self.room = room
        self.zoom = zoom
        self._halos: list[str] = []
        self._letters: list[str] = []
        self._curves: list[str] = []

    def svg(self) -> str:
        """The names written so far."""
        return (
            f"<defs>{''.join(self._curves)}</defs>"
            f'<g text-anchor="middle" fill="none" stroke="{style.COLORS["halo"]}" stroke-linejoin="round" '
            f'stroke-opacity=".92">{"".join(self._halos)}</g>'
            f'<g text-anchor="middle">{"".join(self._letters)}</g>'
        )

    def at_point(self, name: str, x: float, y: float, look: Look) -> bool:
        """Writes a name around a point, in lines; False where there is no room."""
        text = name.upper() if look.upper else name
        lines = broken(text, LONGEST_LINE)
        width = max(text_width(line, look.size, look.spacing) for line in lines)
        height = len(lines) * look.size * LINE_HEIGHT
        if not self.room.take(centered(x, y, width + 6, height + 4)):
            return False
        first = y - height / 2 + look.size * (LINE_HEIGHT / 2 + UP)
        for number, line in enumerate(lines):
            baseline = first + number * look.size * LINE_HEIGHT
            self._write(f'x="{x:.1f}" y="{baseline:.1f}"', escape(line), look)
        return True

    def along_line(self, name: str, line: Any, look: Look) -> bool:
        """Writes a name along a line where that is straight enough; False where it nowhere is."""
        length = text_width(name, look.size, look.spacing) + 4
        for place in along(line, length, look.size * 1.25):
            if self.room.take(*place.boxes):
                self._write_along(name, place, look)
                return True
        return False

    def _write_along(self, name: str, place: Along, look: Look) -> None:
        if place.curve is None:
            turned = f"translate({place.x:.1f} {place.y:.1f}) rotate({place.angle:.1f})"
            self._write(f'transform="{turned}" y="{look.size * UP:.1f}"', escape(name), look)
            return
        curve = f"c{len(self._curves)}"
        points = " ".join(f"{x:.1f} {y:.1f}" for x, y in place.curve)
        self._curves.append(f'<path id="{curve}" d="M{points}"/>')
        inside = f'<textPath href="#{curve}" startOffset="50%">{escape(name)}</textPath>'
        self._write(f'dy="{look.size * UP:.1f}"', inside, look)

    def _write(self, position: str, inside: str, look: Look) -> None:
        text = f"<text {position} {look.attributes()}"
        self._halos.append(f'{text} stroke-width="{look.halo}">{inside}</text>')
        self._letters.append(f'{text} fill="{look.fill}">{inside}</text>')


def write_names(writer: Writer, ground: Ground, areas: dict[str, AreaStyle]) -> None:
    """Every name that has room, in the order of the browser's map."""
    for shape in ground["area name"] if writer.zoom >= NAMES_FROM - 0.4 else []:
        color = areas[shape.kind].color
        _at(writer, shape, Look(size=13, weight=700, fill=color, halo=4))
    # Where a kind is switched on, its areas' names stand there already.
    labels = [label for label in style.LABELS if label["type"] not in areas]
    _points(writer, ground, labels, ("municipality", "neighborhood"))
    _points(writer, ground, labels, ("early landmark",))
    streets = [street for street in reversed(style.STREETS) if street["label"]]
    _streets(writer, ground, streets[:2])
    _points(writer, ground, labels, ("park", "water"))
    _streets(writer, ground, streets[2:])
    _points(writer, ground, labels, ("landmark",))
    number = style.HOUSE_NUMBER
    look = Look(number["size"], number["weight"], number["fill"], halo=2)
    for shape in ground["number"]:
        _at(writer, shape, look)


def _points(writer: Writer, ground: Ground, labels: list[dict[str, Any]], kinds: Iterable[str]) -> None:
    for kind in kinds:
        label = next((one for one in labels if one["type"] == kind.removeprefix("early ")), None)
        early = 1 if kind.startswith("early ") else 0
        if label is None or not label["from"] - 0.4 - early <= writer.zoom < label["to"] + 0.6:
            continue
        look = Look(
            label["size"], label["weight"], label["fill"], label["italic"], label["spacing"], label["upper"], halo=3.2
        )
        written: set[str] = set()
        for shape in ground["name"]:
            if shape.kind == kind and shape.name not in written and _at(writer, shape, look):
                written.add(shape.name)


def _streets(writer: Writer, ground: Ground, streets: list[dict[str, Any]]) -> None:
    for street in streets:
        label = street["label"]
        if writer.zoom < label["from"] - 0.4:
            continue
        look = Look(label["size"], label["weight"], style.STREET_TEXT)
        for shape in ground["street"]:
            if shape.kind == street["class"] and shape.name:
                _street(writer, shape, look)


def _street(writer: Writer, shape: Shape, look: Look) -> None:
    lines = sorted(shapely.get_parts(shape.geom), key=lambda line: -line.length)
    written: list[Any] = []
    for line in lines[:6]:
        for stretch in _stretches(line):
            middle = stretch.interpolate(0.5, normalized=True)
            near = any(middle.distance(other) < BETWEEN_REPEATS * 0.6 for other in written)
            if not near and writer.along_line(shape.name, stretch, look):
                written.append(middle)


def _stretches(line: Any) -> Iterable[Any]:
    """A line in pieces of about the distance at which its name is repeated."""
    count = max(1, round(line.length / BETWEEN_REPEATS))
    size = line.length / count
    return (substring(line, number * size, (number + 1) * size) for number in range(count))


def _at(writer: Writer, shape: Shape, look: Look) -> bool:
    if shape.geom.geom_type != "Point":
        return False
    return writer.at_point(shape.name, shape.geom.x, shape.geom.y, look)
