"""Putting editions in force, taking that back, and keeping the flags of what is in force today.

The one rule of days: an edition that comes in takes the days it wants, and the others keep what is left of theirs.

- Wanted days without a beginning or end reach to the next edition that begins later, or for ever.
- An edition in force on the day before loses the days from there on; one that the new days cover wholly is withdrawn.
- An edition that would be left with days on both sides is refused, because one edition has one range of days.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from psycopg import sql
from psycopg.types.range import DateRange

from layers.bulk import rows_of, run
from layers.errors import Conflict, NotFound
from layers.models import AreaBorder, AreaPiece, Edition, EditionChange, Jurisdiction, Kind, StagedFeature
from layers.tables import TABLES

_FAR_PAST, _FAR_FUTURE = date.min, date.max
_keepers: list[Callable[[Kind], None]] = []


def keep_beside(keeper: Callable[[Kind], None]) -> None:
    """Registers what another package keeps beside the layers (search tables): called with the kind that turned.

    It runs in the transaction of the activation, roll back or daily turn, at its end; not in a dry run.
    """
    if keeper not in _keepers:
        _keepers.append(keeper)


def _tell_keepers(kind: Kind) -> None:
    for keeper in _keepers:
        keeper(kind)


@dataclass(frozen=True)
class Turned:
    """What an activation or a roll back changed, or would: editions with their days, and how many rows got a flag."""

    kind_code: str
    edition: int
    days: str
    others: tuple[str, ...]
    current: int | None
    came_in: int
    went_out: int


class _DryRun(Exception):
    """Raised inside a dry run's transaction so that nothing of it stays."""


def activate(edition_id: int, *, today: date | None = None, commit: bool = False) -> Turned:
    """Puts a draft edition in force for the days it was loaded for; a dry run unless ``commit``.

    The first edition of a kind is in force since ever, a later one from today (the jurisdiction's local day).
    NotFound for no such edition; Conflict where it is active already or would split another one's days.
    """
    return _tried(lambda: _activate(edition_id, today), commit)


def roll_back(jurisdiction: Jurisdiction, kind_code: str, *, today: date | None = None, commit: bool = False) -> Turned:
    """Restores the days of a kind's editions from before its last activation that stands; a dry run unless ``commit``.

    The edition that had come in is a draft again. Conflict where there is nothing to take back.
    """
    return _tried(lambda: _roll_back(jurisdiction, kind_code, today), commit)


def _tried(work: Any, commit: bool) -> Turned:
    results: list[Turned] = []
    try:
        with transaction.atomic():
            results.append(work())
            if not commit:
                raise _DryRun
            _tell_keepers(Kind.objects.select_related("jurisdiction").get(editions=results[0].edition))
    except _DryRun:
        pass
    return results[0]


def _locked(kind_id: int) -> Kind:
    return Kind.objects.select_for_update(of=("self",)).select_related("jurisdiction").get(pk=kind_id)


def _activate(edition_id: int, today: date | None) -> Turned:
    edition = Edition.objects.filter(pk=edition_id).first()
    if edition is None:
        raise NotFound(f"There is no edition {edition_id}. load_layer --commit prints the number of what it made.")
    kind = _locked(edition.kind_id)
    edition.refresh_from_db()
    if edition.state == Edition.State.ACTIVE:
        raise Conflict(f"Edition {edition_id} ({kind.code}) is in force already: {shown_days(edition.in_force)}.")
    others = list(Edition.objects.filter(kind=kind, state=Edition.State.ACTIVE).order_by("seq"))
    day = today or kind.jurisdiction.local_date(timezone.now())
    days = _fitted(edition, others, day)
    before = [_state_of(one) for one in (edition, *others)]
    told = _make_room(others, days)
    edition.state, edition.in_force, edition.activated_at = Edition.State.ACTIVE, days, timezone.now()
    edition.save(update_fields=["state", "in_force", "activated_at"])
    EditionChange.objects.create(kind=kind, edition=edition, at=timezone.now(), before=before)
    changed = [one.pk for one, was in zip(others, before[1:], strict=True) if _state_of(one) != was]
    _forget_staged(kind, edition, changed)
    return _turned(kind, edition, told, day)


def _fitted(edition: Edition, others: list[Edition], today: date) -> DateRange:
    """The days an edition comes in for; an open end stops where the next edition begins."""
    wanted = edition.wanted
    if wanted is None:
        wanted = DateRange(today if others else None, None)
    if wanted.upper is None:
        begins = [one.in_force.lower for one in others if one.in_force.lower and one.in_force.lower > _low(wanted)]
        return DateRange(wanted.lower, min(begins, default=None))
    return DateRange(wanted.lower, wanted.upper)


def _make_room(others: list[Edition], days: DateRange) -> tuple[str, ...]:
    """Takes the days from the other editions and says which changed and how."""
    told = []
    for one in others:
        kept = remaining(one, days)
        if kept == one.in_force:
            continue
        one.in_force = kept
        if kept is None:
            one.state = Edition.State.WITHDRAWN
        one.is_current = False
        one.save(update_fields=["in_force", "state", "is_current"])
        told.append(f"edition {one.pk}: {shown_days(kept) if kept else 'withdrawn'}")
    return tuple(told)


