"""Numbered houses: known ones, between known ones, along the ranges of a street."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any

import pyproj
import shapely

from geoserver_app.geocode.asked import House
from geoserver_app.geocode.candidate import Candidate, metres_between
from geoserver_app.geocode.search import Question, Search, readings_of
from geoserver_app.geocode.street_match import Match
from geoserver_app.geocode.worth import candidate
from layers.srid import STORAGE_SRID

# From the middle of the street to about where houses stand, in metres.
SETBACK_M = 15.0
# A number this far beyond the last known one, or beyond a range, still lies near it.
BEYOND = 20
# Known numbers farther apart than this (metres) say little about what lies between them.
GAP_M = 350.0


_Case = tuple[Question, int, House, Match]


def _cases(search: Search, questions: list[Question]) -> list[_Case]:
    """House readings crossed with the streets they may be on."""
    return [
        (question, place, house, match)
        for question, place, house in readings_of(questions, House)
        for match in search.matches(house.street)
    ]


def _values(cases: list[_Case]) -> dict[str, Any]:
    return {
        "ids": list(range(len(cases))),
        "streets": [match.street for _, _, _, match in cases],
        "numbers": [house.number for _, _, house, _ in cases],
    }


def known(search: Search, questions: list[Question]) -> None:
    """Houses that an address point or a parcel's situs names."""
    cases = _cases(search, questions)
    if not cases:
        return
    units = [house.unit for _, _, house, _ in cases]
    for row in search.rows("houses", **_values(cases), units=units):
        question, place, house, match = cases[row.asked]
        question.found.append(_known(row, question, place, house, match))


def _known(row: Any, question: Question, place: int, house: House, match: Match) -> Candidate:
    worth, reasons = match.worth, ["exact_number", *match.reasons]
    if house.suffix != row.suffix and house.suffix:
        worth, reasons = worth * 0.97, [*reasons, "suffix_unknown"]
    elif house.suffix != row.suffix:
        worth, reasons = worth * 0.995, [*reasons, f"suffix:{row.suffix}"]
    if row.number != house.number:
        worth, reasons = worth * 0.98, ["in_range", *reasons[1:]]
    suffix = row.suffix if house.suffix or row.suffix else ""
    return candidate(
        house_label(house.number, suffix, match.label),
        row.lon,
        row.lat,
        method="parcel" if row.is_parcel else "address_point",
        precision="parcel" if row.is_parcel else "rooftop",
        worth=worth,
        reasons=tuple(reasons),
        asked=question.asked,
        place=place,
        accuracy_m=20.0 if row.is_parcel else 10.0,
        zip_code=row.zip_code,
    )


def house_label(number: int, suffix: str, street: str) -> str:
    """ "410 Olive Ave", "410A Olive Ave", "12 1/2 Olive Ave"."""
    return f"{number}{' ' if '/' in suffix else ''}{suffix} {street}"


def between(search: Search, questions: list[Question]) -> None:
    """Houses between known numbers of a known street, or just beyond the last of them."""
    cases = _cases(search, questions)
    for at, found in nearby(search, cases):
        cases[at][0].found.append(found)


def nearby(search: Search, cases: list[_Case]) -> Iterator[tuple[int, Candidate]]:
    """Where a number lies by the known ones around it: the number of the case, and the candidate."""
    if not cases:
        return
    beside: dict[int, dict[tuple[bool, bool], Any]] = defaultdict(dict)
    for row in search.rows("neighbors", **_values(cases)):
        beside[row.asked][row.same_side, row.is_above] = row
    for at, near in beside.items():
        found = _between(near, *cases[at])
        if found is not None:
            yield at, found


