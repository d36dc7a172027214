"""What holds up a draft: holders of areas that are gone with it, and graver findings that nobody has looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from psycopg import sql

from geoserver_app.editions.models import SetAside
from layers import holders
from layers.bulk import rows_of
from layers.errors import Conflict
from layers.models import Area, Edition, Succession


class HeldUp(Conflict):
    """A draft cannot come in yet; the message lists why."""


@dataclass(frozen=True)
class HeldArea:
    """Something that names an area which is gone with a draft: rule "south_side_patrol", of beat 41."""

    holder: str
    id: int
    title: str
    area: Area
    address: str = ""

    def __str__(self) -> str:
        return f"{self.holder} '{self.title}' names {self.area.kind.code}:{self.area.code}, which is gone"


def gone(edition: Edition) -> list[Area]:
    """The areas that stand in force, on any of the days that a draft wants, and do not stand in it; by code.

    Of a draft without days: those in force today or later. Empty for other kinds of feature.
    """
    days = edition.wanted
    today = edition.kind.jurisdiction.local_date(edition.loaded_at)
    rows = rows_of(_GONE, {
        "kind": edition.kind_id, "edition": edition.pk, "seq": edition.seq,
        "lower": days.lower if days is not None else today, "upper": days.upper if days is not None else None,
    })  # fmt: skip
    return list(Area.objects.filter(pk__in=[pk for (pk,) in rows]).select_related("kind").order_by("code"))


_GONE = sql.SQL(
    "select distinct s.area_id from layers_edition e join layers_areashape s on s.kind_id = e.kind_id"
    " and s.editions @> e.seq where e.kind_id = %(kind)s and e.id <> %(edition)s and e.state = 'active'"
    " and e.in_force && daterange(%(lower)s::date, %(upper)s::date)"
    " and not exists (select from layers_areashape n where n.area_id = s.area_id and n.editions @> %(seq)s::int4)"
)


def held(edition: Edition) -> list[HeldArea]:
    """Everything that names an area which is gone with a draft, whatever has been answered."""
    areas = {area.pk: area for area in gone(edition)}
    if not areas:
        return []
    return [
        HeldArea(code, one.id, one.title, areas[one.area_id], one.address)
        for code, of in holders.holders().items()
        for one in of(edition.kind, list(areas))
    ]


def unanswered(edition: Edition) -> list[HeldArea]:
    """What names an area that is gone, has no confirmed successor, and was not set aside."""
    return [one for one in held(edition) if not is_answered(one, *_answers(edition))]


def is_answered(one: HeldArea, succeeded: set[int], aside: set[tuple[int, str, str]]) -> bool:
    return one.area.pk in succeeded or (one.area.pk, one.holder, str(one.id)) in aside


def _answers(edition: Edition) -> tuple[set[int], set[tuple[int, str, str]]]:
    confirmed = Succession.objects.filter(edition=edition, confirmed=True)
    aside = SetAside.objects.filter(edition=edition)
    return set(confirmed.values_list("old_id", flat=True)), set(aside.values_list("area_id", "holder", "key"))


def answers(edition: Edition) -> tuple[set[int], set[tuple[int, str, str]]]:
    """(areas with a confirmed successor, what was set aside as (area, holder, key))."""
    return _answers(edition)


def check(edition: Edition) -> None:
    """HeldUp with every reason, one a line, where a draft cannot come in yet."""
    reasons = list(_reasons(edition))
    if reasons:
        raise HeldUp(
            f"Edition {edition.pk} is held up. Confirm successions, set aside or accept each of these first:\n"
            + "\n".join(f"  {reason}" for reason in reasons)
        )


def _reasons(edition: Edition) -> Iterator[str]:
    for one in unanswered(edition):
        yield str(one)
