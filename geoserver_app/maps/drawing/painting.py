"""A picture painted: an SVG document as PNG, for where SVG is not shown (most mail programs, documents)."""

import atexit
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import resvg_py

from geoserver_app.maps.drawing.faces import FAMILY, WEIGHTS, Slant, cut
from layers import scratch

_SLANTS: tuple[Slant, ...] = ("normal", "italic")
# Drawn twice as fine as it is shown: sharp on the screens of telephones.
SHARPNESS = 2


def png(svg: str) -> bytes:
    """The picture in PNG, SHARPNESS times as many pixels as it has; ValueError for what is no SVG."""
    faces = [str(face) for face in _faces()]
    painted: bytes = resvg_py.svg_to_bytes(
        svg_string=svg, zoom=SHARPNESS, skip_system_fonts=True, font_files=faces, font_family=FAMILY,
        sans_serif_family=FAMILY,
    )  # fmt: skip
    return bytes(painted)


@cache
def _faces() -> tuple[Path, ...]:
    """The page's own letters, unpacked for as long as the process lives: the painter reads no compressed ones."""
    kept = ExitStack()
    folder = kept.enter_context(scratch.folder("onemap-letters-"))
    atexit.register(kept.close)
    found = []
    for slant in _SLANTS:
        for weight in WEIGHTS:
            found.append(folder / f"{slant}-{weight}.ttf")
            found[-1].write_bytes(cut(slant, weight))
    return tuple(found)