def _between(
    near: dict[tuple[bool, bool], Any], question: Question, place: int, house: House, match: Match
) -> Candidate | None:
    sides = [_stretch(near, same_side) for same_side in (True, False)]
    both = [side for side in sides if side is not None]
    if both and both[0][2] <= GAP_M:
        low, high, gap = min(both, key=lambda side: side[2] * (1.0 if side is sides[0] else 2.0) + 1)
        share = (house.number - low.number) / (high.number - low.number)
        lon, lat = low.lon + share * (high.lon - low.lon), low.lat + share * (high.lat - low.lat)
        reason, off = f"between:{low.number}-{high.number}", gap / 2
        worth = 1.0 - 0.75 * (min(gap, GAP_M) / GAP_M) ** 1.5
        zip_code = low.zip_code if share < 0.5 else high.zip_code
    else:
        nearest = min(near.values(), key=lambda row: (abs(row.number - house.number), not row.same_side))
        apart = abs(nearest.number - house.number)
        if apart > BEYOND * 5:
            return None
        lon, lat, zip_code = nearest.lon, nearest.lat, nearest.zip_code
        reason, off = f"beside:{nearest.number}", 30.0 + apart
        worth = 0.85 if apart <= BEYOND else 0.5
    return candidate(
        house_label(house.number, house.suffix, match.label), lon, lat, method="between", precision="interpolated",
        worth=worth * match.worth, reasons=(reason, *match.reasons), asked=question.asked, place=place,
        accuracy_m=off, zip_code=zip_code,
    )  # fmt: skip


def _stretch(near: dict[tuple[bool, bool], Any], same_side: bool) -> tuple[Any, Any, float] | None:
    low, high = near.get((same_side, False)), near.get((same_side, True))
    if low is None or high is None:
        return None
    return low, high, metres_between(low.lon, low.lat, high.lon, high.lat)


def along(search: Search, questions: list[Question]) -> None:
    """Houses that the range of a street segment promises, or that lie just beyond one."""
    cases = _cases(search, questions)
    if not cases:
        return
    taken: set[int] = set()
    for row in search.rows("ranges", **_values(cases), beyond=BEYOND):
        if row.asked in taken:
            continue  # best first: the side that fits, then the nearest
        taken.add(row.asked)
        question, place, house, match = cases[row.asked]
        question.found.append(_along(search, row, question, place, house, match))


def _along(search: Search, row: Any, question: Question, place: int, house: House, match: Match) -> Candidate:
    line = shapely.get_parts(shapely.from_wkb(row.line))[0]
    lon, lat = _beside(line, row, house.number, search.jurisdiction.metric_srid)
    worth, reasons = match.worth, [f"range:{row.first}-{row.last}", *match.reasons]
    if not row.fits:
        worth, reasons = worth * 0.9, [*reasons, "other_side"]
    if row.beyond:
        worth, reasons = worth * 0.9, [*reasons, "beyond_range"]
    return candidate(
        house_label(house.number, house.suffix, match.label), lon, lat, method="range", precision="interpolated",
        worth=worth, reasons=tuple(reasons), asked=question.asked, place=place,
        accuracy_m=max(SETBACK_M, line.length / 4), zip_code=row.zip_code,
    )  # fmt: skip


def _beside(line: Any, row: Any, number: int, metric_srid: int) -> tuple[float, float]:
    """Where a number stands along a segment's side (in proportion), moved off the street; degrees."""
    share = 0.5 if row.first == row.last else (number - row.first) / (row.last - row.first)
    share = min(max(share, 0.0), 1.0)
    here = line.interpolate(share, normalized=True)
    before, after = (line.interpolate(at, normalized=True) for at in (max(share - 0.01, 0.0), min(share + 0.01, 1.0)))
    dx, dy = after.x - before.x, after.y - before.y
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    side = SETBACK_M if row.side == "left" else -SETBACK_M
    lon, lat = _out_of_plane(metric_srid).transform(here.x - dy / length * side, here.y + dx / length * side)
    return float(lon), float(lat)


@cache
def _out_of_plane(metric_srid: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(metric_srid, STORAGE_SRID, always_xy=True)
