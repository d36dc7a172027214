"""What holds up a draft: holders of areas that are gone with it, and graver findings that nobody has looked at."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import sql

from geoserver_app.editions.models import AcceptedClass, SetAside
from layers import holders
from layers.bulk import rows_of
from layers.errors import Conflict
from layers.models import Area, Edition, Succession
from layers.quality.report import newest


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

    @property
    def key(self) -> str:
        """What tells it apart from the others of its holder."""
        return f"{self.id} {self.title}"[:100]

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
    return [one for one in held(edition) if not is_answered(one, *answers(edition))]


def is_answered(one: HeldArea, succeeded: set[int], aside: set[tuple[int, str, str]]) -> bool:
    return one.area.pk in succeeded or (one.area.pk, one.holder, one.key) in aside


def answers(edition: Edition) -> tuple[set[int], set[tuple[int, str, str]]]:
    """(areas with a confirmed successor, what was set aside as (area, holder, key))."""
    confirmed = Succession.objects.filter(edition=edition, confirmed=True)
    aside = SetAside.objects.filter(edition=edition)
    return set(confirmed.values_list("old_id", flat=True)), set(aside.values_list("area_id", "holder", "key"))


@dataclass(frozen=True)
class OpenClass:
    """A class of finding of a draft's report that is graver than a note, and how many there are."""

    code: str
    severity: str
    count: int
    accepted: bool


def classes(edition: Edition) -> list[OpenClass]:
    """The classes of the newest report that somebody should look at, the gravest first; none without a report.

    One that was accepted is open again where a later report finds more.
    """
    report = newest(edition)
    if report is None:
        return []
    looked = dict(AcceptedClass.objects.filter(edition=edition).values_list("found", "count"))
    found = [
        OpenClass(code, severity, count, looked.get(code, -1) >= count)
        for code, entry in report.classes.items()
        for severity, count in [_gravest(entry["severities"])]
        if severity in _GRAVE
    ]
    return sorted(found, key=lambda one: (_GRAVE.index(one.severity), -one.count, one.code))


def open_classes(edition: Edition) -> list[OpenClass]:
    """Those that nobody has looked at yet."""
    return [one for one in classes(edition) if not one.accepted]


_GRAVE = ["error", "warning"]


def _gravest(severities: dict[str, int]) -> tuple[str, int]:
    """The gravest severity of a class, and how many of its findings are graver than a note."""
    worst = next((one for one in _GRAVE if severities.get(one)), "note")
    return worst, sum(severities.get(one, 0) for one in _GRAVE)


def check(edition: Edition) -> None:
    """HeldUp with every reason, one a line, where a draft cannot come in yet."""
    found = reasons(edition)
    if found:
        raise HeldUp(
            f"Edition {edition.pk} is held up. Confirm successions, set aside or accept each of these first:\n"
            + "\n".join(f"  {reason}" for reason in found)
        )


def reasons(edition: Edition) -> list[str]:
    """Why a draft cannot come in yet, as sentences."""
    held_by = [str(one) for one in unanswered(edition)]
    return held_by + [f"{one.count} findings of class '{one.code}' wait for a look" for one in open_classes(edition)]
