"""What a draft would move, before it moves anything: counted, one by one, as a table and on a map."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from geoserver_app.editions import difference
from geoserver_app.editions.models import Simulation
from geoserver_app.flow_editions import activate_edition, run_simulation, simulate_edition
from geoserver_app.flow_turns import run_turn
from geoserver_app.intake.models import ServiceRequest
from tests import life
from tests.editions.conftest import NOW, Desk, moved_border, renumbered
from tests.editions.sums import TABLES, sums

pytestmark = pytest.mark.django_db
EVERYTHING = (*TABLES, "work_statuschange", "notify_message", "editions_turn", "editions_turnrequest")


def test_it_says_what_would_move_and_writes_nothing(desk: Desk, by_beat: Callable[[], None]) -> None:
    by_beat()
    desk.pothole("crossed", 450)
    desk.pothole("stays", 100)
    edition = desk.draft(moved_border(400))
    before = sums(EVERYTHING)
    found = simulate_edition(edition.pk, last_days=30, at=NOW)
    assert [(one.number, one.gone, one.fresh) for one in found.moves] == [
        (desk.requests["crossed"].service_request_id, ("beat:1",), ("beat:2",))
    ]
    assert found.by_area() == [("beat:1", "beat:2", 1)]
    assert found.by_department() == [("Streets", "Code", 1)]
    assert found.by_officer() == [("Streets: Desk", "Code: Desk", 1)]
    assert sums(EVERYTHING) == before


def test_it_is_what_activation_then_does(desk: Desk) -> None:
    for number, x in enumerate(range(20, 1000, 60)):
        desk.pothole(str(number), x)
    edition = desk.draft(moved_border(300))
    expected = {one.number for one in simulate_edition(edition.pk, last_days=30, at=NOW).moves}
    before = {one.pk: one.area_ids for one in ServiceRequest.objects.all()}
    run_turn(activate_edition(edition.pk, commit=True, at=NOW).turn.pk)
    moved = {one.service_request_id for one in ServiceRequest.objects.all() if one.area_ids != before[one.pk]}
    assert moved == expected != set()


def test_only_requests_of_the_last_days_count(desk: Desk) -> None:
    desk.pothole("old", 450, life.local("2026-10-12 09:00"))
    desk.pothole("new", 450)
    edition = desk.draft(moved_border(400), since=None)
    assert len(simulate_edition(edition.pk, last_days=5, at=NOW).moves) == 1
    assert len(simulate_edition(edition.pk, last_days=60, at=NOW).moves) == 2


def test_the_ground_that_changes_hands_has_its_size(desk: Desk) -> None:
    (piece,) = difference.pieces(desk.draft(moved_border(400)))
    assert (piece["properties"]["before"], piece["properties"]["after"]) == ("1", "2")
    assert piece["properties"]["area_m2"] == pytest.approx(100 * 900, rel=0.001)


def test_a_page_s_simulation_is_kept(desk: Desk) -> None:
    desk.pothole("crossed", 450)
    edition = desk.draft(moved_border(400))
    asked = Simulation.objects.create(edition=edition, days=3650, asked_at=NOW)
    done = run_simulation(asked.pk)
    assert (done.state, done.result["moved"], done.result["concerned"]) == ("done", 1, 1)
    assert json.dumps(done.result)


def test_one_that_cannot_be_worked_out_says_why(desk: Desk) -> None:
    edition = desk.draft(moved_border(400))
    activate_edition(edition.pk, commit=True, at=NOW)
    asked = Simulation.objects.create(edition=edition, days=30, asked_at=NOW)
    done = run_simulation(asked.pk)
    assert done.state == "failed"
    assert "in force already" in done.problem


def test_the_command_tells_and_writes_tables(
    desk: Desk, by_beat: Callable[[], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    by_beat()
    desk.pothole("gone", 700)
    edition = desk.draft(renumbered())
    sheet, drawn = tmp_path / "moves.csv", tmp_path / "moves.geojson"
    call_command("simulate_edition", str(edition.pk), "--days", "3650", "--csv", str(sheet), "--geojson", str(drawn))
    said = capsys.readouterr().out
    assert "beat:2 -> beat:3: 1" in said
    assert "held up: scopes" in said
    (row,) = list(csv.DictReader(sheet.open(encoding="utf-8")))
    assert (row["areas_left"], row["areas_entered"]) == ("beat:2", "beat:3")
    types = [one["geometry"]["type"] for one in json.loads(drawn.read_text())["features"]]
    assert types[-1] == "Point"


def test_no_days_is_wrong_usage(desk: Desk) -> None:
    with pytest.raises(CommandError):
        call_command("simulate_edition", "1", "--days", "0")
