"""Which cells of one quarter are hidden, so that nobody can work a small one out from the rest and the total.

A cell below the minimum is hidden, zero too. Beside them at least one more cell is hidden, drawn by lot without a look
at its number, and further ones until what is hidden adds up to at least twice the minimum less one.

Why that is enough, for somebody who knows the total, this program and the minimum ``k``, but not the lots. What is
hidden adds up to ``S >= 2k - 1``. Take any hidden cell and any value ``v < k`` for it; give ``S - v >= k`` to another
hidden cell and zero to the rest. In that city the first and the rest are below the minimum; where the lot falls on the
other one, the same cells are hidden, the same numbers shown and the same total. So every value below the minimum is
possible for every hidden cell, whatever stands in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Cell = TypeVar("Cell")


@dataclass(frozen=True)
class Shown(Generic[Cell]):
    """One quarter as everybody may see it; None is hidden. The total is that of all cells."""

    cells: Mapping[Cell, int | None]
    total: int

    @property
    def hidden(self) -> int:
        """How many cells are hidden."""
        return sum(number is None for number in self.cells.values())


def shown(counts: Mapping[Cell, int], *, minimum: int, lots: Sequence[Cell]) -> Shown[Cell] | None:
    """What may be shown of the counts; None where even their total would say too much.

    ``lots`` are all cells in an order that nobody can know.
    """
    hidden = {cell for cell, number in counts.items() if number < minimum}
    if hidden:
        for cell in (cell for cell in lots if counts[cell] >= minimum):
            hidden.add(cell)
            if _covers(counts, hidden, minimum):
                break
        if not _covers(counts, hidden, minimum):
            return None
    cells = {cell: None if cell in hidden else number for cell, number in counts.items()}
    return Shown(cells, sum(counts.values()))


def _covers(counts: Mapping[Cell, int], hidden: set[Cell], minimum: int) -> bool:
    return sum(counts[cell] for cell in hidden) >= 2 * minimum - 1
