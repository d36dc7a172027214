"""Requests of another system brought up to what that system says now, many at once: written anew in their place.

A part of flow, beside flow_many: what a later file says of a request that nobody here has touched replaces what an
earlier one said, as if it had come at once. Number, code, id and incident stay. Nothing is told to anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import TypeAlias

from django.db import connection, transaction
from django.utils import timezone

from geoserver_app.failpoint import reached
from geoserver_app.flow_many import Block, Intake, Lives, Progress, execute
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.intake.store_many import Filed, Reserved
from geoserver_app.work.erasure import erasing
from layers.models import Jurisdiction

BLOCK = 10_000
# Which of some requests may be written anew; asked when they are locked.
Untouched: TypeAlias = Callable[[Sequence[int]], set[int]]


@dataclass(frozen=True)
class Renewed:
    """A stored request (its id) and what is said of it now."""

    request_id: int
    filed: Filed


def renew_many(
    batch: Iterable[Renewed],
    *,
    jurisdiction: Jurisdiction,
    lives: Lives,
    untouched: Untouched,
    at: datetime | None = None,
    commit: bool = True,
    progress: Progress = lambda _count: None,
) -> int:
    """Writes stored requests anew, a block in a transaction; how many. Without ``commit`` it is done and undone."""
    again = _Again(jurisdiction, at or timezone.now(), lives, commit, untouched=untouched)
    total = 0
    for block in _blocks(batch):
        total += again.renew(block)
        progress(len(block))
    return total


@dataclass
class _Again(Intake):
    """The bulk path, for requests that have their number already."""

    untouched: Untouched = field(default=set)

    def renew(self, block: Sequence[Renewed]) -> int:
        """Writes one block in one transaction; how many of it were not left as they are."""
        spots = self.spots([one.filed for one in block])
        with transaction.atomic():
            free = self._free([one.request_id for one in block])
            chosen = [(one, spot) for one, spot in zip(block, spots, strict=True) if one.request_id in free]
            if chosen:
                reports = [one.filed for one, _ in chosen]
                self._forget([one.request_id for one, _ in chosen])
                reserved = self._reserved([one.request_id for one, _ in chosen])
                self._written(Block(reports, reports, [spot for _, spot in chosen], reserved))
            reached("past.before_commit")
            transaction.set_rollback(not self.commit)
        return len(chosen)

    def _free(self, ids: Sequence[int]) -> set[int]:
        list(ServiceRequest.objects.filter(pk__in=ids).order_by("pk").select_for_update().values_list("pk"))
        return self.untouched(ids)

    def _reserved(self, ids: Sequence[int]) -> Reserved:
        with connection.cursor() as cursor:
            cursor.execute(
                "select k.id, k.service_request_id, k.incident_id from renewed k join unnest(%s::bigint[])"
                " with ordinality as u (id, n) on u.id = k.id order by u.n",
                [list(ids)],
            )
            rows = cursor.fetchall()
        return Reserved([row[1] for row in rows], [row[0] for row in rows], [(row[2], False) for row in rows])

    def _forget(self, ids: Sequence[int]) -> None:
        """Takes out what an earlier file said, and keeps what stays: number, code, incident."""
        execute("drop table if exists pg_temp.renewed")
        with erasing():
            for statement in _FORGET:
                execute(statement, {"ids": list(ids)})

    def _stage(self, block: Block) -> None:
        super()._stage(block)
        # Staged rows got codes of their own: the ones that people were given stay.
        execute("update intake_batch b set access_code = k.access_code from renewed k where k.id = b.id")


# The row itself goes and comes back under its id before the transaction ends, when references to it are looked at.
_FORGET = (
    "create temporary table renewed on commit drop as select id, service_request_id, access_code, incident_id"
    " from intake_servicerequest where id = any(%(ids)s)",
    *(
        f"delete from {table} where request_id = any(%(ids)s)"
        for table in ("work_statuschange", "work_copy", "intake_answer", "intake_reporter", "intake_review",
                      "route_decision", "link_membership")
    ),
    "delete from intake_servicerequest where id = any(%(ids)s)",
)  # fmt: skip


def _blocks(batch: Iterable[Renewed]) -> Iterator[list[Renewed]]:
    source = iter(batch)
    while block := list(islice(source, BLOCK)):
        yield block
