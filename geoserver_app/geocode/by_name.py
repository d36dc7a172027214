"""Blocks, whole streets, named places and mile posts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

from geoserver_app.geocode.asked import Block, House, Mile, Named, WholeStreet
from geoserver_app.geocode.by_house import nearby
from geoserver_app.geocode.candidate import Candidate, metres_between
from geoserver_app.geocode.search import Question, Search, readings_of
from geoserver_app.geocode.street_match import Match
from geoserver_app.geocode.worth import candidate

_MOST_NAMES = 8


def blocks(search: Search, questions: list[Question]) -> None:
    """Hundred blocks: by the segments whose ranges reach into them, else by the houses known there."""
    cases = [
        (question, place, block, match)
        for question, place, block in readings_of(questions, Block)
        for match in search.matches(block.street)
    ]
    if not cases:
        return
    values = {
        "ids": list(range(len(cases))),
        "streets": [match.street for *_, match in cases],
        "numbers": [block.number for _, _, block, _ in cases],
    }
    best: dict[int, Any] = {}
    for row in search.rows("blocks", **values):
        if row.asked not in best or row.is_range:
            best[row.asked] = row
    _blocks_beside(search, [case for at, case in enumerate(cases) if at not in best])
    for at, row in best.items():
        question, place, block, match = cases[at]
        worth = match.worth * (1.0 if row.reach_m < 150 else 0.75 if row.reach_m < 250 else 0.5)
        by = "by_ranges" if row.is_range else "by_houses"
        question.found.append(
            candidate(f"{block.number} block of {match.label}", row.lon, row.lat, method="block", precision="block",
                      worth=worth, reasons=(f"{by}:{row.many}", *match.reasons), asked=question.asked, place=place,
                      accuracy_m=row.reach_m)
        )  # fmt: skip


def _blocks_beside(search: Search, cases: list[tuple[Question, int, Block, Match]]) -> None:
    """Blocks without a house that is known: their middle between the known numbers around it."""
    houses = [
        (question, place, House(block.number + 50, block.street), match) for question, place, block, match in cases
    ]
    for at, found in nearby(search, houses):
        question, _, block, match = cases[at]
        label = f"{block.number} block of {match.label}"
        question.found.append(replace(found, label=label, method="block", precision="block"))


def whole_streets(search: Search, questions: list[Question]) -> None:
    """Streets without a number: some point of the street, worth little unless the street is short."""
    cases = [
        (question, place, match)
        for question, place, asked in readings_of(questions, WholeStreet)
        for match in search.matches(asked.street)
    ]
    if not cases:
        return
    streets = [match.street for *_, match in cases]
    for row in search.rows("whole_streets", ids=list(range(len(cases))), streets=streets):
        question, place, match = cases[row.asked]
        worth = match.worth * (1.0 if row.reach_m < 80 else max(0.25, min(0.75, 100 / row.reach_m)))
        question.found.append(
            candidate(match.label, row.lon, row.lat, method="street", precision="street", worth=worth,
                      reasons=("whole_street", *match.reasons), asked=question.asked, place=place,
                      accuracy_m=row.reach_m)
        )  # fmt: skip


def named(search: Search, questions: list[Question]) -> None:
    """Landmarks, parks and neighborhoods by name, misspelled too."""
    cases = [(question, name) for question, _, name in readings_of(questions, Named)]
    if not cases:
        return
    keys = [name.key for _, name in cases]
    for row in search.rows("names", ids=list(range(len(cases))), keys=keys, limit=_MOST_NAMES):
        question, _name = cases[row.asked]
        question.found.append(_named(row, question))


def _named(row: Any, question: Question) -> Candidate:
    sure = 1.0 if row.reach_m < 120 else max(0.3, 120 / row.reach_m) ** 0.5
    reasons = ["name"] if row.alike == 1 else [f"similar_name:{row.alike:.2f}"]
    return candidate(
        row.name, row.lon, row.lat, method="landmark", precision="area" if row.reach_m > 50 else "rooftop",
        worth=row.alike * sure, reasons=(*reasons, f"category:{row.category}"), asked=question.asked,
        accuracy_m=max(row.reach_m, 10.0),
    )  # fmt: skip


def mile_posts(search: Search, questions: list[Question]) -> None:
    """Mile posts, and places between two posts of one road."""
    cases = [(question, place, mile) for question, place, mile in readings_of(questions, Mile)]
    if not cases:
        return
    roads = [mile.road.name if mile.road else "" for _, _, mile in cases]
    posts: dict[tuple[int, str], list[Any]] = defaultdict(list)
    miles = [mile.mile for _, _, mile in cases]
    for row in search.rows("miles", ids=list(range(len(cases))), miles=miles, roads=roads):
        posts[row.asked, row.road_key].append(row)
    for (at, _), around in posts.items():
        question, place, mile = cases[at]
        found = _mile(around, question, place, mile.mile)
        if found is not None:
            question.found.append(found)


def _mile(around: list[Any], question: Question, place: int, mile: float) -> Candidate | None:
    low = max((row for row in around if row.mile <= mile), key=lambda row: row.mile, default=None)
    high = min((row for row in around if row.mile >= mile), key=lambda row: row.mile, default=None)
    if low is None or high is None:
        return None
    share = (mile - low.mile) / (high.mile - low.mile) if high.mile > low.mile else 0.0
    off = metres_between(low.lon, low.lat, high.lon, high.lat) / 4
    reasons = ("mile_post",) if low.mile == high.mile else (f"between_miles:{low.mile:g}-{high.mile:g}",)
    return candidate(
        low.name if low.mile == high.mile else f"{low.name} + {mile - low.mile:.2f}",
        low.lon + share * (high.lon - low.lon), low.lat + share * (high.lat - low.lat),
        method="mile_post", precision="rooftop" if low.mile == high.mile else "interpolated",
        worth=1.0 if low.mile == high.mile else 0.8, reasons=reasons, asked=question.asked, place=place, accuracy_m=off,
    )  # fmt: skip
