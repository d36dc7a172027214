"""Outlines that cross themselves so often that mending or uniting them would take minutes and gigabytes.

A star of 2,000 random corners, which is 32 KB of a file, has a million crossings: GEOS takes 23 s and 1 GB to make it
valid. An outline that somebody drew has few segments in the way of each other, however long it is.
"""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

_FEW = 200  # segments below which nothing takes long
_SAMPLE = 200
# Pairs of segments whose boxes meet: so many in all, and so many more for each segment. Drawn outlines have 3 to 10 for
# each, the star has a third of all.
_PAIRS = 150_000
_PAIRS_EACH = 20


def is_tangled(*geometries: Any) -> bool:
    """True for geometries whose segments meet each other too often, together, to be mended or united."""
    boxes = _segment_boxes(np.array(geometries, dtype=object))
    count = len(boxes)
    if count < _FEW:
        return False
    sample = boxes[np.linspace(0, count - 1, _SAMPLE).astype(int)]
    met = shapely.STRtree(boxes).query(sample).shape[1]
    return bool(met / _SAMPLE * count > _PAIRS + _PAIRS_EACH * count)


def _segment_boxes(geometries: NDArray[Any]) -> NDArray[Any]:
    """The box of every segment of every ring and line."""
    lines = shapely.get_parts(geometries)
    polygonal = shapely.get_dimensions(lines) == 2
    lines = np.concatenate([lines[~polygonal], shapely.get_rings(lines[polygonal])])
    xy, line = shapely.get_coordinates(lines, return_index=True)
    same = line[1:] == line[:-1]
    low, high = np.minimum(xy[1:], xy[:-1])[same], np.maximum(xy[1:], xy[:-1])[same]
    known = np.isfinite(low).all(axis=1) & np.isfinite(high).all(axis=1)
    return np.asarray(shapely.box(*low[known].T, *high[known].T), dtype=object)
