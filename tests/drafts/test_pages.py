"""The pages of drafts: everything without scripts, in both languages, for whoever works on geography alone."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polib
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from geoserver_app import jobs
from geoserver_app.editions.models import Incoming, Simulation, Source, Turn
from geoserver_app.flow_editions import activate_edition, run_simulation
from geoserver_app.flow_turns import run_turn
from layers.drawing import copy_of_current, shapes_of
from layers.models import Area, AreaShape, Edition, QualityReport, Succession
from tests.editions import conftest as town
from tests.editions.conftest import Desk, moved_border, renumbered
from tests.link.squared import square

pytestmark = pytest.mark.django_db
_city, by_beat, desk = town._city, town.by_beat, town.desk
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SPANISH = (
    Path(__file__).resolve().parents[2] / "geoserver_app" / "drafts" / "locale" / "es" / "LC_MESSAGES" / "django.po"
)


@pytest.fixture
def gis(desk: Desk, settings: Any, tmp_path: Path) -> Iterator[Client]:
    settings.DATA_DIR = tmp_path / "data"
    settings.DEFAULT_JURISDICTION = "almendra"
    client = Client()
    client.force_login(desk.city.hall.people["gus"], backend=BACKEND)
    yield client


def at(edition: Edition, page: str = "") -> str:
    return f"/console/gis/editions/{edition.pk}/{page}"


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content[-400:]
    return str(answer.content.decode())


def test_the_page_asks_what_became_of_an_area_that_is_gone(
    desk: Desk, gis: Client, by_beat: Callable[[], None]
) -> None:
    by_beat()
    edition = desk.draft(renumbered())
    page = text(gis, at(edition))
    assert "2 questions hold it up" in page
    assert "2 is gone" in page
    assert "Log-ins limited to areas: Dan<" in page
    assert "Answer what holds it up first." in page
    assert 'name="sure"' not in page


def test_answered_it_can_be_put_in_force_and_taken_back(desk: Desk, gis: Client, by_beat: Callable[[], None]) -> None:
    by_beat()
    desk.pothole("second", 700)
    edition = desk.draft(renumbered())
    old, new = (Area.objects.get(kind=desk.beats, code=code).pk for code in ("2", "3"))
    gis.post(at(edition, "answers/"), {f"other-{old}": str(new)})
    assert Succession.objects.get(edition=edition).confirmed
    assert "Everything is answered" in text(gis, at(edition))
    answer = gis.post(at(edition, "activate/"), {"sure": "1", "from": "2026-11-01"})
    assert answer.status_code == 303
    turn = Turn.objects.get()
    assert (turn.asked_by, turn.state) == (desk.city.hall.people["gus"], "running")
    assert gis.get(at(edition, "turn.json")).json()["running"] is True
    run_turn(turn.pk)
    assert "beat:3" in desk.areas("second")
    assert "1 of 1 requests followed" in text(gis, at(edition))
    assert "Yes, take it back" in text(gis, at(edition, "roll-back/"))
    gis.post(at(edition, "roll-back/"))
    run_turn(Turn.objects.get(way="roll_back").pk)
    assert "beat:2" in desk.areas("second")
    assert "exactly as they were" in text(gis, at(edition))


def test_held_up_it_is_refused_on_the_page_with_the_reasons(
    desk: Desk, gis: Client, by_beat: Callable[[], None]
) -> None:
    by_beat()
    edition = desk.draft(renumbered())
    answer = gis.post(at(edition, "activate/"), {"sure": "1"}, follow=True)
    assert "is held up" in answer.content.decode()
    edition.refresh_from_db()
    assert edition.state == "draft"


@pytest.mark.parametrize(
    "sent", [{}, {"sure": "1", "from": "soon"}, {"sure": "1", "from": "2026-11-05", "to": "2026-11-01"}]
)
def test_what_was_not_said_rightly_puts_nothing_in_force(desk: Desk, gis: Client, sent: dict[str, str]) -> None:
    edition = desk.draft(moved_border(400))
    gis.post(at(edition, "activate/"), sent)
    edition.refresh_from_db()
    assert edition.state == "draft"


def test_only_the_last_edition_of_a_kind_is_taken_back(desk: Desk, gis: Client) -> None:
    first = desk.draft(moved_border(400))
    activate_edition(first.pk, commit=True, at=town.NOW)
    second = desk.draft(moved_border(450), since=None)
    activate_edition(second.pk, commit=True, at=timezone.now())
    answer = gis.post(at(first, "roll-back/"), follow=True)
    assert "Take that one back first" in answer.content.decode()
    first.refresh_from_db()
    assert first.state == "active"


def test_a_preview_is_worked_out_and_shown_with_its_table_map_and_csv(desk: Desk, gis: Client) -> None:
    desk.pothole("crossed", 450)
    edition = desk.draft(moved_border(400))
    gis.post(at(edition, "preview/"), {"days": "3650"})
    asked = Simulation.objects.get()
    assert gis.get(at(edition, "preview/state.json")).json()["running"] is True
    run_simulation(asked.pk)
    page = text(gis, at(edition, "preview/"))
    assert "<td>beat:1</td><td>beat:2</td><td>1</td>" in page
    number = desk.requests["crossed"].service_request_id
    assert number in page
    assert number in text(gis, at(edition, "preview/requests.csv"))
    types = [one["geometry"]["type"] for one in gis.get(at(edition, "preview/map.json")).json()["features"]]
    assert types in (["Polygon", "Point"], ["MultiPolygon", "Point"])
    assert "1 → 2" in text(gis, at(edition, "preview/map.svg"))


def test_an_uploaded_file_becomes_a_draft_by_the_worker(desk: Desk, gis: Client, tmp_path: Path) -> None:
    desk.draft(moved_border(450))
    content = next(desk.folder.iterdir()).read_bytes().replace(b'"2"', b'"8"')
    answer = gis.post("/console/gis/files/", {
        "file": SimpleUploadedFile("new beats.geojson", content), "kind": "beat", "code_field": "code",
        "in_force": "2026-11-01",
    })  # fmt: skip
    incoming = Incoming.objects.get()
    assert answer["Location"].startswith(f"/console/gis/files/{incoming.pk}/")
    assert not Edition.objects.filter(source="new beats.geojson").exists()
    jobs.receive_file(incoming.pk)
    edition = Edition.objects.get(source="new beats.geojson")
    assert sorted(shapes_of(edition).values_list("area__code", flat=True)) == ["1", "8"]
    assert QualityReport.objects.filter(edition=edition).exists()
    assert "To the draft" in text(gis, f"/console/gis/files/{incoming.pk}/")
    assert list((tmp_path / "data" / "incoming").iterdir()) == []


def test_a_refused_file_asks_for_a_decision_about_each_class(desk: Desk, gis: Client) -> None:
    desk.draft(moved_border(450))
    content = next(desk.folder.iterdir()).read_bytes().replace(b'"2"', b'""')
    gis.post(
        "/console/gis/files/", {"file": SimpleUploadedFile("b.geojson", content), "kind": "beat", "code_field": "code"}
    )
    incoming = Incoming.objects.get()
    jobs.receive_file(incoming.pk)
    assert "missing_code: 1" in text(gis, f"/console/gis/files/{incoming.pk}/")
    gis.post(f"/console/gis/files/{incoming.pk}/", {"fault-missing_code": "drop"})
    jobs.receive_file(incoming.pk)
    incoming.refresh_from_db()
    assert incoming.state == "done"


def test_an_upload_that_is_too_large_is_stopped(desk: Desk, gis: Client, settings: Any, tmp_path: Path) -> None:
    settings.UPLOAD_LIMIT_BYTES = 1_000_000
    big = SimpleUploadedFile("big.zip", b"x" * 1_200_000)
    answer = gis.post("/console/gis/files/", {"file": big, "kind": "beat"})
    assert answer.status_code == 413
    assert "1 MB" in answer.content.decode()
    assert not Incoming.objects.exists()


def test_an_upload_from_another_site_is_refused(desk: Desk) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(desk.city.hall.people["gus"], backend=BACKEND)
    file = SimpleUploadedFile("a.zip", b"x")
    assert client.post("/console/gis/files/", {"file": file, "kind": "beat"}).status_code == 403


def test_an_area_is_drawn_without_scripts(desk: Desk, gis: Client) -> None:
    gis.post("/console/gis/kinds/beat/draft/")
    edition = Edition.objects.get(kind=desk.beats, state="draft")
    assert edition.source == "Drawn by Gus"
    assert "Outline as GeoJSON" in text(gis, at(edition, "draw/?code=2"))
    outline = square(400, 0, 1000, 900).geojson
    gis.post(at(edition, "draw/"), {"code": "2", "name": "Two", "geojson": outline})
    assert shapes_of(edition).get(area__code="2").name == "Two"
    assert len(gis.get(at(edition, "draw/areas.json")).json()["features"]) == 2
    gis.post(at(edition, "draw/"), {"code": "1", "out": "1"})
    assert list(shapes_of(edition).values_list("area__code", flat=True)) == ["2"]


def test_what_cannot_be_drawn_is_said_and_what_was_typed_stays(desk: Desk, gis: Client) -> None:
    edition = copy_of_current(desk.beats, source="Gus")
    answer = gis.post(at(edition, "draw/"), {"code": "5", "name": "Five", "geojson": "{oops"})
    assert answer.status_code == 422
    assert "{oops" in answer.content.decode()


def test_what_is_in_force_is_not_drawn_in_by_the_page(desk: Desk, gis: Client) -> None:
    edition = Edition.objects.get(kind=desk.beats, is_current=True)
    before = list(AreaShape.objects.filter(kind=desk.beats).order_by("pk").values_list("pk", "editions", "geom"))
    answer = gis.post(at(edition, "draw/"), {"code": "1", "geojson": square(0, 0, 9, 9).geojson})
    assert answer.status_code == 409
    assert "cannot be drawn in" in answer.content.decode()
    assert (
        list(AreaShape.objects.filter(kind=desk.beats).order_by("pk").values_list("pk", "editions", "geom")) == before
    )


def test_a_file_is_put_on_the_schedule_stopped_and_removed(
    desk: Desk, gis: Client, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "pull").mkdir()
    (tmp_path / "pull" / "beats.zip").write_bytes(b"x")
    settings.PULL_DIR = str(tmp_path / "pull")
    sent = {"kind": "beat", "address": "beats.zip", "every_hours": "12", "code_field": "BEAT"}
    gis.post("/console/gis/sources/", sent)
    one = Source.objects.get()
    assert (one.every_hours, one.options) == (12, {"code_field": "BEAT"})
    assert "beats.zip" in text(gis, "/console/gis/sources/")
    gis.post(f"/console/gis/sources/{one.pk}/", {"do": "off"})
    assert not Source.objects.get().is_on
    gis.post(f"/console/gis/sources/{one.pk}/", {"do": "drop"})
    assert not Source.objects.exists()


@pytest.mark.parametrize("address", ["https://127.0.0.1/x", "https://10.0.0.1/x", "http://93.184.215.14/x", "../x"])
def test_no_address_inside_is_put_on_the_schedule(desk: Desk, gis: Client, address: str) -> None:
    answer = gis.post("/console/gis/sources/", {"kind": "beat", "address": address, "every_hours": "24"})
    assert answer.status_code == 422
    assert not Source.objects.exists()


def test_the_pages_speak_spanish(desk: Desk, gis: Client) -> None:
    edition = desk.draft(moved_border(400))
    page = text(gis, at(edition) + "?lang=es")
    assert "Poner en vigor" in page
    assert "Vista previa" in page


def test_every_text_is_translated_and_compiled() -> None:
    catalogue = polib.pofile(str(SPANISH))
    assert [entry.msgid for entry in catalogue if not entry.translated() or "fuzzy" in entry.flags] == []
    assert SPANISH.with_suffix(".mo").read_bytes() == catalogue.to_binary()
