"""A known problem in words, for everybody: what it is, where, until when, when it should be repaired."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from geoserver_app.duplicates.models import Notice
from geoserver_app.notify import moments
from layers.models import AreaShape, Jurisdiction


@dataclass(frozen=True)
class Said:
    """One notice in a language. ``where`` is the name of its area; empty for drawn ground and for the whole city."""

    pk: int
    text: str
    where: str
    is_drawn: bool
    since: str
    until: str
    expected: str


def said(notices: Iterable[Notice], jurisdiction: Jurisdiction, language: str, at: datetime) -> list[Said]:
    """The notices in words, in their order; one query for the names of all areas."""
    rows = list(notices)
    names = _names({one.area_id for one in rows if one.area_id}, language)
    zone = ZoneInfo(jurisdiction.time_zone)

    def when(moment: datetime | None) -> str:
        return moments.full(moment, language, zone, at) if moment else ""

    return [
        Said(
            one.pk, one.text_in(language), names.get(one.area_id or 0, ""), one.ground is not None,
            when(one.begins_at), when(one.ends_at), when(one.expected_at),
        )
        for one in rows
    ]  # fmt: skip


def _names(areas: set[int], language: str) -> dict[int, str]:
    if not areas:
        return {}
    shapes = AreaShape.objects.filter(area__in=areas, in_force=True)
    rows = shapes.values_list("area", f"attributes__name_{language}", "name", "area__code")
    return {pk: spoken or name or code for pk, spoken, name, code in rows}