def remaining(one: Edition, days: DateRange) -> DateRange | None:
    """What is left of an edition's days without some others; None for nothing. Conflict for two separate parts."""
    old: DateRange = one.in_force
    before, after = _low(old) < _low(days), _high(old) > _high(days)
    if _high(old) <= _low(days) or _low(old) >= _high(days):
        return old
    if before and after:
        raise Conflict(
            f"Edition {one.pk} is in force {shown_days(old)}, on both sides of {shown_days(days)}. An edition has one "
            "range of days: leave the last day open, or load what comes after as an edition of its own first."
        )
    if before:
        return DateRange(old.lower, days.lower)
    return DateRange(days.upper, old.upper) if after else None


def _low(days: DateRange) -> date:
    return days.lower or _FAR_PAST


def _high(days: DateRange) -> date:
    return days.upper or _FAR_FUTURE


def shown_days(days: DateRange | None) -> str:
    """A range of days in words, its last day included: "from 2024-11-21", "since ever to 2024-11-20"."""
    if days is None:
        return "not in force"
    first = f"from {days.lower}" if days.lower else "since ever"
    return f"{first} to {date.fromordinal(days.upper.toordinal() - 1)}" if days.upper else first


def _state_of(edition: Edition) -> dict[str, Any]:
    days = edition.in_force
    bounds = [day.isoformat() if day else None for day in (days.lower, days.upper)] if days is not None else None
    return {"edition": edition.pk, "state": edition.state, "in_force": bounds}


def _roll_back(jurisdiction: Jurisdiction, kind_code: str, today: date | None) -> Turned:
    kind = Kind.objects.filter(jurisdiction=jurisdiction, code=kind_code).first()
    if kind is None:
        known = ", ".join(Kind.objects.filter(jurisdiction=jurisdiction).values_list("code", flat=True))
        raise NotFound(f"{jurisdiction.name} has no kind {kind_code!r}. It has: {known or 'none'}.")
    kind = _locked(kind.pk)
    change = EditionChange.objects.filter(kind=kind, undone_at=None).order_by("-pk").first()
    if change is None:
        raise Conflict(f"No edition of {kind_code} was ever put in force: there is nothing to take back.")
    told = _restore(change)
    change.undone_at = timezone.now()
    change.save(update_fields=["undone_at"])
    edition = change.edition
    edition.refresh_from_db()
    turned = _turned(kind, edition, told, today or kind.jurisdiction.local_date(timezone.now()))
    _was_never_in_force(kind, edition)
    return turned


def _restore(change: EditionChange) -> tuple[str, ...]:
    """Writes back the days from before a change; first all are put aside, because ranges may not overlap meanwhile."""
    states = {state["edition"]: state for state in change.before}
    editions = list(Edition.objects.filter(pk__in=states).order_by("pk"))
    Edition.objects.filter(pk__in=states).update(state=Edition.State.DRAFT, in_force=None, is_current=False)
    told = []
    for edition in editions:
        was = (edition.state, edition.in_force)
        bounds = states[edition.pk]["in_force"]
        edition.state = states[edition.pk]["state"]
        edition.in_force = _range_of(bounds) if bounds else None
        edition.is_current = False
        edition.save(update_fields=["state", "in_force", "is_current"])
        if was != (edition.state, edition.in_force) and edition.pk != change.edition_id:
            told.append(f"edition {edition.pk}: {shown_days(edition.in_force)}")
    return tuple(told)


def _was_never_in_force(kind: Kind, edition: Edition) -> None:
    """Shapes that an edition brought, and that stand in no other one that ever was in force, belong to drafts again."""
    if edition.state != Edition.State.DRAFT:
        return
    table = TABLES[kind.feature_class].shape_table
    fresh = rows_of(_AGAIN_DRAFTS.format(table=sql.Identifier(table)), {"kind": kind.pk, "seq": edition.seq})
    if kind.feature_class == Kind.FeatureClass.AREA and fresh:
        for follower in (AreaPiece, AreaBorder):
            run(_follow(follower._meta.db_table), {"shapes": [pk for (pk,) in fresh], "flag": None})


_AGAIN_DRAFTS = sql.SQL(
    "update {table} s set in_force = null where s.kind_id = %(kind)s and s.editions @> %(seq)s::int4"
    " and not exists (select from layers_edition e where e.kind_id = %(kind)s and e.state <> 'draft'"
    "  and s.editions @> e.seq) returning s.id"
)


def _range_of(bounds: list[str | None]) -> DateRange:
    lower, upper = (date.fromisoformat(day) if day else None for day in bounds)
    return DateRange(lower, upper)


def _turned(kind: Kind, edition: Edition, told: tuple[str, ...], today: date) -> Turned:
    came_in, went_out = refresh_current(kind, today)
    Jurisdiction.objects.filter(pk=kind.jurisdiction_id).update(epoch=F("epoch") + 1)
    current = Edition.objects.filter(kind=kind, is_current=True).first()
    return Turned(
        kind.code, edition.pk, shown_days(edition.in_force), told, current.pk if current else None, came_in, went_out
    )


