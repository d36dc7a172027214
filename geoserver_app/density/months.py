"""Months and years as numbers, and which rows of a block answer a range of months.

A month is (year - 1900) * 12 + month - 1 by the jurisdiction's clock; a year has a number too, beyond all months. A row
of a month counts its year up to and including it, a row of a year all time up to and including that year. So any range
is a sum of at most four rows: the last year so far and all years before it, less the same two up to the month before.
"""

from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from geoserver_app.density.cells import Ints

FIRST_YEAR, LAST_YEAR = 1900, 2300
YEARS = 20_000  # the number of FIRST_YEAR as a year
LAST = YEARS + LAST_YEAR - FIRST_YEAR
Months = TypeVar("Months", int, Ints)


@dataclass(frozen=True)
class Probe:
    """The latest row with a period from ``low`` to ``high``, added or taken away by ``sign``."""

    sign: int
    low: int
    high: int


def month_of(day: date) -> int:
    """The number of a day's month; years out of reach are moved to the nearest."""
    year = min(max(day.year, FIRST_YEAR), LAST_YEAR)
    return (year - FIRST_YEAR) * 12 + day.month - 1


def year_of(month: Months) -> Months:
    """The number of the year that a month lies in, as a period; or those of many months."""
    return YEARS + month // 12


def first_day(month: int) -> date:
    """The first day of a month."""
    return date(FIRST_YEAR + month // 12, month % 12 + 1, 1)


def probes(first: int | None, last: int | None) -> tuple[Probe, ...]:
    """The rows whose sum counts the months from ``first`` to ``last``, both included; None: without end."""
    upper = (Probe(1, YEARS, LAST),) if last is None else _until(1, last)
    lower = () if first is None else _until(-1, first - 1)
    return upper + lower


def _until(sign: int, month: int) -> tuple[Probe, ...]:
    if month < 0:
        return ()
    before = year_of(month) - 1
    years = (Probe(sign, YEARS, before),) if before >= YEARS else ()
    return (Probe(sign, month - month % 12, month), *years)
