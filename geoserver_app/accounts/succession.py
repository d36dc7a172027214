"""Assignments that are limited to areas: which name one that is gone, and how they follow it to its successors.

The code of an area that is gone stays in a scope beside its successors: requests that were filed while it stood count
to it for ever, and whoever works on them must go on seeing them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from geoserver_app.accounts.models import Assignment
from layers.models import Kind


@dataclass(frozen=True)
class Followed:
    """How the codes of an assignment were before and after, so that it can be undone."""

    assignment: int
    before: list[str]
    after: list[str]


def _of(kind: Kind) -> Any:
    held = Assignment.objects.filter(jurisdiction=kind.jurisdiction_id, area_kind=kind.code, user__is_active=True)
    return held.order_by("pk")


def follow(kind: Kind, successors: Mapping[str, Iterable[str]]) -> list[dict[str, Any]]:
    """Adds the successors' codes to every assignment that names an area that is gone; what changed, as JSON."""
    changed = []
    for one in _of(kind).filter(area_codes__overlap=sorted(successors)).select_for_update(of=("self",)):
        before = list(one.area_codes)
        fresh = [new for old in before for new in successors.get(old, ())]
        after = list(dict.fromkeys([*before, *fresh]))
        if after != before:
            Assignment.objects.filter(pk=one.pk).update(area_codes=after)
            changed.append(asdict(Followed(one.pk, before, after)))
    return changed


def undo(changed: Iterable[Mapping[str, Any]]) -> list[int]:
    """Puts codes back as they were; the ids of assignments that somebody changed since, which are let stand."""
    left = []
    for one in changed:
        same = Assignment.objects.filter(pk=one["assignment"], area_codes=one["after"])
        if not same.update(area_codes=one["before"]):
            left.append(int(one["assignment"]))
    return left
