"""What other rules would have decided: counted, one by one, and equal to what switching then does."""

import csv
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from geoserver_app.flow_rules import activate_rules, go_back, run_simulation, simulate_rules
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.link import bulk as linking
from geoserver_app.route import bulk as routing
from geoserver_app.route.models import RuleSimulation
from tests import life
from tests.editions.sums import TABLES, sums
from tests.rulebook.conftest import NOW, OTHER_TREES, WEST, Office, followed

pytestmark = pytest.mark.django_db
EVERYTHING = (*TABLES, "work_statuschange", "notify_message", "editions_turn", "editions_turnrequest", "route_ruleset")
# Who gets which request by the decision that is current, as simulate() adds it up.
DECIDED = """select count(*) || ':' || coalesce(sum(('x' || left(md5(concat_ws(
    ';', request_id, department, post, agency, triage, priority, copies)), 15))::bit(60)::bigint), 0) from {table}"""


def decided(table: str = "route_decision where is_current") -> str:
    with connection.cursor() as cursor:
        cursor.execute(DECIDED.format(table=table))
        return str(cursor.fetchone()[0])


def some(office: Office) -> None:
    """Potholes in both beats, trees on every kind of ground, one where a line is in doubt."""
    for x in range(40, 1000, 120):
        office.report("pothole", x)
    for x, y in ((230, 505), (230, 530), (230, 512), (150, 560), (400, 530), (500, 505)):
        office.report("tree", x, y)
        office.report("tree", x, y, answers={"where": "wires"})


def test_it_says_who_would_have_moved_and_writes_nothing(office: Office) -> None:
    west, east = office.report(x=100), office.report(x=700)
    draft = office.draft(*OTHER_TREES, WEST)
    before = sums(EVERYTHING)
    found = simulate_rules(draft, last_days=30, at=NOW)
    assert (found.looked_at, found.moved, found.waiting) == (2, 1, 1)
    assert [one.number for one in found.moves] == [west.service_request_id] != [east.service_request_id]
    assert {(one.post, one.before, one.after) for one in found.held} == {
        (office.city.posts["streets"].pk, 2, 1), (office.city.posts["safety"].pk, 0, 1),
    }  # fmt: skip
    assert [(one.kind, one.code, one.count) for one in found.areas if one.kind == "beat"] == [("beat", "1", 1)]
    assert sums(EVERYTHING) == before


def test_it_is_what_deciding_everything_anew_gives(office: Office) -> None:
    """By checksum: over what linking and routing make of all the requests once the draft is in force."""
    some(office)
    draft = office.draft(*OTHER_TREES, WEST)
    expected = simulate_rules(draft, last_days=30, at=NOW)
    assert expected.moved > 5
    activate_rules(draft.pk, again=False, at=NOW)
    linking.create_batch()
    linking.fill_from_requests("true")
    linking.link_many()
    routing.route_many()
    assert decided("route_result") == expected.checksum
    linking.drop_batch()


def test_blocks_add_up_to_the_whole(office: Office) -> None:
    from geoserver_app.flow_many import midnight
    from geoserver_app.route.simulate import simulate

    some(office)
    draft = office.draft(*OTHER_TREES, WEST)
    since = midnight(life.MONDAY.date(), office.place)
    told: list[int] = []
    whole = simulate(draft, since=since, days=30)
    parts = simulate(draft, since=since, days=30, block=4, progress=told.append)
    assert parts == whole
    assert told == [4, 4, 4, 4, 4]


def test_switching_moves_what_was_foretold_and_going_back_undoes_it(office: Office) -> None:
    """Everything waits and nobody touched it: who has what afterwards is the simulation's, and before is as before."""
    some(office)
    draft = office.draft(*OTHER_TREES, WEST)
    former = office.active()
    before = sums()
    expected = simulate_rules(draft, last_days=30, at=NOW)
    done = followed(activate_rules(draft.pk, at=NOW))
    assert (done.turn.total, done.turn.handed_on) == (expected.moved, expected.moved)
    desks = dict(ServiceRequest.objects.values_list("service_request_id", "post_id"))
    assert all(desks[one.number] == one.post_after for one in expected.moves)
    assert simulate_rules(former, last_days=30, at=NOW).moved == expected.moved
    back = followed(go_back(former.pk, at=NOW))
    assert back.turn.restored == expected.moved
    assert sums() == before


def test_only_the_last_days_count(office: Office) -> None:
    office.report(when=life.local("2026-10-12 09:00"))
    office.report(when=life.local("2026-11-20 00:01"))
    draft = office.draft(*OTHER_TREES, WEST)
    assert [simulate_rules(draft, last_days=days, at=NOW).looked_at for days in (1, 39, 60)] == [1, 1, 2]


def test_other_priorities_and_copies_are_counted_apart(office: Office) -> None:
    office.report()
    draft = office.draft(*OTHER_TREES, {**WEST, "then": {"priority": "urgent", "copies": ["parks/desk"]}})
    found = simulate_rules(draft, last_days=30, at=NOW)
    assert (found.moved, found.priority, found.copies) == (0, 1, 1)


def test_answers_that_no_version_asked_about_before_are_looked_up(office: Office) -> None:
    office.report("tree", 230, 530, answers={"where": "yard", "trouble": ["dead"]})
    dead = {"code": "dead", "sentence": {"en": "Dead.", "es": "Seco."}, "then": {"post": "waste/desk"},
            "if": {"services": ["tree"], "answers": {"trouble": ["dead"]}}}  # fmt: skip
    assert simulate_rules(office.draft(dead), last_days=30, at=NOW).desks == (
        (office.city.posts["code"].pk, office.city.posts["waste"].pk, 1),
    )


def test_a_page_s_simulation_is_kept(office: Office) -> None:
    office.report()
    draft = office.draft(*OTHER_TREES, WEST)
    asked = RuleSimulation.objects.create(rule_set=draft, days=3650, asked_at=NOW)
    done = run_simulation(asked.pk)
    assert (done.state, done.result["moved"], done.total, done.against) == ("done", 1, 1, office.active())
    assert json.dumps(done.result)
    assert run_simulation(asked.pk).finished_at == done.finished_at


def test_one_that_cannot_be_worked_out_says_why(office: Office) -> None:
    draft = office.draft(*OTHER_TREES)
    draft.defaults.filter(service=office.city.services["tree"]).delete()
    asked = RuleSimulation.objects.create(rule_set=draft, days=30, asked_at=NOW)
    done = run_simulation(asked.pk)
    assert done.state == "failed"
    assert "service 'tree' has no row in the table of defaults" in done.problem


def test_the_command_reads_a_file_tells_and_writes_a_table(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number = office.report().service_request_id
    office.draft(*OTHER_TREES, WEST).delete()
    sheet = tmp_path / "moves.csv"
    before = sums(EVERYTHING)
    call_command("simulate_rules", str(tmp_path / "draft.yaml"), "--days", "3650", "--csv", str(sheet))
    said = capsys.readouterr().out
    assert "1 would have gone to another desk, 1 of them still wait" in said
    assert "Safety: Desk: 0 -> 1 (+1)" in said
    (row,) = list(csv.DictReader(sheet.open(encoding="utf-8")))
    assert (row["service_request_id"], row["desk_after"], row["rule_after"]) == (number, "Safety: Desk", "8")
    assert sums(EVERYTHING) == before


@pytest.mark.parametrize("wrong", [["x.yaml", "--days", "0"], ["--days", "3"]])
def test_wrong_usage_is_refused(office: Office, wrong: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("simulate_rules", *wrong)
