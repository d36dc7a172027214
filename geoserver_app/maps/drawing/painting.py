"""A picture painted: an SVG document as PNG, for where SVG is not shown (most mail programs, documents)."""

import tempfile
from functools import cache
from pathlib import Path

import resvg_py
from fontTools.ttLib import TTFont

from geoserver_app.site.vendoring import VENDOR

_FACES = ("public-sans-latin-wght-normal", "public-sans-latin-wght-italic")
# Drawn twice as fine as it is shown: sharp on the screens of telephones.
SHARPNESS = 2


def png(svg: str) -> bytes:
    """The picture in PNG, SHARPNESS times as many pixels as it has; ValueError for what is no SVG."""
    faces = [str(face) for face in _faces()]
    painted: bytes = resvg_py.svg_to_bytes(
        svg_string=svg, zoom=SHARPNESS, skip_system_fonts=True, font_files=faces, font_family="Public Sans",
        sans_serif_family="Public Sans",
    )  # fmt: skip
    return bytes(painted)


@cache
def _faces() -> tuple[Path, ...]:
    """The page's own letters, unpacked once a process: the painter reads no compressed ones."""
    folder = Path(tempfile.mkdtemp(prefix="onemap-letters-"))
    for face in _FACES:
        font = TTFont(VENDOR / "public-sans" / f"{face}.woff2")
        font.flavor = None
        font.save(folder / f"{face}.ttf")
    return tuple(folder / f"{face}.ttf" for face in _FACES)
