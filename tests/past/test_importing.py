"""Requests of an old system come in as if they had been filed here, with what became of them; nobody is told."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from geoserver_app.catalog.models import Service
from geoserver_app.follow.finding import find_old
from geoserver_app.intake.models import Incident, Reporter, ServiceRequest
from geoserver_app.notify.models import Message
from geoserver_app.past.models import ImportRun, Origin
from geoserver_app.route.models import Decision
from geoserver_app.work.models import StatusChange
from geoserver_app.work.states import TRANSITIONS, State
from layers.errors import BadFile
from tests.layers.test_formats import workbook
from tests.link.squared import at
from tests.past.conftest import Bring, row, table
from tests.route.city import City

pytestmark = pytest.mark.django_db


def one(number: str) -> ServiceRequest:
    return ServiceRequest.objects.get(source="notes", external_id=number)


def test_a_closed_request_comes_in_with_its_life(city: City, bring: Bring) -> None:
    report = bring(row("A-1"))
    made = one("A-1")
    assert (report.read, report.counts["new"]) == (1, 1)
    assert (made.state, made.channel, made.service.code) == ("closed", "phone", "pothole")
    assert made.requested_datetime.isoformat() == "2026-03-02T16:30:00+00:00"
    assert made.closed_at is not None
    assert made.closed_at.isoformat() == "2026-03-03T18:00:00+00:00"
    assert "beat:1" in city.squared.names(made.area_ids)
    states = list(StatusChange.objects.filter(request=made).order_by("at", "pk").values_list("to_state", "note"))
    assert states == [("assigned", ""), ("closed", "Filled.")]
    assert Decision.objects.filter(request=made, is_current=True).exists()
    assert find_old(city.hall.jurisdiction, "A-1") == made


def test_nobody_is_told_and_no_job_is_left(bring: Bring) -> None:
    contact = {"email": {"constant": "rosa@example.org"}, "tell_by": {"constant": "email"}}
    bring(row("A-1"), row("A-2", Status="Open", Closed=""), contact=contact)
    assert Reporter.objects.filter(email="rosa@example.org").count() == 2
    assert not Message.objects.exists()
    assert not ProcrastinateJob.objects.exists()


def test_a_rehearsal_counts_the_same_and_writes_nothing(bring: Bring) -> None:
    rows = [
        row("A-1"),
        row("A-2", Kind="Canopy"),
        row("A-3", Opened="yesterday"),
        row("A-4", x=None, Where="102 Main St"),
    ]
    rehearsed = bring(*rows, commit=False)
    assert not ServiceRequest.objects.exists()
    assert not Service.objects.filter(code="canopy").exists()
    assert not ImportRun.objects.exists()
    written = bring(*rows)
    assert rehearsed.lines() == written.lines()
    assert ServiceRequest.objects.count() == 3


def test_the_same_file_again_changes_nothing(bring: Bring) -> None:
    bring(row("A-1"), row("A-2"))
    before = list(ServiceRequest.objects.order_by("pk").values())
    report = bring(row("A-1"), row("A-2"))
    assert (report.counts["new"], report.counts["same"], report.counts["renewed"]) == (0, 2, 0)
    assert list(ServiceRequest.objects.order_by("pk").values()) == before


def test_a_later_file_brings_a_request_up_to_date_under_its_number(city: City, bring: Bring) -> None:
    bring(row("A-1", Status="Open", Closed="", Remarks=""))
    before = one("A-1")
    report = bring(row("A-1", x=700.0, Updated="03/09/2026 09:00", Closed="03/09/2026 09:00"))
    after = one("A-1")
    assert (report.counts["renewed"], report.counts["new"]) == (1, 0)
    same = ("pk", "service_request_id", "access_code", "incident_id")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
    assert (before.state, after.state) == ("assigned", "closed")
    assert "beat:2" in city.squared.names(after.area_ids)
    assert [line.to_state for line in after.history.order_by("pk")] == ["assigned", "closed"]
    assert Decision.objects.filter(request=after).count() == 1
    assert Incident.objects.count() == 1


def test_what_was_worked_on_here_is_left_as_it_is(city: City, bring: Bring) -> None:
    bring(row("A-1", Status="Open", Closed=""))
    made = one("A-1")
    StatusChange.objects.create(
        request=made,
        kind="note_internal",
        at=made.received_at,
        from_state="assigned",
        to_state="assigned",
        note="Ours.",
    )
    rejects = io.StringIO()
    report = bring(row("A-1"), rejects=rejects)
    assert (report.counts["touched"], report.counts["renewed"]) == (1, 0)
    assert one("A-1").state == "assigned"
    assert "A-1,touched" in rejects.getvalue()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"No": ""}, "no_number"),
        ({"Opened": ""}, "no_date"),
        ({"Opened": "31/31/2026 10:00"}, "unreadable_date"),
        ({"Opened": "03/02/2126 08:30"}, "impossible_date"),
        ({"Status": "Lost"}, "unknown_status"),
    ],
)
def test_what_cannot_come_in_is_told_with_its_line(bring: Bring, change: dict[str, str], reason: str) -> None:
    rejects = io.StringIO()
    report = bring(row("A-1"), row("A-2", **change), rejects=rejects)
    assert report.rejected == {reason: 1}
    assert rejects.getvalue().splitlines()[1].startswith(f"old.csv,3,{change.get('No', 'A-2')},{reason},")
    assert ServiceRequest.objects.count() == report.read - 1 == 1


def test_a_torn_line_is_left_out_and_told(bring: Bring, tmp_path: Path) -> None:
    path = table(tmp_path / "torn.csv", row("A-1"), row("A-2"))
    path.write_text(path.read_text().rstrip("\r\n").rpartition(",")[0] + "\n")
    assert bring(path).rejected == {"torn_line": 1}


def test_an_impossible_closing_is_counted_and_clamped(bring: Bring) -> None:
    report = bring(row("A-1", Closed="03/01/2026 10:00", Updated=""))
    made = one("A-1")
    assert report.counts["closed_before_opened"] == 1
    assert made.closed_at == made.requested_datetime


@pytest.mark.parametrize(("repeated", "left", "state"), [("refuse", 1, "assigned"), ("last", 0, "closed")])
def test_a_number_on_two_rows(bring: Bring, repeated: str, left: int, state: str) -> None:
    rows = (row("A-1", Status="Open", Closed="", Updated="03/02/2026 09:00"), row("A-1"))
    report = bring(*rows, repeated=repeated)
    assert sum(report.rejected.values()) == left
    assert report.read == left + report.counts["requests"] + report.counts["repeated"]
    assert one("A-1").state == state


def test_rows_of_one_number_can_be_its_history(bring: Bring) -> None:
    begun = row("A-1", Status="Working", Closed="", Updated="03/02/2026 12:00", Remarks="Crew is out.")
    values = {"Open": "assigned", "Working": "in_progress", "Done": "closed"}
    bring(begun, row("A-1"), repeated="history", status={"column": "Status", "values": values})
    lines = StatusChange.objects.filter(request=one("A-1")).order_by("at", "pk")
    assert [(line.to_state, line.note) for line in lines] == [
        ("assigned", ""), ("in_progress", "Crew is out."), ("closed", "Filled."),
    ]  # fmt: skip


def test_a_second_file_holds_the_history(bring: Bring, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    table(folder / "requests.csv", row("A-1"))
    (folder / "log.csv").write_text("ref,when,what,words\nA-1,03/02/2026 12:00,Open,Call 559 555 0142\n")
    history = {"file": "log.csv", "number": "ref", "at": "when", "status": "what", "note": "words"}
    report = bring(folder, history=history)
    assert report.counts["history_lines"] == 1
    lines = StatusChange.objects.filter(request=one("A-1")).order_by("at", "pk")
    assert [(line.kind, line.note) for line in lines][1] == ("note_internal", "Call [telephone]")


def test_histories_follow_the_table_of_states(bring: Bring) -> None:
    states = ["triage", "assigned", "accepted", "in_progress", "done", "closed", "cancelled"]
    rows = [row(f"A-{state}", x=x, Status=state, Closed="") for state in states for x in (350.0, 1100.0)]
    rows = [{**each, "No": f"{number}"} for number, each in enumerate(rows)]
    bring(*rows, status={"column": "Status", "values": {state: state for state in states}})
    for made in ServiceRequest.objects.all():
        lines = list(StatusChange.objects.filter(request=made).order_by("at", "pk"))
        assert lines[-1].to_state == made.state
        assert [line.to_state for line in lines[:-1]] == [line.from_state for line in lines[1:]]
        steps = [(State(line.from_state), State(line.to_state)) for line in lines if line.from_state != line.to_state]
        assert all(after in TRANSITIONS[before] for before, after in steps)


def test_categories_without_a_service_are_told_by_frequency(bring: Bring) -> None:
    rows = [row("A-1", Kind="Canopy"), row("A-2", Kind="Canopy"), row("A-3", Kind="Goat")]
    report = bring(*rows, create={"services": False})
    assert report.unknown["service"].most_common() == [("Canopy", 2), ("Goat", 1)]
    assert report.rejected == {"unknown_service": 3}


def test_categories_can_become_retired_services_that_show_nothing(bring: Bring) -> None:
    bring(row("A-1", Kind="Canopy"), create={"services": True})
    service = Service.objects.get(code="canopy")
    assert service.retired_on is not None
    assert not one("A-1").is_public


def test_free_text_is_masked(bring: Bring) -> None:
    bring(row("A-1", Text="Call 559 555 0142 or rosa@example.org"))
    assert one("A-1").description == "Call [telephone] or [e-mail]"


def test_an_address_without_a_point_is_looked_up(bring: Bring) -> None:
    report = bring(row("A-1", x=None, Where="102 Main St"), row("A-2", x=None, Where="9 Nowhere Rd"))
    assert report.located == {"given": 0, "address": 1, "none": 1}
    assert one("A-1").place_method == "address"
    assert one("A-1").geom is not None
    assert one("A-2").geom is None


def test_a_point_that_stands_for_no_place_is_found_out(bring: Bring) -> None:
    hall = at(20, 20)
    spread = [row(f"S-{n}", x=30.0 + 31 * n, Kind=f"Kind {n % 4}") for n in range(30)]
    nowhere = [row(f"N-{n}", x=20.0, y=20.0, Kind=f"Kind {n % 4}") for n in range(24)]
    busy = [row(f"B-{n}", x=500.0, y=300.0, Kind="Kind 1") for n in range(24)]
    report = bring(*spread, *nowhere, *busy)
    assert [(round(lon, 6), round(lat, 6), n) for lon, lat, n in report.points] == [
        (round(hall[0], 6), round(hall[1], 6), 24)
    ]
    assert one("N-3").geom is None
    assert one("B-3").geom is not None
    assert report.located["given"] == 54


def test_areas_are_kept_as_they_were_and_compared(bring: Bring) -> None:
    report = bring(row("A-1"), row("A-2", Beat="02"), row("A-3", Beat="Z9"), row("A-4", x=None), row("A-5", Beat=""))
    assert report.areas["beat"] == {"agree": 1, "differ": 1, "unknown": 1, "no_place": 1}
    assert Origin.objects.get(request=one("A-2")).areas == {"beat": "02"}


def test_trap_4_swapped_axes_are_refused_as_a_whole(bring: Bring) -> None:
    rows = [row(f"A-{n}", x=30.0 + n) for n in range(12)]
    swapped = [{**each, "X": each["Y"], "Y": each["X"]} for each in rows]
    with pytest.raises(BadFile, match=r"12 of 12 places lie in .* swapped"):
        bring(*swapped)
    assert not ServiceRequest.objects.exists()


def test_trap_6_a_place_outside_goes_to_review_and_one_far_away_is_none(bring: Bring) -> None:
    report = bring(row("A-1", x=1100.0, Status="Open", Closed=""), {**row("A-2"), "X": "12.5", "Y": "41.9"})
    assert one("A-1").state == "triage" or one("A-1").in_review
    assert one("A-2").geom is None
    assert report.counts["place_far_away"] == 1


def test_trap_20_the_hour_that_comes_twice_and_the_one_that_never_comes(bring: Bring) -> None:
    bring(row("A-1", Opened="11/02/2025 01:30"), row("A-2", Opened="03/09/2025 02:30"))
    assert one("A-1").requested_datetime.isoformat() == "2025-11-02T08:30:00+00:00"
    assert one("A-2").requested_datetime.isoformat() == "2025-03-09T10:30:00+00:00"


def test_photos_stay_links_and_other_columns_are_kept(bring: Bring) -> None:
    link = "https://old.example/photo?id=7"
    bring(row("A-1", Text=f"see {link}"), photos="Text", keep=["Via"])
    origin = Origin.objects.get()
    assert (origin.photo_links, origin.kept) == ([link], {"Via": "Call"})


@pytest.mark.parametrize("form", ["geojson", "ndjson", "open311"])
def test_other_forms_say_the_same(bring: Bring, tmp_path: Path, form: str) -> None:
    given = [row("A-1"), row("A-2")]
    features = [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [float(one["X"]), float(one["Y"])]},
         "properties": one} for one in given
    ]  # fmt: skip
    texts = {
        "geojson": json.dumps({"type": "FeatureCollection", "name": "old", "features": features}),
        "ndjson": "\n".join(json.dumps(one) for one in given),
        "open311": json.dumps(given),
    }
    path = tmp_path / f"old.{form}"
    path.write_text(texts[form])
    assert bring(path).counts["new"] == 2
    assert one("A-1").state == "closed"


def test_a_workbook_is_a_table_like_any_other(bring: Bring, tmp_path: Path) -> None:
    given = [row("1001"), row("1002")]
    columns = {name: [one[name] for one in given] for name in given[0]}
    assert bring(workbook(tmp_path / "old.xlsx", columns)).counts["new"] == 2
    assert one("1002").state == "closed"


def test_pages_of_xml_are_read_in_their_order(bring: Bring, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    for number in (2, 10, 1):
        text = "".join(f"<{name}>{value}</{name}>" for name, value in row(f"A-{number}").items())
        (folder / f"page-{number}.xml").write_text(f"<service_requests><request>{text}</request></service_requests>")
    assert bring(folder).counts["new"] == 3
    made = ServiceRequest.objects.order_by("pk").values_list("external_id", flat=True)
    assert list(made) == ["A-1", "A-2", "A-10"]


def test_a_mapping_that_names_a_column_that_is_not_there_is_refused(bring: Bring) -> None:
    with pytest.raises(BadFile, match="names the column 'Refno', which no part has"):
        bring(row("A-1"), number="Refno")
    assert not ImportRun.objects.exists()


def test_columns_are_known_in_any_spelling(bring: Bring, tmp_path: Path) -> None:
    path = table(tmp_path / "old.csv", row("A-1"))
    text = path.read_text().replace("Opened,", "OPENED,", 1).replace("Remarks,", '"re.marks",', 1)
    path.write_text(text)
    bring(path)
    assert one("A-1").status_notes == "Filled."


def told_of(origin: Any) -> dict[str, Any]:
    return {name: getattr(origin, name) for name in ("areas", "kept", "lines")}


def test_a_run_is_remembered_with_its_mapping_and_counts(bring: Bring) -> None:
    bring(row("A-1"))
    run = ImportRun.objects.get()
    assert (run.source, run.file_name, run.report["new"]) == ("notes", "old.csv", 1)
    assert run.ended_at is not None
