"""The old requests of two real cities by the documented commands: every row accounted for, areas as the files say."""

import csv
import shlex
from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from geoserver_app.follow.finding import find_old
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.notify.models import Message
from geoserver_app.org.models import Department, Post
from geoserver_app.past.models import ImportRun
from geoserver_app.route.facts import facts_in
from geoserver_app.route.loading import load_rules
from geoserver_app.route.models import Decision, RuleSet
from geoserver_app.route.program import program_of
from geoserver_app.route.replay import Replay, replay
from geoserver_app.route.versions import activate
from layers.models import Jurisdiction
from tests.realdata.test_cities import ROOT, run_documented
from tests.route.city import rule

PAGE = (ROOT / "docs/operator/importing.md").read_text(encoding="utf-8")
pytestmark = [pytest.mark.realdata, pytest.mark.django_db, pytest.mark.timeout(3_600)]


def imported(
    city: str, data: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Jurisdiction, dict[str, Any]]:
    """The city with its layers, and its requests by the command on the page; the counts of the run."""
    place = run_documented(city, data, monkeypatch)
    with_rules(place, folder)
    with connection.cursor() as cursor:
        cursor.execute("analyze")  # what autovacuum does within a minute
    source = {"Los Angeles": "losangeles", "San Francisco": "sanfrancisco"}[city]
    command = next(line.strip() for line in PAGE.splitlines() if f"--jurisdiction {source} " in line)
    words = shlex.split(command.replace("$DATA", str(data)))[2:]
    words = [str(folder / word) if word in {"rejects.csv", "differ.html"} else word for word in words]
    call_command(*words, stdout=StringIO())
    return place, ImportRun.objects.get().report


def with_rules(place: Jurisdiction, folder: Path) -> None:
    """A few rules, so that there is something to decide and to replay."""
    for code in ("triage", "beats", "hills"):
        department = Department.objects.create(jurisdiction=place, code=code, name=code.title())
        Post.objects.create(department=department, code="desk", name="Desk")
    beats = list(place.areas.filter(kind__code="beat").order_by("code").values_list("code", flat=True))
    rules = [
        rule("some-beats", {"areas": [f"beat:{code}" for code in beats[::5]]}, post="beats/desk", priority="high"),
        rule("called-in", {"channels": ["phone"], "areas": [f"beat:{beats[1]}"]}, post="hills/desk"),
    ]
    document = {"safe_post": "triage/desk", "triage_post": "triage/desk", "defaults": [], "rules": rules}
    (folder / "rules.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    activate(load_rules(folder / "rules.yaml", place, at=timezone.now()).rule_set, at=timezone.now())


def shares(report: dict[str, Any], kind: str) -> float:
    found = report["areas"][kind]
    return float(found["agree"]) / (found["agree"] + found["differ"])


def with_areas(kind: str) -> Counter[int]:
    """How many located requests lie in how many areas of a kind."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select n, count(*) from (select (select count(*) from layers_area a join layers_kind k on k.id = a.kind_id"
            " where k.code = %s and a.id = any(r.area_ids)) as n"
            " from intake_servicerequest r where r.geom is not null) x"
            " group by 1",
            [kind],
        )
        return Counter(dict(cursor.fetchall()))


def assert_replay_equals_decision() -> None:
    """Each case is replayed once: what no rule here asks for (the minute, the language) changes nothing."""
    decisions = Decision.objects.filter(is_current=True)
    program = program_of(RuleSet.objects.get())
    assert decisions.count() == ServiceRequest.objects.count()
    ways: Counter[str] = Counter()
    cases: dict[Any, Replay] = {}
    for one in decisions.iterator():
        case = (one.service, tuple(one.area_ids), one.lies_on, one.doubt, one.channel, one.base_priority)
        if case not in cases:
            cases[case] = replay(program, facts_in(one))
        again = cases[case]
        ways[one.way] += 1
        assert (one.way, one.winner, one.runner_up) == (again.way, again.winner, again.runner_up), one.pk
        assert (one.department, one.post, one.triage, one.priority) == (
            again.desk.department_id, again.desk.post_id, again.desk.triage, again.priority,
        ), one.pk  # fmt: skip
    assert ways["rule"] > 1_000


def test_los_angeles(real_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place, report = imported("Los Angeles", real_data, tmp_path, monkeypatch)
    assert (report["read"], report["requests"], report["new"], report["rejected"]) == (39_999, 39_999, 39_999, {})
    assert report["located"] == {"given": 37_128, "address": 0, "none": 2_871}
    assert report["closed_before_opened"] == 48
    counts = with_areas("beat")
    assert counts[1] / sum(counts.values()) >= 0.9985
    assert shares(report, "council_district") >= 0.9977
    assert shares(report, "police_division") >= 0.9994
    differ = sum(report["areas"][kind]["differ"] + report["areas"][kind]["none_here"] for kind in report["areas"])
    drawn = (tmp_path / "differ.html").read_text(encoding="utf-8")
    assert drawn.count('"words": ') == differ == 183
    assert not Message.objects.exists()
    found = find_old(place, "1-870704831")
    assert found is not None
    assert (found.service.code, found.state, found.channel) == ("homeless-encampment", "closed", "phone")
    assert found.requested_datetime.isoformat() == "2018-01-01T07:59:58+00:00"
    assert_replay_equals_decision()


def test_san_francisco(real_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place, report = imported("San Francisco", real_data, tmp_path, monkeypatch)
    assert (report["read"], report["requests"], report["new"], report["rejected"]) == (14_313, 14_313, 14_313, {})
    assert report["located"]["given"] == 14_289
    assert report["closed_before_opened"] == 184
    counts = with_areas("beat")
    assert counts[1] / sum(counts.values()) >= 0.999
    states = Counter(ServiceRequest.objects.values_list("state", flat=True))
    assert states["closed"] == 13_718
    assert sum(states.values()) - states["closed"] == 595
    with (tmp_path / "rejects.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.reader(file))) == 1
    assert find_old(place, "240263") is not None
    assert_replay_equals_decision()