@dataclass(frozen=True)
class DayTurned:
    """A kind whose edition of today is another one than it was: the id ``before`` (None: none), and what turned."""

    before: int | None
    turned: Turned


def refresh_all(jurisdiction: Jurisdiction, today: date) -> list[str]:
    """Turns every kind of a jurisdiction to its editions of a local day (the daily job); returns the kinds that turned.

    The epoch grows by one with each. What requests follow from it is not of this package.
    """
    with transaction.atomic():
        kinds = due(jurisdiction, today)
        return [kind.code for kind in kinds if come_to(kind, today) is not None]


def due(jurisdiction: Jurisdiction, today: date) -> list[Kind]:
    """The kinds of a jurisdiction whose edition of a local day is not the one that is marked as current."""
    kinds = Kind.objects.filter(jurisdiction=jurisdiction).select_related("jurisdiction").order_by("pk")
    return [kind for kind in kinds if _current_id(kind) != _of_day(kind, today)]


def come_to(kind: Kind, today: date) -> DayTurned | None:
    """Turns one kind to its edition of a local day, in the caller's transaction; None where it is that already."""
    kind = _locked(kind.pk)
    before, now = _current_id(kind), _of_day(kind, today)
    if before == now:
        return None
    came_in, went_out = refresh_current(kind, today)
    Jurisdiction.objects.filter(pk=kind.jurisdiction_id).update(epoch=F("epoch") + 1)
    _tell_keepers(kind)
    days = Edition.objects.values_list("in_force", flat=True).get(pk=now or before or 0)
    return DayTurned(before, Turned(kind.code, now or before or 0, shown_days(days), (), now, came_in, went_out))


def _current_id(kind: Kind) -> int | None:
    return Edition.objects.filter(kind=kind, is_current=True).values_list("pk", flat=True).first()


def _of_day(kind: Kind, today: date) -> int | None:
    days = Edition.objects.filter(kind=kind, state=Edition.State.ACTIVE, in_force__contains=today)
    return days.values_list("pk", flat=True).first()


def refresh_current(kind: Kind, today: date) -> tuple[int, int]:
    """Marks the edition of a local day as current and flips the flags of shapes that differ, set-based.

    Returns how many shapes came in force and went out of it. Pieces and borders follow their shapes.
    """
    wanted = _of_day(kind, today)
    Edition.objects.filter(kind=kind, is_current=True).exclude(pk=wanted or 0).update(is_current=False)
    Edition.objects.filter(pk=wanted or 0, is_current=False).update(is_current=True)
    seq = Edition.objects.filter(pk=wanted or 0).values_list("seq", flat=True).first()
    table = TABLES[kind.feature_class].shape_table
    flipped = rows_of(_flip(table), {"kind": kind.pk, "seq": seq})
    if kind.feature_class == Kind.FeatureClass.AREA and flipped:
        for follower in (AreaPiece, AreaBorder):
            for flag in (True, False):
                ids = [shape for shape, _, now in flipped if now is flag]
                run(_follow(follower._meta.db_table), {"shapes": ids, "flag": flag})
    return sum(1 for _, _, now in flipped if now), sum(1 for _, was, _ in flipped if was)


def _flip(table: str) -> sql.Composed:
    """Writes what each shape of a kind is to be where it differs, and returns id, old and new.

    True in the current edition (null: there is none); false in any other active one; else null for what never was in
    force, false for what was.
    """
    return sql.SQL(
        "update {table} t set in_force = w.becomes from ("
        "  select s.id, s.in_force as was, case when s.editions @> %(seq)s::int4 then true"
        "    when s.in_force or s.editions && a.seqs then false else s.in_force end as becomes"
        "  from {table} s, (select range_agg(int4range(e.seq, e.seq, '[]')) as seqs from layers_edition e"
        "    where e.kind_id = %(kind)s and e.state = 'active') a"
        "  where s.kind_id = %(kind)s) w"
        " where t.id = w.id and w.was is distinct from w.becomes"
        " returning t.id, w.was, w.becomes"
    ).format(table=sql.Identifier(table))


def _follow(table: str) -> sql.Composed:
    """Pieces and borders of the shapes that flipped, by the index on their shape.

    Not a join of both tables by kind: right after a load they have no statistics yet, and the planner may then pair
    every row of one with every row of the other.
    """
    return sql.SQL("update {table} set in_force = %(flag)s where shape_id = any(%(shapes)s)").format(
        table=sql.Identifier(table)
    )


def _forget_staged(kind: Kind, edition: Edition, replaced: list[int]) -> None:
    """Staged rows of editions that were out of force before this one came go.

    Those it ``replaced`` keep theirs: a roll back brings them back, and their report can be made again. Rows that
    something was decided about stay for good.
    """
    older = Edition.objects.filter(kind=kind, seq__lt=edition.seq).exclude(state=Edition.State.DRAFT)
    old = older.exclude(pk__in=replaced)
    StagedFeature.objects.filter(edition__in=old, decision="")._raw_delete("default")
