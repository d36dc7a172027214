"""Conditions as their authors write them, with codes, made into checks with ids; every fault is a sentence.

A condition is a mapping; all of its entries must hold. Within an entry one of the listed values is enough, but for
``not_on``, where none may be. Areas of one kind are alternatives, areas of two kinds must both hold.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from geoserver_app.link.ground import CODES, NOWHERE, Lies
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
from geoserver_app.route.known import Known

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Entries that are a list of texts, with the fact they are about.
TEXTS = {
    "asset_kinds": "asset_kind",
    "asset_owners": "asset_owner",
    "channels": "channel",
    "languages": "language",
    "priority": "priority",
    "parcel_owner_classes": "owner_class",
    "land_uses": "land_use",
}
ENTRIES = ("services", "groups", "areas", "lies_on", "not_on", *TEXTS, "answers", "evidence", "weekdays",
           "time", "office")  # fmt: skip
_CLOCK = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)$")


def resolve(condition: Mapping[str, Any], known: Known) -> tuple[list[dict[str, Any]], list[str]]:
    """(the checks of a condition as JSON with ids, the faults found in it as sentences)."""
    faults: list[str] = [
        _("'%(name)s' is no condition; there are: %(all)s") % {"name": name, "all": ", ".join(ENTRIES)}
        for name in condition
        if name not in ENTRIES
    ]
    if not condition:
        faults.append(_("has no condition, so it would match every request; say at least one"))
    checks: list[dict[str, Any]] = []
    for name in ENTRIES:
        if name in condition and not (name == "groups" and "services" in condition):
            for check, fault in _READERS[name](name, condition, known):
                checks += [check] if check else []
                faults += [fault] if fault else []
    return checks, faults


def checks_of(resolved: list[dict[str, Any]]) -> tuple[Check, ...]:
    """The checks that resolve() described."""
    return tuple(_MAKERS[entry["name"]](entry) for entry in resolved)


Found = Iterator[tuple[dict[str, Any] | None, str]]


def _texts(name: str, condition: Mapping[str, Any]) -> list[str] | None:
    value = condition[name]
    return value if isinstance(value, list) and value and all(isinstance(one, str) for one in value) else None


def _services(name: str, condition: Mapping[str, Any], known: Known) -> Found:
    ids: set[int] = set()
    for entry, rows in (("services", known.services), ("groups", known.groups)):
        if entry not in condition:
            continue
        codes = _texts(entry, condition)
        if codes is None:
            yield None, _("'%(entry)s' must be a list of codes") % {"entry": entry}
            continue
        for code in codes:
            if code not in rows:
                none = _("there is no service '%s'") if entry == "services" else _("there is no group '%s'")
                yield None, none % code
            ids |= rows.get(code, set())
    yield {"name": "services", "ids": sorted(ids)}, ""


def _areas(name: str, condition: Mapping[str, Any], known: Known) -> Found:
    by_kind: dict[str, list[int]] = defaultdict(list)
    for text in _texts(name, condition) or ():
        kind, _colon, code = text.partition(":")
        area = known.area(kind, code)
        if area is None:
            yield None, _("there is no area '%(area)s'; areas are named kind:code, as in beat:3") % {"area": text}
        else:
            by_kind[kind].append(area)
    if _texts(name, condition) is None:
        yield None, _('\'areas\' must be a list such as ["beat:3", "neighborhood:old_town"]')
    for kind, ids in by_kind.items():
        yield {"name": "areas", "kind": kind, "ids": sorted(ids)}, ""


def _ground(name: str, condition: Mapping[str, Any], known: Known) -> Found:
    mask = NOWHERE
    for code in _texts(name, condition) or [str(condition[name])]:
        if code not in CODES:
            yield None, _("'%(name)s' has '%(code)s', but a place can lie on: %(all)s") % {
                "name": name, "code": code, "all": ", ".join(CODES),
            }  # fmt: skip
        mask |= CODES.get(code, NOWHERE)
    yield {"name": name, "mask": int(mask)}, ""


def _listed(name: str, condition: Mapping[str, Any], known: Known) -> Found:
    values = _texts(name, condition)
    if values is None:
        yield None, _("'%(name)s' must be a list of texts") % {"name": name}
        return
    there = known.values(name)
    for value in values:
        if there and value not in there:
            yield None, _("'%(name)s' has '%(value)s', which nothing here has; there are: %(all)s") % {
                "name": name, "value": value, "all": ", ".join(sorted(there)),
            }  # fmt: skip
    yield {"name": name, "values": values}, ""


def _answers(name: str, condition: Mapping[str, Any], known: Known) -> Found:
    value = condition[name]
    if not isinstance(value, dict) or not value:
        yield None, _("'answers' must be a mapping of questions to lists of answers: {where: [street, alley]}")
        return
    services: list[int] = next((check["ids"] for check, _fault in _services(name, condition, known) if check), [])
    for question, keys in value.items():
        offered = known.answers(services, question)
        if not isinstance(keys, list) or not keys:
            yield None, _("the answers to '%(question)s' must be a list of keys") % {"question": question}
        elif not offered:
            nobody = _("no service of this rule asks a list question '%(question)s'; name its services")
            yield None, nobody % {"question": question}
        else:
            wrong = [str(key) for key in keys if str(key) not in offered]
            if wrong:
                yield None, _("question '%(question)s' has no answer '%(answer)s'; there are: %(all)s") % {
                    "question": question, "answer": wrong[0], "all": ", ".join(sorted(offered)),
                }  # fmt: skip
            yield {"name": name, "question": question, "keys": [str(key) for key in keys]}, ""


def _weekdays(name: str, condition: Mapping[str, Any], known: Known) -> Found:
    days = _texts(name, condition) or [str(condition[name])]
    wrong = [day for day in days if day not in WEEKDAYS]
    if wrong:
        yield None, _("'%(day)s' is no weekday; there are: %(all)s") % {"day": wrong[0], "all": ", ".join(WEEKDAYS)}
    yield {"name": name, "days": [WEEKDAYS.index(day) for day in days if day in WEEKDAYS]}, ""


def _time(name: str, condition: Mapping[str, Any], known: Known) -> Found:
    value = condition[name]
    parts = [value.get("from"), value.get("to")] if isinstance(value, dict) and set(value) == {"from", "to"} else []
    clocks = [_CLOCK.match(part) for part in parts if isinstance(part, str)]
    minutes = [int(clock[1]) * 60 + int(clock[2]) for clock in clocks if clock]
    if len(minutes) != 2 or minutes[0] == minutes[1]:
        yield None, _('\'time\' must be a stretch of the day: {from: "18:00", to: "07:00"}')
    else:
        yield {"name": name, "begins": minutes[0], "ends": minutes[1]}, ""


def _office(name: str, condition: Mapping[str, Any], known: Known) -> Found:
    if condition[name] in {"open", "closed"}:
        yield {"name": name, "open": condition[name] == "open"}, ""
    else:
        yield None, _("'office' is '%(value)s', but must be open or closed") % {"value": condition[name]}


_READERS = {
    "services": _services,
    "groups": _services,
    "areas": _areas,
    "lies_on": _ground,
    "not_on": _ground,
    **dict.fromkeys((*TEXTS, "evidence"), _listed),
    "answers": _answers,
    "weekdays": _weekdays,
    "time": _time,
    "office": _office,
}
_MAKERS: dict[str, Any] = {
    "services": lambda entry: Services(tuple(entry["ids"])),
    "areas": lambda entry: InAreas(entry["kind"], tuple(entry["ids"])),
    "lies_on": lambda entry: LiesOn(Lies(entry["mask"])),
    "not_on": lambda entry: LiesNotOn(Lies(entry["mask"])),
    **{name: lambda entry: IsOneOf(entry["name"], TEXTS[entry["name"]], tuple(entry["values"])) for name in TEXTS},
    "evidence": lambda entry: EvidenceIs(tuple(entry["values"])),
    "answers": lambda entry: Answered(entry["question"], tuple(entry["keys"])),
    "weekdays": lambda entry: OnWeekdays(tuple(entry["days"])),
    "time": lambda entry: AtTime(entry["begins"], entry["ends"]),
    "office": lambda entry: Office(entry["open"]),
}
