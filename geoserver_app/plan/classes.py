"""Classes of a map: fixed for the whole city and stated, never made for what is just in view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

COUNT = 5
# Light to dark; the darkest still lets a name be read beside it.
COLORS = ("#dbe7f3", "#a9c7e3", "#6ea1cf", "#3673ac", "#17406d")


@dataclass(frozen=True)
class Class:
    """Values from ``low`` (included) to ``high`` (excluded, but in the last class); ``n`` areas are in it."""

    number: int
    low: float
    high: float
    n: int

    @property
    def color(self) -> str:
        return COLORS[self.number - 1]


def classes(values: Sequence[float], method: str) -> list[Class]:
    """At most five classes of all values: "equal" steps from the least to the most, or "quantiles".

    Equal values are never parted, so that quantiles of few values are fewer classes.
    """
    ordered = sorted(values)
    if not ordered:
        return []
    limits = _limits(ordered, method)
    edges = list(pairwise(limits)) or [(limits[0], limits[0])]
    return [
        Class(n, low, high, sum(low <= one and (one < high or n == len(edges)) for one in ordered))
        for n, (low, high) in enumerate(edges, 1)
    ]


def class_of(value: float, made: Sequence[Class]) -> Class:
    """The class of a value that the classes were made of."""
    return next((one for one in made if one.low <= value < one.high), made[-1])


def _limits(ordered: Sequence[float], method: str) -> list[float]:
    least, most = ordered[0], ordered[-1]
    if method == "equal":
        found = [least + (most - least) * n / COUNT for n in range(COUNT)]
    else:
        found = [ordered[len(ordered) * n // COUNT] for n in range(COUNT)]
    return sorted({*found, most})
