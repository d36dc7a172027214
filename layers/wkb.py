"""Geometry out of WKB, surfaces of patches (TIN, polyhedral surface, multipatch) included, which GEOS cannot read.

Type numbers after OGC 06-103r4, clause 8.2.3: 15 polyhedral surface, 16 TIN, 17 triangle; 1000 and more for Z, M, ZM,
or the flags 0x80000000 and 0x40000000 of the extended form.
"""

import struct
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.tangles import is_tangled

_POLYGON, _COLLECTION = 3, 7
_MULTI = {4, 5, 6, _COLLECTION}
_SURFACE, _TIN, _TRIANGLE = 15, 16, 17
_Z, _M = 0x80000000, 0x40000000
_DEEPEST = 8


def parsed(wkb: NDArray[Any]) -> tuple[NDArray[Any], int]:
    """The geometries (None where there is none or it cannot be read), and how many were surfaces of patches.

    A surface becomes the ground that its patches cover; what stands upright covers none.
    """
    with np.errstate(invalid="ignore"):  # a vertex that is no number is a fault of its own, told with its row
        geometries = np.atleast_1d(np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), dtype=object))
    surfaces = 0
    for row in np.flatnonzero(shapely.is_missing(geometries)):
        if wkb[row] is not None and (ground := _ground(wkb[row])) is not None:
            geometries[row] = ground
            surfaces += 1
    return geometries, surfaces


def _ground(wkb: bytes) -> shapely.Geometry | None:
    """What a surface covers, seen from above, or None for other WKB that cannot be read."""
    try:
        patches = _Reader(wkb).patches()
    except (struct.error, IndexError, ValueError, RecursionError, shapely.errors.GEOSException):
        return None
    if not patches:
        return None
    flat = shapely.force_2d(np.array(patches, dtype=object))
    lying = flat[shapely.area(flat) > 0]
    return shapely.union_all(lying) if len(lying) and not is_tangled(*lying) else None


class _Reader:
    """Goes through a WKB from header to header."""

    def __init__(self, wkb: bytes) -> None:
        self.wkb, self.at, self.surface = wkb, 0, False

    def patches(self) -> list[shapely.Geometry]:
        """The polygons and triangles of a surface or a collection of some; [] where there is no surface."""
        found = self._patches(0)
        return found if self.surface else []

    def _patches(self, depth: int) -> list[shapely.Geometry]:
        if depth > _DEEPEST:
            raise ValueError("nested too deep")
        start = self.at
        order = "<" if self.wkb[self.at] else ">"
        (kind,) = struct.unpack_from(f"{order}I", self.wkb, self.at + 1)
        plain = (kind & 0x0FFFFFFF) % 1000
        size = 16 + 8 * self._more(kind)
        self.at += 5
        if plain in (_POLYGON, _TRIANGLE):
            self.surface = self.surface or plain == _TRIANGLE
            return [self._polygon(start, order, kind, size)]
        if plain in (_SURFACE, _TIN) or plain in _MULTI:
            self.surface = self.surface or plain in (_SURFACE, _TIN)
            return [patch for _ in range(self._count(order)) for patch in self._patches(depth + 1)]
        raise ValueError("no surface")

    def _more(self, kind: int) -> int:
        """How many values a vertex has besides x and y."""
        thousands = (kind & 0x0FFFFFFF) // 1000
        return {1: 1, 2: 1, 3: 2}.get(thousands, bool(kind & _Z) + bool(kind & _M))

    def _count(self, order: str) -> int:
        (count,) = struct.unpack_from(f"{order}I", self.wkb, self.at)
        self.at += 4
        if count > len(self.wkb):
            raise ValueError("more parts than bytes")
        return int(count)

    def _polygon(self, start: int, order: str, kind: int, size: int) -> shapely.Geometry:
        """A patch, read by GEOS as the polygon that a triangle is too."""
        for _ring in range(self._count(order)):
            vertices = self._count(order)
            self.at += vertices * size
        body = self.wkb[start + 5 : self.at]
        plain = (kind & 0x0FFFFFFF) % 1000
        head = struct.pack(f"{order}BI", 1 if order == "<" else 0, kind - plain + _POLYGON)
        return shapely.from_wkb(head + body)
