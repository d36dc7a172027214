"""Corners of two streets, and a street between two others."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

from geoserver_app.geocode.asked import AskedStreet, Between, Corner
from geoserver_app.geocode.candidate import metres_between
from geoserver_app.geocode.search import Question, Search, readings_of
from geoserver_app.geocode.street_match import Match
from geoserver_app.geocode.worth import candidate

# Crossings of one pair of streets nearer to each other than this are one corner with two carriageways (metres).
ONE_CORNER_M = 70.0
_MOST = 6


class Pairs:
    """Pairs of streets to be looked up together; the lower id first, as the table has them."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.pairs: list[tuple[int, int]] = []
        self.known: dict[tuple[int, int], int] = {}
        self.spots: dict[int, list[tuple[float, float, float]]] = {}

    def add(self, one: int, other: int) -> int:
        """The number of a pair."""
        pair = (min(one, other), max(one, other))
        if pair not in self.known:
            self.known[pair] = len(self.pairs)
            self.pairs.append(pair)
        return self.known[pair]

    def look_up(self) -> None:
        """Finds the corners of every pair: (lon, lat, metres between lines that only nearly meet)."""
        found: dict[int, list[Any]] = defaultdict(list)
        if self.pairs:
            ones, others = [one for one, _ in self.pairs], [other for _, other in self.pairs]
            for row in self.search.rows("crossings", ids=list(range(len(self.pairs))), ones=ones, others=others):
                found[row.asked].append(row)
        self.spots = {number: corners(spots) for number, spots in found.items()}


def corners(spots: list[Any]) -> list[tuple[float, float, float]]:
    """Points of a pair of streets joined into corners; points that really meet go before those that nearly do."""
    meeting = [spot for spot in spots if spot.gap_m == 0] or spots
    groups: list[list[Any]] = []
    for spot in meeting:
        near = next((g for g in groups if any(metres_between(spot.lon, spot.lat, had.lon, had.lat) < ONE_CORNER_M
                                              for had in g)), None)  # fmt: skip
        if near is None:
            groups.append([spot])
        else:
            near.append(spot)
    return [_middle(group) for group in groups]


def _middle(group: list[Any]) -> tuple[float, float, float]:
    places = {(spot.lon, spot.lat) for spot in group}
    lon, lat = (sum(place[axis] for place in places) / len(places) for axis in (0, 1))
    return lon, lat, min(spot.gap_m for spot in group)


def meeting(search: Search, questions: list[Question]) -> None:
    """Corners of two streets, at real crossings; streets that cross twice give two."""
    pairs, cases = Pairs(search), []
    for question, place, corner in readings_of(questions, Corner):
        for one, other in _matched(search, corner.one, corner.other):
            cases.append((question, place, one, other, pairs.add(one.street, other.street)))
    pairs.look_up()
    for question, place, one, other, number in cases:
        spots = pairs.spots.get(number, [])
        for lon, lat, gap in spots:
            worth = math.sqrt(one.worth * other.worth) * min(one.worth, other.worth) ** 0.5
            reasons = ["streets_meet" if not gap else f"streets_nearly_meet:{gap:.0f}", *one.reasons, *other.reasons]
            if gap:
                worth *= 0.95 - 0.15 * gap / 45
            if len(spots) > 1:
                reasons.append(f"meet_in_places:{len(spots)}")
            question.found.append(
                candidate(f"{one.label} & {other.label}", lon, lat, method="intersection", precision="intersection",
                          worth=worth, reasons=tuple(reasons), asked=question.asked, place=place, accuracy_m=15 + gap)
            )  # fmt: skip


def _matched(search: Search, one: AskedStreet, other: AskedStreet) -> list[tuple[Match, Match]]:
    return [(a, b) for a in search.matches(one)[:_MOST] for b in search.matches(other)[:_MOST] if a.street != b.street]


def between_corners(search: Search, questions: list[Question]) -> None:
    """A street between two cross streets: the middle between both corners."""
    pairs, cases = Pairs(search), []
    for question, place, asked in readings_of(questions, Between):
        for street in search.matches(asked.street)[:_MOST]:
            for one in search.matches(asked.one)[:_MOST]:
                for other in search.matches(asked.other)[:_MOST]:
                    if len({street.street, one.street, other.street}) == 3:
                        numbers = pairs.add(street.street, one.street), pairs.add(street.street, other.street)
                        cases.append((question, place, street, one, other, numbers))
    pairs.look_up()
    for question, place, street, one, other, (first, second) in cases:
        ends = [(a, b) for a in pairs.spots.get(first, []) for b in pairs.spots.get(second, [])]
        if not ends:
            continue
        (a, b) = min(ends, key=lambda pair: metres_between(*pair[0][:2], *pair[1][:2]))
        long = metres_between(*a[:2], *b[:2])
        worth = (street.worth * one.worth * other.worth) * (1.0 if long < 300 else 0.7)
        reasons = ("between_corners", *street.reasons, *one.reasons, *other.reasons)
        label = f"{street.label}, {one.label} - {other.label}"
        question.found.append(
            candidate(label, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2, method="block", precision="block", worth=worth,
                      reasons=reasons, asked=question.asked, place=place, accuracy_m=long / 2)
        )  # fmt: skip
