"""Known problems: which notice somebody is about to report again, and how often one has answered so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from geoserver_app.catalog.models import Service
from geoserver_app.duplicates.models import Notice, NoticeAnswer

# More than these at one place would hide the form behind a wall of text.
MOST_SHOWN = 3


def known(service: Service, lon: float | None, lat: float | None, *, at: datetime) -> list[Notice]:
    """The notices that hold for a service at a place (degrees; None where none is needed), the newest first."""
    held = Notice.objects.filter(jurisdiction=service.jurisdiction_id).in_force(at).about(service.pk)
    return list(held.at_place(lon, lat).select_related("area__kind").order_by("-begins_at", "-pk")[:MOST_SHOWN])


@dataclass(frozen=True)
class Effect:
    """What came of a notice: reports that it stopped, people who want to be told, who reported anyway and why."""

    stopped: int = 0
    to_tell: int = 0
    anyway: int = 0
    reasons: Mapping[str, int] | None = None


def effects(notices: Iterable[Notice]) -> dict[int, Effect]:
    """The effect of each notice by its id; one query."""
    ids = [one.pk for one in notices]
    rows = NoticeAnswer.objects.filter(notice__in=ids).values_list("notice", "kind", "reason").annotate(Count("pk"))
    counted: dict[int, Counter[str]] = {pk: Counter() for pk in ids}
    reasons: dict[int, Counter[str]] = {pk: Counter() for pk in ids}
    for pk, kind, reason, number in rows.order_by():
        counted[pk][kind] += number
        if reason:
            reasons[pk][reason] += number
    kinds = NoticeAnswer.Kind
    return {
        pk: Effect(found[kinds.ENOUGH], found[kinds.TELL], found[kinds.ANYWAY], reasons[pk])
        for pk, found in counted.items()
    }
