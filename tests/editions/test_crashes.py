"""A worker that is killed while requests follow an edition: another goes on, and it ends as if nothing had happened."""

import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from geoserver_app import jobs
from geoserver_app.accounts.roles import Role
from geoserver_app.editions.models import Turn
from geoserver_app.flow_editions import activate_edition
from geoserver_app.flow_turns import SILENCE, run_turn
from geoserver_app.work.models import StatusChange
from layers.models import Kind
from tests.editions.conftest import Desk, moved_border
from tests.editions.sums import sums
from tests.flow.conftest import with_rules
from tests.flow.test_crashes import killed
from tests.route.city import rule
from tests.worker import run_jobs

SINCE = date(2025, 6, 1)  # long ago by any clock: the worker looks at the real one
BORDER_REQUESTS = 4


@pytest.fixture
def desk(transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The town with a rule for beat 2, potholes on ground that changes hands, and a clock that stands still."""
    with connection.cursor() as cursor:
        cursor.execute("truncate procrastinate_jobs cascade")  # Django does not empty the tables of jobs
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    files = tmp_path / "files"
    files.mkdir()
    made = Desk(with_rules(tmp_path), files)
    made.city.squared.kinds["beat"] = Kind.objects.get(code="beat")
    made.city.load(tmp_path / "by_beat.yaml", rule("beat-two", {"services": ["pothole"], "areas": ["beat:2"]},
                                                   post="code/desk"))  # fmt: skip
    made.city.hall.person("gus", Role.GIS)
    for number in range(BORDER_REQUESTS):
        made.pothole(str(number), 410 + 20 * number)
    return made


def _in_force(desk: Desk) -> Turn:
    """Activated; its requests wait for a worker, who has no other work."""
    turn = activate_edition(desk.draft(moved_border(400), since=SINCE).pk, commit=True).turn
    ProcrastinateJob.objects.exclude(task_name="turn_edition").delete()
    return turn


def _totals() -> dict[str, str]:
    return sums(numbered_anew=("route_decision", "intake_review"))


def _undisturbed(turn: Turn) -> dict[str, str]:
    with transaction.atomic():
        run_turn(turn.pk)
        totals = _totals()
        transaction.set_rollback(True)
    return totals


def _lines() -> list[int]:
    moved = StatusChange.objects.filter(data__has_key="areas").values_list("request", flat=True)
    return sorted(moved)


@pytest.mark.parametrize(
    ("place", "done"),
    [("before_commit", 0), pytest.param("block_done", BORDER_REQUESTS, marks=pytest.mark.slow)],
)
def test_another_worker_goes_on_where_one_was_killed(desk: Desk, place: str, done: int) -> None:
    turn = _in_force(desk)
    expected, before = _undisturbed(turn), _totals()
    killed(lambda _into: run_jobs(), failpoint=f"turn.{place}")
    turn = Turn.objects.get(pk=turn.pk)
    assert (turn.state, turn.done) == ("running", done)
    assert 0 < turn.followed <= turn.total  # what the dead one had told, beside its transaction
    assert _totals() == (expected if done else before)
    # Nobody hears of the dead one for a while; then the turn is asked for again.
    Turn.objects.update(seen_at=timezone.now() - SILENCE - timedelta(seconds=1))
    jobs.resume_turns(0)
    run_jobs()
    turn.refresh_from_db()
    assert (turn.state, turn.done, turn.moved, turn.handed_on) == ("done", *[BORDER_REQUESTS] * 3)
    assert _totals() == expected
    assert _lines() == sorted(one.pk for one in desk.requests.values())


@pytest.mark.parametrize(
    "failpoint", [pytest.param("turn.before_commit:3", marks=pytest.mark.slow), "turn.block_done:2"]
)
def test_killed_between_blocks_none_is_done_twice(desk: Desk, failpoint: str) -> None:
    turn = _in_force(desk)
    expected = _undisturbed(turn)

    def follow(into: int) -> None:
        run_turn(turn.pk, block=1, progress=lambda count: os.write(into, b"%d\n" % count) and None)

    told = killed(follow, failpoint=failpoint)
    turn.refresh_from_db()
    assert (turn.state, turn.done) == ("running", 2)
    assert len(told) == (2 if "before" in failpoint else 1)
    assert run_turn(turn.pk, block=1).done == BORDER_REQUESTS
    assert _totals() == expected
    assert _lines() == sorted(one.pk for one in desk.requests.values())
