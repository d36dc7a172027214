"""Heat: squares of the city in classes that hold for the whole city, as counts, as rates, or as a difference of times.

The classes of a zoom are those of all its squares in the city, not of those in view: the same color is the same number
wherever one looks. From zoom 15 on the squares stay as large on the ground as they are at 14 and grow on the screen: in
smaller ones chance would be all there is to see.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from geoserver_app.density.cells import ZOOMS, Ints, tiles_of
from geoserver_app.density.models import Audience
from geoserver_app.density.read import Counts, Run
from geoserver_app.published.chosen import EVERYTHING, Sight
from geoserver_app.published.clusters import Flags, Floats
from geoserver_app.published.counting import View, counts
from geoserver_app.published.filters import Filters
from geoserver_app.published.rates import Ground
from geoserver_app.published.summary import CELL_STEPS
from geoserver_app.published.tilesets import BoundingBox, tile_at

FINEST = 13  # the block's zoom of the smallest squares
CLASSINGS = ("quantiles", "equal")
# Shares of the squares below the classes: the lower half, the next quarter, and so on to the uppermost three percent.
SHARES = (0.0, 0.5, 0.75, 0.9, 0.97)
_CHANGE_SHARES = (0.0, 0.75, 0.95)  # of squares with a change: small, clear, strong


@dataclass(frozen=True)
class Square:
    """A square: column and row at the level, how many, how many in the other time, the value, its class.

    ``class_before`` is that of the other time, where both are looked at side by side.
    """

    x: int
    y: int
    n: int
    before: int
    value: float
    class_: int
    class_before: int


@dataclass(frozen=True)
class Heat:
    """A view. A square is of class i where its value is at least ``lows[i]``.

    Of changes ``lows`` are those of more and of less alike, and the classes -3 to 3. A square whose ground is too
    little for a rate is UNRATED and has no value; one without any is NOTHING.
    """

    drawn: str
    level: int
    total: int
    on_map: int
    off_map: int
    in_view: int
    as_of: datetime
    lows: list[float]
    squares: list[Square]


UNRATED, NOTHING = -9, -8


@dataclass(frozen=True)
class Shade:
    """How squares are shaded: by how many, or (``ground``) by how many for what there is; in which classes.

    ``beside``: two times each for itself in the same classes, instead of the difference.
    """

    ground: Ground | None = None
    classing: str = "quantiles"
    beside: bool = False


def heat(
    run: Run, audience: Audience, filters: Filters, *, bbox: BoundingBox, zoom: int, against: Filters | None = None,
    shade: Shade | None = None, sight: Sight = EVERYTHING,
) -> Heat:  # fmt: skip
    """The squares of a view (degrees) at a zoom of tiles of 256 pixels; ``against``: the same in another time."""
    shade = shade or Shade()
    z = max(zoom_of_squares(zoom) - 1, ZOOMS[0])
    found = counts(run, audience, filters, View(z, None), sight=sight)
    other = counts(run, audience, against, View(z, None), sight=sight) if against else None
    level = z + CELL_STEPS
    cells, n, before = _together(found, other)
    changes = other is not None and not shade.beside
    values, lows, classes, classes_before = _shaded(level, cells, n, before, shade, changes=changes)
    columns, rows = tiles_of(cells)
    here = _in_view(columns, rows, bbox, level)
    parts = (columns, rows, n, before, values, classes, classes_before)
    return Heat(
        drawn="changes" if changes else "heat",
        level=level,
        total=found.on_map + found.off_map,
        on_map=found.on_map,
        off_map=found.off_map,
        in_view=int(n[here].sum()),
        as_of=found.as_of,
        lows=lows,
        squares=[Square(*row) for row in zip(*(part[here].tolist() for part in parts), strict=True)],
    )


def zoom_of_squares(zoom: int) -> int:
    """The zoom whose counted cells (summary.py) are the squares that a view at a zoom is shaded by."""
    return min(zoom, FINEST + 1)


def _shaded(
    level: int, cells: Ints, n: Ints, before: Ints, shade: Shade, *, changes: bool
) -> tuple[Floats, list[float], Ints, Ints]:
    """Values, lows of the classes, classes, and classes of the other time."""
    values, rated = _values(level, cells, n - before if changes else n, shade.ground)
    earlier, _ = _values(level, cells, before, shade.ground)
    if changes:
        lows = _change_lows(values[rated])
        classes = _change_classes(values, lows)
    else:
        there = np.concatenate((values[rated & (n > 0)], earlier[rated & (before > 0)]))
        lows = _lows(there, shade.classing, whole=shade.ground is None)
        classes = np.where(n > 0, _classes(values, lows), NOTHING)
    classes_before = np.where(before > 0, _classes(earlier, lows), NOTHING)
    return values, lows, np.where(rated, classes, UNRATED), np.where(rated, classes_before, UNRATED)


def _together(found: Counts, other: Counts | None) -> tuple[Ints, Ints, Ints]:
    """All cells that either counts, with both counts."""
    if other is None:
        return found.cells, found.counts, np.zeros_like(found.counts)
    cells = np.union1d(found.cells, other.cells)
    both = []
    for one in (found, other):
        numbers = np.zeros(cells.size, dtype=np.int64)
        numbers[np.searchsorted(cells, one.cells)] = one.counts
        both.append(numbers)
    return cells, both[0], both[1]


def _values(level: int, cells: Ints, n: Ints, ground: Ground | None) -> tuple[Floats, Flags]:
    if ground is None:
        return n.astype(float), np.ones(n.size, dtype=bool)
    amounts = ground.of(level, cells)
    enough = amounts >= ground.least
    return np.divide(n * ground.per, amounts, out=np.zeros(n.size), where=enough), enough


def _lows(values: Floats, classing: str, *, whole: bool) -> list[float]:
    """Where the classes begin; fewer than five where many squares have the same number."""
    if values.size == 0:
        return []
    if classing == "equal":
        step = _round_up(float(values.max()) / len(SHARES))
        first = 1.0 if whole else 0.0
        return sorted({max(first, step * k) if k else first for k in range(len(SHARES))})
    found = np.quantile(values, SHARES, method="higher")
    return sorted({float(one) if whole else _rounded(float(one)) for one in found})


def _change_lows(values: Floats) -> list[float]:
    sizes = np.abs(values[values != 0])
    if sizes.size == 0:
        return []
    return sorted({_rounded(float(one)) for one in np.quantile(sizes, _CHANGE_SHARES, method="higher")})


def _classes(values: Floats, lows: list[float]) -> Ints:
    return np.maximum(np.searchsorted(lows, values + 1e-9, side="right") - 1, 0).astype(np.int64)


def _change_classes(values: Floats, lows: list[float]) -> Ints:
    steps = np.maximum(np.searchsorted(lows, np.abs(values) + 1e-9, side="right"), 1)
    return np.where(values == 0, 0, np.sign(values) * steps).astype(np.int64)


def _round_up(number: float) -> float:
    """The next number that is 1, 2, 2.5 or 5 times a power of ten."""
    power = 10.0 ** np.floor(np.log10(number)) if number > 0 else 1.0
    return float(next(one * power for one in (1, 2, 2.5, 5, 10) if one * power >= number - 1e-12))


def _rounded(number: float) -> float:
    """To two significant digits."""
    return float(f"{number:.2g}")


def _in_view(columns: Ints, rows: Ints, bbox: BoundingBox, level: int) -> Flags:
    west, south, east, north = bbox
    (left, top), (right, bottom) = tile_at(west, north, level), tile_at(east, south, level)
    return (columns >= left) & (columns <= right) & (rows >= top) & (rows <= bottom)
