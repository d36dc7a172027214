"""The requests that follow a change of editions or rules, block by block.

Each block is a transaction of its own, by a job that any worker goes on with where another one died. Where a change
is taken back, every request that nobody has worked on since gets exactly what it had; the others are linked and routed
again like any.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from geoserver_app import flow_again
from geoserver_app.editions import snapshots
from geoserver_app.editions.beside import Spread, followed
from geoserver_app.editions.models import Turn, TurnRequest
from geoserver_app.failpoint import reached
from geoserver_app.flow_many import Progress
from geoserver_app.handling import case, unaddressed
from geoserver_app.handling_request import locked
from geoserver_app.notify import tell
from geoserver_app.org.calendar import calendar_of
from geoserver_app.work.models import StatusChange
from geoserver_app.work.present import Present
from geoserver_app.work.present import Step as WorkStep
from layers.errors import NotFound

# Requests of one transaction. In smaller blocks every place looks for its polygons, which costs four times as much.
BLOCK = 20_000
# Where only the rules changed each goes alone, and keeps a lock until its block is committed: seconds.
RULES_BLOCK = 200
# A block takes seconds; a worker that has said nothing for this long is not there any more.
SILENCE = timedelta(minutes=5)
_TURNS = 0x7E0  # the first half of the advisory lock of a city's turns


def run_turn(
    turn_id: int, *, progress: Progress = lambda _count: None, block: int = BLOCK, at: datetime | None = None
) -> Turn:
    """Lets the requests of a turn follow, block by block, until none waits; goes on where another broke off.

    Stops where the turn was taken back meanwhile. Two that run at once take turns. ``at`` is the moment of each block
    where it is not the present one.
    """
    with followed(turn_id, progress) as more:
        while True:
            turn, spread = _next_block(turn_id, block, at, more)
            reached("turn.block_done")
            if spread is None:
                return turn
            spread.rest()


@transaction.atomic
def _next_block(turn_id: int, block: int, at: datetime | None, more: Progress) -> tuple[Turn, Spread | None]:
    """Does the next requests of a turn, in a transaction; nothing is spread where none waits."""
    turn, now = _locked(turn_id), at or timezone.now()
    many = min(block, RULES_BLOCK) if turn.way == Turn.Way.RULES else block
    ids = snapshots.waiting(turn, many) if turn.state == Turn.State.RUNNING else []
    spread = Spread(len(ids), flow_again.STEPS + 2, more) if ids else None
    if spread is not None:
        _block(turn, ids, now, spread.step)
    elif turn.state == Turn.State.RUNNING:
        turn.state, turn.finished_at = Turn.State.DONE, now
        turn.save(update_fields=["state", "finished_at"])
    reached("turn.before_commit")
    return turn, spread


def _locked(turn_id: int) -> Turn:
    """The turn, held against others of its city: what two of them did to one request could not be told apart.

    Not by a lock of the jobs: one that waits for another try would hold up the roll back of the very same edition.
    """
    turn = Turn.objects.filter(pk=turn_id).first()
    if turn is None:
        raise NotFound(f"There is no turn {turn_id} of an edition.")
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [_TURNS, turn.jurisdiction_id])
    return Turn.objects.select_for_update().get(pk=turn_id)


def _block(turn: Turn, ids: list[int], at: datetime, told: Callable[[], None]) -> None:
    snapshots.take(ids)
    told()
    restored = snapshots.restorable(turn, ids) if turn.undoes_id and _untouched(turn) else []
    if restored:
        _give_back(turn, at)
    others = sorted(set(ids) - set(restored))
    done = flow_again.Relinked()
    if others and turn.way == Turn.Way.RULES:
        assert turn.rules_after is not None  # noqa: S101  a constraint of the table
        done = flow_again.by_new_rules(turn.jurisdiction, others, rules=turn.rules_after.version, at=at)
    elif others:
        done = flow_again.again(turn.jurisdiction, others, at=at, edition=turn.edition_id, told=told)
    snapshots.keep(turn, ids)
    told()
    Turn.objects.filter(pk=turn.pk).update(
        done=F("done") + len(ids),
        moved=F("moved") + done.moved,
        handed_on=F("handed_on") + done.handed_on,
        restored=F("restored") + len(restored),
        seen_at=at,
    )


def _give_back(turn: Turn, at: datetime) -> None:
    """Requests as they were; desks that have one again are told."""
    for request_id, line in snapshots.restore(turn, at).items():
        request = locked(request_id)
        change = StatusChange.objects.get(pk=line)
        after = Present.of(request)
        before = replace(
            after, department_id=change.department_before_id, post_id=change.post_before_id, state=change.from_state
        )
        told = tell.step(case(request, calendar_of(request.jurisdiction), at), WorkStep(change, before, after))
        unaddressed(request, told, at)


def _untouched(turn: Turn) -> bool:
    """Whether what an undone turn found is what would stand without it.

    Each edition of the city that comes in or goes out counts the epoch on by one, the rules do not; where there was
    another one between the two, or one whose requests still followed, or the same edition had moved requests before (as
    it was activated; then its last day came), what a request had before is not what it would have now.
    """
    undone, steps = turn.undoes, 0 if turn.way == Turn.Way.RULES else 1
    if undone is None or not undone.alone or turn.epoch != undone.epoch + steps:
        return False
    if turn.way == Turn.Way.RULES:
        return True
    earlier = Turn.objects.filter(change=undone.change_id, pk__lt=undone.pk).exclude(way=Turn.Way.ROLL_BACK)
    return not TurnRequest.objects.filter(turn__in=earlier, before__isnull=False).exists()


def stalled(now: datetime) -> list[int]:
    """Turns that wait for requests to follow and gave no sign of life for a while."""
    waiting = Turn.objects.filter(state=Turn.State.RUNNING, seen_at__lt=now - SILENCE)
    return list(waiting.order_by("pk").values_list("pk", flat=True))
