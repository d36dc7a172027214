"""The picture as a whole: one SVG document that needs nothing from outside, its letters included."""

import base64
from dataclasses import dataclass, field
from functools import cache
from html import escape

from geoserver_app.maps import style
from geoserver_app.maps.area_style import AreaStyle
from geoserver_app.maps.drawing import bubbles, furniture, surfaces
from geoserver_app.maps.drawing.bubbles import Bubble
from geoserver_app.maps.drawing.ground import Ground, read
from geoserver_app.maps.drawing.marks import Face, Mark, faces, marks
from geoserver_app.maps.drawing.names import Writer, write_names
from geoserver_app.maps.drawing.placing import Room
from geoserver_app.maps.mercator import Frame
from geoserver_app.site.vendoring import VENDOR


@dataclass(frozen=True)
class Words:
    """What is written on a picture in the reader's language."""

    title: str
    credit: str
    feet: str = "ft"
    miles: str = "mi"


@dataclass(frozen=True)
class Order:
    """What a picture is to show. ``areas`` maps codes of kinds to their style and name; ``pin`` is lon, lat.

    ``faces`` lie on the ground below the names; ``marks`` and ``bubbles`` (requests, clusters of them) above. ``bare``:
    without scale, legend and credit, to be the ground of another map.
    """

    jurisdiction: str
    frame: Frame
    words: Words
    areas: dict[str, tuple[AreaStyle, str]] = field(default_factory=dict)
    pin: tuple[float, float] | None = None
    faces: tuple[Face, ...] = ()
    marks: tuple[Mark, ...] = ()
    bubbles: tuple[Bubble, ...] = ()
    bare: bool = False


def draw(order: Order) -> str:
    """The SVG of an order; reads what is in force through schema ``published``."""
    return compose(order, read(order.jurisdiction, order.frame, list(order.areas)))


def compose(order: Order, ground: Ground) -> str:
    """The SVG of an order over a ground that was read."""
    frame = order.frame
    looks = {kind: look for kind, (look, _) in order.areas.items()}
    writer = Writer(_room(frame, bool(looks)), frame.zoom)
    write_names(writer, ground, looks)
    body = [
        f'<rect width="{frame.width}" height="{frame.height}" fill="{style.COLORS["beyond"]}"/>',
        surfaces.surfaces(ground, frame.zoom),
        surfaces.areas(ground, looks, frame.zoom),
        faces(frame, order.faces),
        writer.svg(),
        marks(frame, order.marks),
        bubbles.bubbles(frame, order.bubbles),
        furniture.pin(frame, *order.pin) if order.pin else "",
        "" if order.bare else _furniture(order),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{frame.width}" height="{frame.height}" '
        f'viewBox="0 0 {frame.width} {frame.height}" role="img" font-family="{escape(style.FONT)}">'
        f"<title>{escape(order.words.title)}</title><style>{_faces()}</style>{''.join(body)}</svg>"
    )


def _furniture(order: Order) -> str:
    """The scale, the legend of the kinds of area, whose map it is."""
    frame, words = order.frame, order.words
    return (
        furniture.scale_bar(frame, words.feet, words.miles)
        + furniture.legend(frame, list(order.areas.values()))
        + furniture.credit(frame, words.credit)
    )


def _room(frame: Frame, with_legend: bool) -> Room:
    """The room for names: not under the scale, the legend and the credit."""
    room = Room(frame.width, frame.height)
    room.take((0, frame.height - 46, min(150, frame.width * 0.36), frame.height))
    room.take((frame.width * 0.5, frame.height - 18, frame.width, frame.height))
    if with_legend:
        room.take((frame.width - 200, 0, frame.width, 40))
    return room


@cache
def _faces() -> str:
    """The letters, inside the document: a picture may load nothing."""
    faces = []
    for slant in ("normal", "italic"):
        file = VENDOR / "public-sans" / f"public-sans-latin-wght-{slant}.woff2"
        data = base64.b64encode(file.read_bytes()).decode()
        faces.append(
            f'@font-face{{font-family:"Public Sans";font-style:{slant};font-weight:100 900;'
            f'src:url(data:font/woff2;base64,{data}) format("woff2")}}'
        )
    return "".join(faces)
