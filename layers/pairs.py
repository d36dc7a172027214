"""Places written as a pair in one column: "(34.0522, -118.2437)", latitude first, as many city portals export them."""

import re
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

_PAIR = re.compile(r"[(\[]?\s*(-?\d{1,3}\.\d+)\s*[,; ]\s*(-?\d{1,3}\.\d+)\s*[)\]]?\s*$")
_LOOKED = 200


def of_columns(columns: dict[str, list[Any]]) -> NDArray[Any] | None:
    """Points (longitude, latitude) out of the first column whose texts are pairs; None where there is no such column.

    A value that is no pair has no place.
    """
    for values in columns.values():
        first = [value for value in values[: 10 * _LOOKED] if value][:_LOOKED]
        if first and all(isinstance(value, str) and _PAIR.search(value) for value in first):
            return _points(values)
    return None


def _points(values: list[Any]) -> NDArray[Any]:
    points = np.full(len(values), None, dtype=object)
    found = [(row, match) for row, value in enumerate(values) if value and (match := _PAIR.search(str(value)))]
    if found:
        places = np.array([(float(match.group(2)), float(match.group(1))) for _row, match in found])
        points[[row for row, _match in found]] = shapely.points(places)
    return points
