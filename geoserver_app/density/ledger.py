"""Since when a closing counts as of late, and that a jurisdiction is counted at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from geoserver_app.density.areas import AT_MOST, usual_kinds
from geoserver_app.density.models import Ledger
from layers.errors import OneMapError
from layers.models import Jurisdiction, Kind

LATELY_DAYS = 30
_LOCK = 0x0DE0_0000  # of drain and rebuild, with the jurisdiction's id


class WrongKinds(OneMapError):
    """Kinds of area that cannot be counted."""


def fresh_from(jurisdiction: Jurisdiction, today: date) -> datetime:
    """The first moment of the day LATELY_DAYS before a local day."""
    day = today - timedelta(days=LATELY_DAYS)
    return datetime.combine(day, time(), ZoneInfo(jurisdiction.time_zone))


def opened(jurisdiction: Jurisdiction, at: datetime, kinds: Sequence[str] | None = None) -> Ledger:
    """The ledger of a jurisdiction; from now on its changes are noted. ``kinds`` replaces those that it names."""
    if kinds is not None:
        check_kinds(jurisdiction, kinds)
    fresh = fresh_from(jurisdiction, jurisdiction.local_date(at))
    with transaction.atomic():
        given = list(kinds) if kinds is not None else usual_kinds(jurisdiction)
        defaults = {"fresh_from": fresh, "kinds": given}
        ledger, is_new = Ledger.objects.get_or_create(jurisdiction=jurisdiction, defaults=defaults)
        if not is_new and kinds is not None:
            ledger.kinds = given
            ledger.save(update_fields=["kinds"])
    if is_new:
        _wait_for_writers()
    return ledger


def check_kinds(jurisdiction: Jurisdiction, kinds: Sequence[str]) -> None:
    """WrongKinds for more than five, or for one that the jurisdiction has not."""
    there = set(Kind.objects.filter(jurisdiction=jurisdiction, feature_class="area").values_list("code", flat=True))
    if len(kinds) > AT_MOST:
        raise WrongKinds(f"{len(kinds)} kinds of area are too many: name at most {AT_MOST}.")
    for code in kinds:
        if code not in there:
            raise WrongKinds(f"'{code[:60]}' is no kind of area here; there are: {', '.join(sorted(there)) or 'none'}.")


def _wait_for_writers() -> None:
    """Whoever was writing when the ledger was opened may not have seen it: waits until they are done."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("lock table intake_servicerequest in share mode")


@contextmanager
def alone(jurisdiction_id: int, *, wait: bool) -> Iterator[bool]:
    """One drain or rebuild of a jurisdiction at a time; False where another one is at it and nobody waits."""
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("select true from (select pg_advisory_lock(%s, %s)) x", [_LOCK, jurisdiction_id])
        else:
            cursor.execute("select pg_try_advisory_lock(%s, %s)", [_LOCK, jurisdiction_id])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s, %s)", [_LOCK, jurisdiction_id])
