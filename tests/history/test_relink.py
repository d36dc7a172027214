"""Stored requests linked and routed again, all at once: a border moved, a person's choice, closed ones, a dry run."""

from datetime import datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from geoserver_app import flow
from geoserver_app.flow_again import relink
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.intake.submission import Submission
from geoserver_app.notify.models import Message
from geoserver_app.work.actor import SYSTEM
from geoserver_app.work.models import StatusChange
from layers import ground
from layers.models import Area, AreaShape
from tests import life
from tests.link.squared import at, square
from tests.route.city import City, rule

pytestmark = pytest.mark.django_db


def pothole(city: City, x: float, when: datetime = life.MONDAY) -> ServiceRequest:
    lon, lat = at(x, 700)
    submission = Submission(
        jurisdiction_id=city.hall.jurisdiction.pk, service_id=city.services["pothole"].pk, channel="phone", lon=lon,
        lat=lat, place_method="pin", requested_datetime=when,
    )  # fmt: skip
    return flow.submit(submission, at=when).request


def redraw(city: City, border: float) -> None:
    """Puts the border between the beats in force elsewhere, as a correction of the edition itself."""
    kind = city.squared.kinds["beat"]
    for code, geom in (("1", square(0, 0, border, 900)), ("2", square(border, 0, 1000, 900))):
        AreaShape.objects.filter(area__kind=kind, area__code=code, editions__contains=2).delete()
        shape = AreaShape(area=Area.objects.get(kind=kind, code=code), kind=kind, name=code, geom=geom, in_force=True)
        shape.content_hash, shape.editions = code.encode() * 16, "{[2,)}"
        shape.save()
    ground.lay(kind, 2)
    with connection.cursor() as cursor:
        for table in ("layers_areapiece", "layers_areaborder"):
            cursor.execute(f"update {table} set in_force = true where kind_id = %s and in_force is null", [kind.pk])


def areas(city: City, request: ServiceRequest) -> set[str]:
    return city.squared.names(ServiceRequest.objects.get(pk=request.pk).area_ids)


def test_what_the_border_passed_lies_elsewhere_and_says_so(city: City) -> None:
    moved, stayed = pothole(city, 450), pothole(city, 100)
    redraw(city, 400)
    done = relink(city.hall.jurisdiction, commit=True, at=life.local("2026-11-18 10:00"))
    assert (done.looked_at, done.moved, done.handed_on) == (2, 1, 0)
    assert "beat:2" in areas(city, moved)
    assert "beat:1" in areas(city, stayed)
    line = StatusChange.objects.get(request=moved, kind="moved")
    assert line.data["areas"] == [["beat:1"], ["beat:2"]]
    assert not StatusChange.objects.filter(request=stayed, kind="moved").exists()


def test_a_dry_run_counts_and_changes_nothing(city: City) -> None:
    moved = pothole(city, 450)
    redraw(city, 400)
    assert relink(city.hall.jurisdiction).moved == 1
    assert "beat:1" in areas(city, moved)
    assert not StatusChange.objects.filter(kind="moved").exists()


def test_again_finds_nothing_more(city: City) -> None:
    pothole(city, 450)
    redraw(city, 400)
    relink(city.hall.jurisdiction, commit=True)
    assert relink(city.hall.jurisdiction, commit=True).moved == 0


def test_only_the_kind_that_is_asked_for(city: City) -> None:
    pothole(city, 450)
    redraw(city, 400)
    place = city.hall.jurisdiction
    assert relink(place, kind=city.squared.kinds["neighborhood"]).moved == 0
    assert relink(place, kind=city.squared.kinds["beat"]).moved == 1


def test_what_another_desk_would_have_goes_there_and_is_told(city: City, tmp_path: Any) -> None:
    north = rule("beat-two", {"services": ["pothole"], "areas": ["beat:2"]}, post="code/desk")
    city.load(tmp_path / "rules.yaml", north)
    moved = pothole(city, 450)
    Message.objects.all().delete()
    redraw(city, 400)
    assert relink(city.hall.jurisdiction, commit=True).handed_on == 1
    assert ServiceRequest.objects.get(pk=moved.pk).department_id == city.posts["code"].department_id


def test_closed_requests_stay_with_whom_they_were(city: City, tmp_path: Any) -> None:
    north = rule("beat-two", {"services": ["pothole"], "areas": ["beat:2"]}, post="code/desk")
    city.load(tmp_path / "rules.yaml", north)
    closed = pothole(city, 450)
    flow.withdraw(closed.pk)
    redraw(city, 400)
    done = relink(city.hall.jurisdiction, commit=True)
    assert (done.moved, done.handed_on) == (1, 0)
    assert "beat:2" in areas(city, closed)
    assert ServiceRequest.objects.get(pk=closed.pk).department_id == city.posts["streets"].department_id


def test_what_a_person_chose_stands(city: City) -> None:
    asked = pothole(city, 450)
    flow.choose_area(asked.pk, Area.objects.get(kind=city.squared.kinds["beat"], code="1"), by=SYSTEM)
    redraw(city, 400)
    assert relink(city.hall.jurisdiction, commit=True).moved == 0
    assert "beat:1" in areas(city, asked)


def test_areas_of_today_follow(city: City) -> None:
    old = pothole(city, 400, datetime(2024, 6, 3, 9, tzinfo=life.ZONE))
    relink(city.hall.jurisdiction, commit=True, at=life.MONDAY)
    stored = ServiceRequest.objects.get(pk=old.pk)
    assert "beat:2" in city.squared.names(stored.area_ids)
    assert "beat:1" in city.squared.names(stored.areas_today or [])


def test_the_command_says_what_it_found(city: City, capsys: pytest.CaptureFixture[str]) -> None:
    pothole(city, 450)
    redraw(city, 400)
    call_command("relink", "--kind", "beat")
    said = capsys.readouterr().out
    assert "1 requests looked at: 1 lie elsewhere now, 0 of them go to another desk" in said
    assert "dry run" in said
