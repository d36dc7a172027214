"""Finds room for names: on points, and along lines where they run straight enough to be read."""

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.ops import substring

Box = tuple[float, float, float, float]  # left, top, right, bottom in pixels

CELL = 40
STEEPEST_BEND = math.radians(28)  # of a street under its name, between the name's two ends
BENT = math.radians(3)  # less than this is written on a straight line


@dataclass(frozen=True)
class Along:
    """Where a name runs along a line: its chord, and the line itself where that is too bent for a straight text."""

    x: float
    y: float
    angle: float  # degrees, clockwise, upright
    curve: Any | None  # an array of pixels from the text's beginning to its end
    boxes: tuple[Box, ...]


class Room:
    """What of a picture is still free of names."""

    def __init__(self, width: float, height: float) -> None:
        self._edge = (0.0, 0.0, width, height)
        self._cells: dict[tuple[int, int], list[Box]] = defaultdict(list)

    def take(self, *boxes: Box) -> bool:
        """True, and the boxes are taken, where all lie inside the picture and none meets one that was taken."""
        if not all(self._inside(box) and not self._meets(box) for box in boxes):
            return False
        for box in boxes:
            for cell in _cells(box):
                self._cells[cell].append(box)
        return True

    def _inside(self, box: Box) -> bool:
        left, top, right, bottom = self._edge
        return box[0] >= left and box[1] >= top and box[2] <= right and box[3] <= bottom

    def _meets(self, box: Box) -> bool:
        return any(_overlap(box, other) for cell in _cells(box) for other in self._cells[cell])


def _cells(box: Box) -> Iterator[tuple[int, int]]:
    for column in range(int(box[0] // CELL), int(box[2] // CELL) + 1):
        for row in range(int(box[1] // CELL), int(box[3] // CELL) + 1):
            yield column, row


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def centered(x: float, y: float, width: float, height: float) -> Box:
    """The box of a text around a point."""
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def along(line: Any, length: float, height: float) -> Iterator[Along]:
    """Places for a text of a length along a line (pixels), the middle first, then outwards."""
    total = line.length
    room = total - length
    if room < height:
        return
    for share in (0.5, 0.3, 0.7, 0.15, 0.85):
        start = room * share
        stretch = substring(line, start, start + length)
        found = _on(stretch, length, height)
        if found:
            yield found


def _on(stretch: Any, length: float, height: float) -> Along | None:
    points = shapely.get_coordinates(stretch)
    steps = np.diff(points, axis=0)
    steps = steps[np.hypot(steps[:, 0], steps[:, 1]) > 0.5]
    if not len(steps):
        return None
    chord = points[-1] - points[0]
    if np.hypot(*chord) < length * 0.93:
        return None
    directions = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
    bend = directions.max() - directions.min()
    if bend > STEEPEST_BEND:
        return None
    if chord[0] < 0:
        points, chord = points[::-1], -chord
    middle = (points[0] + points[-1]) / 2
    return Along(
        x=float(middle[0]),
        y=float(middle[1]),
        angle=math.degrees(math.atan2(chord[1], chord[0])),
        curve=points if bend >= BENT else None,
        boxes=tuple(_beads(stretch, length, height)),
    )


def _beads(stretch: Any, length: float, height: float) -> Iterator[Box]:
    """Small boxes in a row: an upright box around a slanted name would take far more than it needs."""
    count = max(2, math.ceil(length / height))
    for place in np.linspace(0, stretch.length, count):
        point = stretch.interpolate(place)
        yield centered(point.x, point.y, height, height)
