"""Which streets of the city an asked street may be, and what that match is worth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from geoserver_app.geocode.asked import AskedStreet, Key
from geoserver_app.geocode.plain import plain
from geoserver_app.geocode.statements import rows
from geoserver_app.geocode.street_asked import keys_of
from layers.addresses import StreetName

MOST = 8
EXACT = 0.96
# Names less alike than this (0 to 1) are other names.
LEAST_ALIKE = 0.65
_TYPE_DIFFERS, _TYPE_MISSING = 0.8, 0.99
_WAY_DIFFERS, _WAY_TOO_MUCH, _WAY_MISSING = 0.6, 0.88, 0.95
# A street of another type or direction, where the city has the very one that was asked for.
_NOT_THE_ONE = 0.6
# The street with a direction, where one without it exists and none was asked for.
_PLAIN_EXISTS = 0.75


@dataclass(frozen=True)
class Match:
    """A street of the city; ``worth`` from 0 to 1 says how well it fits what was asked."""

    street: int
    label: str
    worth: float
    reasons: tuple[str, ...] = ()


class Streets:
    """Streets of a jurisdiction, asked for many at once; remembers what it was asked."""

    def __init__(self, jurisdiction_id: int) -> None:
        self.jurisdiction_id = jurisdiction_id
        self._exact: dict[AskedStreet, list[Match]] = {}
        self._similar: dict[AskedStreet, list[Match]] = {}

    def find(self, asked: Iterable[AskedStreet], *, similar: bool = False) -> None:
        """Looks up what is not known yet, in one round trip."""
        known = self._similar if similar else self._exact
        fresh = [one for one in dict.fromkeys(asked) if one not in known]
        if not fresh:
            return
        found: dict[int, list[Any]] = defaultdict(list)
        for row in rows("similar_streets" if similar else "streets", self._values(fresh, similar)):
            found[row.asked].append(row)
        for at, one in enumerate(fresh):
            known[one] = _best(one, found[at])

    def _values(self, fresh: list[AskedStreet], similar: bool) -> dict[str, Any]:
        pairs = [(at, key.text) for at, one in enumerate(fresh) for key in (_misspelled(one) if similar else one.keys)]
        values = {"jurisdiction": self.jurisdiction_id, "ids": [at for at, _ in pairs], "keys": [k for _, k in pairs]}
        return values | {"limit": MOST, "least": LEAST_ALIKE} if similar else values

    def of(self, asked: AskedStreet, *, similar: bool = False) -> list[Match]:
        """What was found for a street, best first: by its name, or by names that look like it."""
        exact = self._exact.get(asked, [])
        if not similar:
            return exact
        there = {one.street for one in exact}
        return [*exact, *(one for one in self._similar.get(asked, []) if one.street not in there)][:MOST]


def _best(asked: AskedStreet, found: list[Any]) -> list[Match]:
    best: dict[int, Match] = {}
    for row in found:
        match = match_of(asked, row)
        if row.street not in best or match.worth > best[row.street].worth:
            best[row.street] = match
    ordered = sorted(best.values(), key=lambda one: (-one.worth, one.label, one.street))
    if ordered and ordered[0].worth >= EXACT:
        ordered = [ordered[0], *(_behind(one) for one in ordered[1:])]
    return ordered[:MOST]


def _behind(one: Match) -> Match:
    """Another type or direction than asked, where that very street exists."""
    differs = any(reason.startswith(("type_differs", "direction_differs", "direction_too")) for reason in one.reasons)
    if differs:
        return replace(one, worth=one.worth * _NOT_THE_ONE)
    missing = any(reason.startswith("direction_missing") for reason in one.reasons)
    return replace(one, worth=one.worth * _PLAIN_EXISTS) if missing else one


def _misspelled(asked: AskedStreet) -> list[Key]:
    """Foldings that may be misspelled: the name alone, and not where it is a number (22 is no slip for 24)."""
    alone = [key for key in asked.keys if not key.has_type and not key.has_way]
    return [key for key in alone if not key.text[0].isdigit()][:2]


def match_of(asked: AskedStreet, row: Any) -> Match:
    """What a street found under one key is worth.

    A key that holds the type or the direction already ("COLUMBIASQ" for COLUMBIA SQ ST) leaves nothing to compare.
    """
    alike = getattr(row, "alike", 1.0)
    key = next((key for key in asked.keys if key.text == row.key), Key(row.key))
    own = _own_key(row) if alike == 1 else Key(row.name_key)
    worth, reasons = alike * key.worth, [f"similar_name:{alike:.2f}"] if alike < 1 else []
    kind, own_kind = ("" if key.has_type else asked.post_type), ("" if own.has_type else row.post_type)
    if kind and own_kind and kind != own_kind:
        worth, reasons = worth * _TYPE_DIFFERS, [*reasons, f"type_differs:{own_kind}"]
    elif own_kind and not kind and not key.has_type:
        worth, reasons = worth * _TYPE_MISSING, [*reasons, "type_missing"]
    way = "" if key.has_way else asked.way
    own_way = "" if own.has_way else row.pre_directional or row.post_directional
    if way and own_way and way != own_way:
        worth, reasons = worth * _WAY_DIFFERS, [*reasons, f"direction_differs:{own_way}"]
    elif way and not own_way and not own.has_way:
        worth, reasons = worth * _WAY_TOO_MUCH, [*reasons, "direction_too_much"]
    elif own_way and not way and not key.has_way:
        worth, reasons = worth * _WAY_MISSING, [*reasons, f"direction_missing:{own_way}"]
    return Match(row.street, row.label, worth, tuple(reasons))


def _own_key(row: Any) -> Key:
    """Which parts of the street its key holds, as fill.py made it."""
    name = StreetName(row.pre_directional, plain(row.street_name), row.post_type, row.post_directional)
    return next((key for key in keys_of(name) if key.text == row.key), Key(row.key))
