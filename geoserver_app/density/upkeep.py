"""What keeps the counts current by the clock: drains, closings that are not of late any more, rebuilds that are due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from geoserver_app.density.drain import BATCH, Drained, drain, waiting
from geoserver_app.density.ledger import fresh_from
from geoserver_app.density.models import Cube, Ledger, Missed
from layers.models import Jurisdiction

_EXPIRE = Path(__file__).with_name("sql") / "expire.sql"
# Draining costs more than counting anew where so many changes wait (a million rows of old months: an hour).
TOO_MANY = 200_000
# Where more came in than this, the next drain does not wait for the minute: each answer adds up what is not drained.
BUSY, SOON_S = 1_000, 5
# After a bulk load the counting waits until no more came for so long, or until it has waited long enough.
QUIET = timedelta(minutes=1)
AT_THE_LATEST = timedelta(minutes=15)


@dataclass(frozen=True)
class Kept:
    """What an upkeep did; ``rebuild``: the cubes must be counted anew."""

    drained: Drained
    expired: int
    rebuild: bool

    @property
    def is_busy(self) -> bool:
        """Whether to look again in SOON_S seconds."""
        return self.drained.changes > BUSY


def keep(jurisdiction: Jurisdiction, *, at: datetime) -> Kept:
    """Once a minute: moves the days on and drains all that waits, unless counting anew is better."""
    expired = expire(jurisdiction, at=at)
    if is_rebuild_due(jurisdiction, at=at):
        return Kept(Drained(), expired, rebuild=True)
    total = Drained()
    for one in _drains(jurisdiction, at):
        total = Drained(total.changes + one.changes, total.rows + one.rows)
    return Kept(total, expired, rebuild=waiting(jurisdiction.pk) > TOO_MANY)


def _drains(jurisdiction: Jurisdiction, at: datetime) -> Iterator[Drained]:
    """All that waits, unless more comes in than is drained. What comes in meanwhile is left to the next time, since
    many notes at once cost less each."""
    done = Drained(BATCH)
    while done.changes >= BATCH and waiting(jurisdiction.pk) <= TOO_MANY:
        done = drain(jurisdiction, at=at)
        yield done


def is_rebuild_due(jurisdiction: Jurisdiction, *, at: datetime) -> bool:
    """Whether nothing is counted yet, a bulk load has ended, or more waits than is worth draining."""
    if not Cube.objects.filter(jurisdiction=jurisdiction, is_current=True).exists():
        return True
    missed = Missed.objects.filter(jurisdiction_id=jurisdiction.pk).order_by("at").values_list("at", flat=True)
    first, last = missed.first(), missed.last()
    if first is not None and last is not None:
        return at - last >= QUIET or at - first >= AT_THE_LATEST
    return waiting(jurisdiction.pk) > TOO_MANY


def expire(jurisdiction: Jurisdiction, *, at: datetime) -> int:
    """Once a local day: what was closed too long ago to be of late is queued as such; how many notes."""
    day = fresh_from(jurisdiction, jurisdiction.local_date(at))
    with transaction.atomic():
        ledger = Ledger.objects.select_for_update().filter(jurisdiction=jurisdiction, fresh_from__lt=day).first()
        if ledger is None:
            return 0
        with connection.cursor() as cursor:
            values: dict[str, Any] = {"jurisdiction": jurisdiction.pk, "before": ledger.fresh_from, "after": day}
            cursor.execute(_EXPIRE.read_text(encoding="utf-8"), values)
            expired = int(cursor.rowcount)
        ledger.fresh_from = day
        ledger.save(update_fields=["fresh_from"])
    return expired
