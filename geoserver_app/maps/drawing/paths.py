"""Geometry as SVG path data: relative steps in tenths of a pixel, a third of the size of plain coordinates."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely

SCALE = 10  # path units in a pixel; groups of paths carry transform="scale(.1)"


def path_data(geometries: Iterable[Any]) -> str:
    """The path of all lines and rings of some geometries (pixels); points draw nothing."""
    return "".join(_one(coordinates, closed) for geometry in geometries for coordinates, closed in _lines(geometry))


def _lines(geometry: Any) -> Iterable[tuple[Any, bool]]:
    for part in shapely.get_parts(geometry):
        if part.geom_type == "Polygon":
            yield shapely.get_coordinates(part.exterior), True
            for hole in part.interiors:
                yield shapely.get_coordinates(hole), True
        elif part.geom_type in {"LineString", "LinearRing"}:
            yield shapely.get_coordinates(part), False
        elif part.geom_type.startswith(("Multi", "Geometry")):
            yield from _lines(part)


def _one(coordinates: Any, closed: bool) -> str:
    units = np.rint(coordinates * SCALE).astype(int)
    steps = np.diff(units, axis=0)
    steps = steps[np.any(steps != 0, axis=1)]
    if closed:
        steps = steps[:-1]
    if not len(steps):
        return ""
    # A minus sign separates numbers as well as a space does.
    moves = "".join(f"{dx}{dy}" if dy < 0 else f"{dx} {dy}" for dx, dy in _spaced(steps))
    return f"M{units[0][0]} {units[0][1]}l{moves.strip()}{'z' if closed else ''}"


def _spaced(steps: Any) -> Iterable[tuple[str, int]]:
    for dx, dy in steps.tolist():
        yield (f"{dx}" if dx < 0 else f" {dx}"), dy
