"""The GIS desk in a browser's hands: who may, what the page says, how a run is started and watched."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from geoserver_app.accounts.models import Assignment, User
from geoserver_app.org.models import CityHall
from layers.activation import activate
from layers.models import Edition, Jurisdiction, QualityReport
from layers.quality import report
from tests import factories
from tests.gis.conftest import Drafted, squares
from tests.layers import town
from tests.worker import run_jobs

CLEAN = {"b1": (0, 0, 5, 10), "b2": (5, 0, 10, 10)}
OVERLAPPING = {"b1": (0, 0, 6, 10), "b2": (5, 0, 10, 10)}


@pytest.fixture
def gus(almendra: Jurisdiction) -> Client:
    """An analyst who has logged in."""
    CityHall.objects.create(jurisdiction=almendra, telephone="(559) 555-0131", languages=["en", "es"])
    return analyst("gus", almendra)


def analyst(name: str, place: Jurisdiction) -> Client:
    user = User.objects.create_user(name)
    Assignment.objects.create(user=user, jurisdiction=place, role="gis")
    browser = Client()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def page(browser: Client, edition: Edition, part: str = "", **query: Any) -> Any:
    return browser.get(f"/console/gis/editions/{edition.pk}/report/{part}", query)


def test_the_desk_lists_editions_and_what_their_reports_say(gus: Client, draft: Drafted) -> None:
    edition = draft("beat", squares(**OVERLAPPING))
    answer = gus.get("/console/gis/")
    assert "No report yet" in answer.content.decode()
    report.run(edition)
    text = gus.get("/console/gis/").content.decode()
    assert "0 faults, 1 warning, 0 notes" in text
    assert f"/console/gis/editions/{edition.pk}/report/" in text


def test_the_page_says_what_was_found(gus: Client, draft: Drafted) -> None:
    edition = draft("beat", squares(**OVERLAPPING))
    assert "There is no report of this edition yet." in page(gus, edition).content.decode()
    report.run(edition)
    text = page(gus, edition).content.decode()
    assert "b1 and b2 share 10.01 ha (20.00 % of the smaller)." in text
    assert 'data-shows="overlap-1"' in text
    assert "ST_Intersection(a.geom, b.geom)" in text


def test_the_page_says_what_changes(gus: Client, draft: Drafted) -> None:
    activate(draft("beat", squares(**CLEAN)).pk, commit=True)
    edition = draft("beat", squares(b1=(0, 0, 4, 10), b3=(4, 0, 10, 10)))
    report.run(edition)
    text = page(gus, edition).content.decode()
    assert "What it changes against edition 1" in text
    assert "b2 → b3, 100.0 %" in text


def test_it_speaks_spanish(gus: Client, draft: Drafted) -> None:
    edition = draft("beat", squares(**OVERLAPPING))
    report.run(edition)
    text = page(gus, edition, lang="es").content.decode()
    assert "b1 y b2 comparten 10,01 ha" in text
    assert "Traslapes" in text


def test_json_text_map_and_picture(gus: Client, draft: Drafted) -> None:
    edition = draft("beat", squares(**OVERLAPPING))
    assert page(gus, edition, "report.json").status_code == 404
    report.run(edition)
    assert page(gus, edition, "report.json").json()["classes"]["overlap"]["count"] == 1
    assert "SQL: with layer as" in page(gus, edition, "report.txt").content.decode()
    drawn = page(gus, edition, "map.json").json()
    assert [one["code"] for one in drawn["outlines"]] == ["b1", "b2"]
    (one,) = drawn["findings"]
    assert one["id"] == "overlap-1"
    assert one["place"] == pytest.approx(town.at(5.5, 5), abs=1e-4)
    picture = page(gus, edition, "map.svg")
    assert picture["Content-Type"] == "image/svg+xml"
    assert picture.content.decode().count("<circle") == 1


@pytest.mark.django_db(transaction=True)
def test_a_run_is_made_by_the_worker_and_watched(gus: Client, draft: Drafted) -> None:
    edition = draft("beat", squares(**OVERLAPPING))
    address = f"/console/gis/editions/{edition.pk}/report/"
    assert gus.post(f"{address}check/").status_code == 302
    gus.post(f"{address}check/")
    (waiting,) = QualityReport.objects.all()
    assert "Waiting for the worker" in page(gus, edition).content.decode()
    assert page(gus, edition, "state.json").json()["running"] is True
    run_jobs()
    waiting.refresh_from_db()
    assert waiting.state == "done"
    assert page(gus, edition, "state.json").json()["running"] is False
    assert "share 10.01 ha" in page(gus, edition).content.decode()


def test_a_run_whose_process_ended_can_be_started_again(gus: Client, draft: Drafted) -> None:
    edition = draft("beat", squares(**CLEAN))
    dead = report.asked(edition)
    long_ago = timezone.now() - timedelta(minutes=5)
    QualityReport.objects.filter(pk=dead.pk).update(state="running", step="siblings", seen_at=long_ago)
    assert "The last run ended without a result" in page(gus, edition).content.decode()
    assert page(gus, edition, "state.json").json()["running"] is False


def test_progress_is_written_while_it_runs(draft: Drafted, monkeypatch: pytest.MonkeyPatch) -> None:
    edition = draft("beat", squares(**CLEAN))
    seen: list[tuple[str, int]] = []
    monkeypatch.setattr(report._Live, "_EVERY_S", 0)

    def watch(step: str, total: int) -> Any:
        def done(_count: int) -> None:
            row = QualityReport.objects.get(edition=edition)
            seen.append((row.step, row.total))

        return done

    report.run(edition, watch)
    assert ("reading", 2) in seen
    assert ("siblings", 2) in seen


def test_editions_of_another_city_are_not_there(gus: Client, draft: Drafted) -> None:
    edition = draft("beat", squares(**CLEAN))
    other = factories.jurisdiction("encinar")
    stranger = analyst("ines", other)
    assert page(gus, edition).status_code == 200
    for part in ("", "report.json", "report.txt", "map.json", "map.svg", "state.json"):
        assert page(stranger, edition, part).status_code == 404
    assert stranger.post(f"/console/gis/editions/{edition.pk}/report/check/").status_code == 404
    assert not QualityReport.objects.exists()


def test_who_works_for_two_cities_is_led_to_the_right_one(gus: Client, draft: Drafted) -> None:
    edition = draft("beat", squares(**CLEAN))
    other = factories.jurisdiction("aaa")
    Assignment.objects.create(user=User.objects.get(username="gus"), jurisdiction=other, role="gis")
    answer = page(gus, edition, jurisdiction="aaa")
    assert answer.status_code == 302
    assert answer.url.endswith("?jurisdiction=almendra")
