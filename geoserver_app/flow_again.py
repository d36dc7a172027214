"""Many stored requests linked and routed again, set-based: after a border, a parcel or the rules were put right.

What only lies elsewhere is written block by block, with a line in its history. What another desk would have by the
rules takes the way of a single request (flow.place_again), since somebody must be told. Closed requests stay with whom
they were. What a person chose by hand stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from geoserver_app import flow
from geoserver_app.editions import by_rules
from geoserver_app.flow_many import Progress, days_of_change, execute, forget, midnight, run_step
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.link import bulk as linking
from geoserver_app.link.one import link
from geoserver_app.link.subject import subject_of
from geoserver_app.route import bulk as routing
from geoserver_app.side_by_side import Turn, side_by_side
from geoserver_app.work import history_many
from geoserver_app.work.actor import SYSTEM
from layers.models import Jurisdiction, Kind

# What all places are compared with is prepared for each block anew: fewer, larger blocks than those of an import.
BLOCK = 100_000


@dataclass(frozen=True)
class Relinked:
    """How many requests were looked at, how many lie elsewhere now, how many of those went to another desk."""

    looked_at: int = 0
    moved: int = 0
    handed_on: int = 0

    def __add__(self, other: Relinked) -> Relinked:
        return Relinked(self.looked_at + other.looked_at, self.moved + other.moved, self.handed_on + other.handed_on)


def relink(
    jurisdiction: Jurisdiction,
    *,
    kind: Kind | None = None,
    commit: bool = False,
    at: datetime | None = None,
    progress: Progress = lambda _count: None,
    block: int = BLOCK,
) -> Relinked:
    """Links and routes all requests of a city again; only those whose areas of ``kind`` are others, where it is given.

    Without ``commit`` all the work is done and undone. A block is a transaction; the same call again goes on.
    """
    now = at or timezone.now()

    def one_block(ids: list[int], _my_turn: Turn) -> Relinked:
        with transaction.atomic():
            done = again(jurisdiction, ids, kind=kind, at=now)
            transaction.set_rollback(not commit)
        return done

    total = Relinked()
    # No block needs what another one writes: none waits for its turn.
    for done in side_by_side(_blocks(jurisdiction, block), one_block):
        total += done
        progress(done.looked_at)
    return total


def _blocks(jurisdiction: Jurisdiction, size: int) -> Iterator[list[int]]:
    after = 0
    while ids := _next(jurisdiction, after, size):
        yield ids
        after = ids[-1]


def _next(jurisdiction: Jurisdiction, after: int, block: int) -> list[int]:
    ours = ServiceRequest.objects.filter(jurisdiction=jurisdiction, pk__gt=after).exclude(state="received")
    return list(ours.order_by("pk").values_list("pk", flat=True)[:block])


# How often again() says that it is a step further.
STEPS = len(linking.STEPS) + len(linking.AREA_STEPS) + 2


def again(
    jurisdiction: Jurisdiction,
    ids: list[int],
    *,
    at: datetime,
    kind: Kind | None = None,
    edition: int | None = None,
    told: linking.Step = lambda: None,
) -> Relinked:
    """Links and routes some requests again, in the caller's transaction; ``edition`` is what made it necessary.

    ``told`` is called after each of at most STEPS steps.
    """
    within = {"jurisdiction": jurisdiction.pk, "ids": ids}
    chosen = _link(within, told)
    routing.route_many()
    told()
    run_step("moved", kind=kind.pk if kind else None)
    elsewhere = _column("select request_id from moved_batch where elsewhere order by request_id")
    stayed = _column("select count(*) from moved_batch where lies_elsewhere and not elsewhere")[0]
    linking.keep_many()
    routing.keep_many(at=at)
    run_step("relink")
    execute("delete from moved_batch where areas is null")
    history_many.moved_many("moved_batch", at=at, edition=edition)
    forget()
    elsewhere += [request_id for request_id in chosen if _lies_elsewhere(request_id)]
    for request_id in elsewhere:
        flow.place_again(request_id, by=SYSTEM, at=at)
    if elsewhere:
        execute("set local statement_timeout to default")  # each of them was held to that of a single request
    told()
    _today(jurisdiction, within, at, told)
    return Relinked(len(ids), stayed + len(elsewhere), len(elsewhere))


def by_new_rules(jurisdiction: Jurisdiction, ids: list[int], *, rules: int, at: datetime) -> Relinked:
    """Routes some requests again by the version (its number) in force, in the caller's transaction.

    Each takes the way of a single request, since a desk must be told; what somebody has taken up since is let be.
    """
    untouched = by_rules.untouched(jurisdiction.pk, ids)
    for request_id in untouched:
        flow.place_again(request_id, by=SYSTEM, at=at, rules=rules)
    if untouched:
        execute("set local statement_timeout to default")  # each of them was held to that of a single request
    return Relinked(len(ids), len(untouched), len(untouched))


def _link(within: dict[str, Any], told: linking.Step) -> list[int]:
    """Links the block; returns the requests of which a person chose an area by hand, which are left out of it."""
    linking.create_batch()
    linking.fill_from_requests(_WITHIN, within)
    chosen = linking.with_choices()
    linking.link_many(told)
    return chosen


_WITHIN = "r.jurisdiction_id = %(jurisdiction)s and r.id = any(%(ids)s) and r.state <> 'received'"


def _lies_elsewhere(request_id: int) -> bool:
    request = ServiceRequest.objects.select_related("service", "jurisdiction").get(pk=request_id)
    is_open = request.leads and request.state not in ServiceRequest.CLOSED_STATES
    return is_open and list(link(subject_of(request)).area_ids) != request.area_ids


def _today(jurisdiction: Jurisdiction, within: dict[str, Any], at: datetime, told: linking.Step) -> None:
    """Areas by the editions of today, of what was filed before the last change of any."""
    execute("create temporary table today_batch (request_id bigint, area_ids bigint[]) on commit drop")
    changes = days_of_change(jurisdiction)
    if changes:
        linking.create_batch()
        where = f"{_WITHIN} and r.geom is not null and r.requested_datetime < %(before)s"
        linking.fill_from_requests(where, {**within, "before": midnight(changes[-1], jurisdiction)})
        execute("update link_batch set requested_datetime = %(at)s", {"at": at})
        linking.areas_many("today_batch", told)
        execute("create unique index on today_batch (request_id); analyze today_batch")
    run_step("today", **within)
    forget()


def _column(statement: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [int(row[0]) for row in cursor.fetchall()]
