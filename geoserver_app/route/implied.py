"""Which condition is contained in which: whether a rule can ever be the first that matches.

Only what can be told from the rules themselves, whatever the requests are: no data is read. "Contained" is meant for
every way the ground may turn out, since the checks of both rules are tried on the same ground.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from geoserver_app.link.ground import MEANINGS, NOWHERE, Lies
from geoserver_app.route.checks import (
    Answered,
    AtTime,
    Check,
    EvidenceIs,
    InAreas,
    IsOneOf,
    LiesNotOn,
    LiesOn,
    Office,
    OnWeekdays,
    Services,
)
from geoserver_app.route.condition import checks_of
from geoserver_app.route.program import Clause


def implies(narrow: Check, wide: Check) -> bool:
    """Whether everything that satisfies one check satisfies the other. Where it cannot be told: False."""
    match narrow, wide:
        case Services(), Services():
            return set(narrow.ids) <= set(wide.ids)
        case InAreas(), InAreas():
            return narrow.kind == wide.kind and set(narrow.ids) <= set(wide.ids)
        case LiesOn(), LiesOn() | EvidenceIs():
            return not narrow.mask & ~wide.mask
        case LiesNotOn(), LiesNotOn():
            return not wide.mask & ~narrow.mask
        case EvidenceIs(), EvidenceIs():
            return set(narrow.values) <= set(wide.values)
        case IsOneOf(), IsOneOf():
            return narrow.column == wide.column and set(narrow.values) <= set(wide.values)
        case Answered(), Answered():
            return narrow.question == wide.question and set(narrow.keys) <= set(wide.keys)
        case OnWeekdays(), OnWeekdays():
            return set(narrow.days) <= set(wide.days)
        case (AtTime(), AtTime()) | (Office(), Office()):
            return narrow == wide
    return False


def contains(wide: Clause, narrow: Clause) -> bool:
    """Whether a rule matches wherever another one does."""
    if narrow.outside and not wide.outside:
        return False
    return all(any(implies(one, check) for one in narrow.checks) for check in wide.checks)


def hiding(clauses: Sequence[Clause], at: int, offered: Collection[int]) -> list[Clause]:
    """The rules before the one at an index that take all its requests; empty where it may be the first for some.

    Taken apart by service, since two rules before it may share its services between them. ``offered`` are the ids of
    services that can still be chosen.
    """
    one, before = clauses[at], clauses[:at]
    named = [set(check.ids) for check in one.checks if isinstance(check, Services)]
    services = sorted(set(offered).intersection(*named))
    found: dict[int, Clause] = {}
    for service in services:
        part = replace(one, checks=(*checks_of([{"name": "services", "ids": [service]}]), *one.checks))
        hides = next((other for other in before if contains(other, part)), None)
        if hides is None:
            return []
        found[hides.position] = hides
    return [found[position] for position in sorted(found)]


def cannot_hold(checks: Sequence[Check], closed_days: Collection[int]) -> tuple[Check, Check] | None:
    """Two checks of one rule that no request satisfies both; ``closed_days`` are weekdays without office hours."""
    barred: Lies = NOWHERE
    for check in checks:
        if isinstance(check, LiesNotOn):
            barred |= check.mask
    nots = [check for check in checks if isinstance(check, LiesNotOn)]
    for check in checks:
        if isinstance(check, LiesOn) and not check.mask & ~barred:
            return check, nots[0]
        if isinstance(check, EvidenceIs) and set(check.values) <= set(MEANINGS) and not check.mask & ~barred:
            return check, nots[0]
    office = next((check for check in checks if isinstance(check, Office) and check.open), None)
    days = next((check for check in checks if isinstance(check, OnWeekdays)), None)
    if office and days and set(days.days) <= set(closed_days):
        return days, office
    return None
