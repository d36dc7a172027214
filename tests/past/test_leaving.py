"""A city leaves: everything of it is in the files, and comes in elsewhere as it was."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from geoserver_app import flow
from geoserver_app.intake.models import Incident, Media, Reporter, ServiceRequest
from geoserver_app.intake.photos import read_photo
from geoserver_app.intake.submission import Contact
from geoserver_app.notify.models import Message
from geoserver_app.past.arriving import arrive
from geoserver_app.past.belonging import tables, unknown
from geoserver_app.past.leaving import export
from geoserver_app.work.models import StatusChange
from layers.errors import BadFile, Conflict
from layers.models import Jurisdiction
from tests.flow.conftest import Report
from tests.intake.test_photos import picture
from tests.past.conftest import Bring, row
from tests.route.city import City

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 20, tzinfo=UTC)


def leave(city: City, folder: Path) -> Path:
    export(city.hall.jurisdiction, folder, at=NOON, told=lambda _line: None)
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def forget_everything() -> None:
    """The other installation: migrated, with nobody in it."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute(f"truncate {', '.join(table.name for table in tables())} cascade")
        cursor.execute("set constraints all deferred")


@pytest.fixture
def lived(city: City, bring: Bring, report: Report, settings: Any, tmp_path: Path) -> City:
    """A town with an imported past, a living request with a person, a photo and a mail, and two of one incident."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    bring(row("A-1"), row("A-2", Status="Open", Closed=""))
    contact = Contact(name="Rosalinda Invented", email="rosalinda@example.org", tell_by="email")
    first = flow.submit(report(contact=contact, photos=(read_photo(picture())[0],))).request
    flow.submit(report(incident_id=first.incident_id, y=701.0))
    return city


def test_every_table_belongs_or_says_why_it_does_not() -> None:
    assert unknown() == []


def test_it_comes_in_again_as_it_was(lived: City, tmp_path: Path) -> None:
    Message.objects.all().update(state="suppressed")
    before = content(leave(lived, tmp_path / "one"))
    numbers = set(ServiceRequest.objects.values_list("service_request_id", "access_code"))
    forget_everything()
    arrived = arrive(tmp_path / "one", commit=True, told=lambda _line: None)
    assert arrived.code == lived.hall.jurisdiction.code
    assert content(leave(lived, tmp_path / "two")) == before
    assert set(ServiceRequest.objects.values_list("service_request_id", "access_code")) == numbers
    assert Incident.objects.count() == ServiceRequest.objects.count() - 1
    assert Reporter.objects.get().email == "rosalinda@example.org"
    assert (Path(str(tmp_path)) / "media" / "photos" / Media.objects.get().file).is_file()


def test_the_city_goes_on_where_it_came_to(lived: City, report: Report, tmp_path: Path) -> None:
    leave(lived, tmp_path / "one")
    greatest = ServiceRequest.objects.latest("pk").pk
    forget_everything()
    arrive(tmp_path / "one", commit=True, told=lambda _line: None)
    made = flow.submit(report(x=360.0)).request
    assert made.pk > greatest
    assert made.state == "assigned"


def test_mail_that_had_not_gone_out_does_not_go_out_there(lived: City, tmp_path: Path) -> None:
    assert Message.objects.filter(state="pending").exists()
    leave(lived, tmp_path / "one")
    forget_everything()
    arrive(tmp_path / "one", commit=True, told=lambda _line: None)
    assert not Message.objects.filter(state__in=["pending", "sending"]).exists()


def test_a_rehearsal_of_arriving_leaves_nothing(lived: City, tmp_path: Path) -> None:
    leave(lived, tmp_path / "one")
    forget_everything()
    assert arrive(tmp_path / "one", commit=False, told=lambda _line: None).rows > 100
    assert not Jurisdiction.objects.exists()


def test_where_it_is_already_it_is_refused(lived: City, tmp_path: Path) -> None:
    leave(lived, tmp_path / "one")
    with pytest.raises(Conflict, match="There is a jurisdiction"):
        arrive(tmp_path / "one", commit=True, told=lambda _line: None)


def test_ids_that_are_taken_are_refused(lived: City, tmp_path: Path) -> None:
    leave(lived, tmp_path / "one")
    Jurisdiction.objects.update(code="another")
    with pytest.raises(Conflict, match=r"layers_jurisdiction\.csv cannot come in"):
        arrive(tmp_path / "one", commit=True, told=lambda _line: None)


@pytest.mark.parametrize("damage", ["manifest", "row", "missing", "column"])
def test_a_damaged_export_is_refused_as_a_whole(lived: City, tmp_path: Path, damage: str) -> None:
    folder = leave(lived, tmp_path / "one")
    manifest, requests = folder / "manifest.json", folder / "data" / "intake_servicerequest.csv"
    if damage == "manifest":
        manifest.write_text(manifest.read_text()[:200])
    elif damage == "row":
        requests.write_bytes(requests.read_bytes().replace(b"closed", b"open", 1))
    elif damage == "missing":
        requests.unlink()
    else:
        told = json.loads(manifest.read_text())
        told["tables"][0]["columns"].append("mood")
        manifest.write_text(json.dumps(told))
    forget_everything()
    with pytest.raises(BadFile):
        arrive(folder, commit=True, told=lambda _line: None)
    assert not Jurisdiction.objects.exists()


def test_an_export_writes_into_a_new_folder_only(lived: City, tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="is not empty"):
        leave(lived, tmp_path)


def test_nobodys_password_leaves(lived: City, tmp_path: Path) -> None:
    text = (leave(lived, tmp_path / "one") / "data" / "accounts_user.csv").read_text()
    assert "pbkdf2" not in text
    assert "argon2" not in text


def test_people_can_read_the_requests(lived: City, tmp_path: Path) -> None:
    lines = (leave(lived, tmp_path / "one") / "requests.csv").read_text().splitlines()
    assert len(lines) == 1 + ServiceRequest.objects.count()
    assert any("notes,A-1," in line and ",pothole," in line and "beat:1" in line for line in lines)
    assert StatusChange.objects.exists()
