"""Half past eleven at night in Los Angeles is the next day in UTC: every page shows the day that people there had."""

import copy
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.test import Client

from geoserver_app.accounts import keys
from geoserver_app.intake.contact import phone_hash
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.intake.store import place_columns
from geoserver_app.route.models import RuleSet
from layers.models import Edition
from tests import factories, life
from tests.console.conftest import Hall
from tests.kept import built

pytestmark = pytest.mark.django_db
LATE = life.local("2026-03-14 23:30")
BLOCK = "4500 block of W Olive Ave"
# March 14 as any page writes it, and the day after; machines' moments with their zone are left out.
_MONTH = r"(?:March|Mar\.?|marzo|mar\.?)"
DAY = {
    day: re.compile(rf"{_MONTH} {day}\b|\b{day} (?:de )?{_MONTH}|2026-03-{day}\b|0?3/{day}/(?:20)?26")
    for day in (14, 15)
}


@pytest.fixture(scope="module")
def _hall(django_db_setup: None, django_db_blocker: Any) -> Iterator[Hall]:
    with built(django_db_blocker, lambda: Hall(drawn=False)) as made:
        yield made


@pytest.fixture
def hall(_hall: Hall, db: None, settings: Any) -> Hall:
    settings.ALLOWED_HOSTS = ["almendra.example"]
    return copy.deepcopy(_hall)


@pytest.fixture
def late(hall: Hall) -> ServiceRequest:
    """An open request of that night, and a closed one."""
    seen = {"is_public": True, "public_geom": Point(*life.PLACE, srid=4326), "public_address": BLOCK}
    reporter = {"phone": "(559) 555-0163", "phone_hash": phone_hash("(559) 555-0163")}
    hall.request(at=LATE, state="closed", closed_at=LATE + timedelta(minutes=20), **seen)
    return hall.request(at=LATE, reporter=reporter, expected_datetime=LATE + timedelta(minutes=10), **seen)


def told(client: Client, path: str) -> str:
    """What a page says, without the moments that only machines read."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    body = b"".join(answer) if answer.streaming else answer.content
    return re.sub(r'(?:datetime|data-at)="[^"]*"|2026-03-1\dT[\d:.+-]+Z?', "", body.decode())


VIEW = "bbox=-119.73,35.99,-119.71,36.01&z=15&status=all"
PUBLIC = [
    "/?status=all&requested_from=2026-03-14", f"/map/list?{VIEW}", "/map/card/NUMBER", "/requests/",
    "/requests/NUMBER/",
]  # fmt: skip
STAFF = [
    "/console/?tab=open", "/console/requests/NUMBER/",
    f"/console/map/list?{VIEW}", "/console/map/card/NUMBER",
]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("path", [*PUBLIC, *STAFF])
def test_a_page_shows_the_day_of_the_place(hall: Hall, late: ServiceRequest, path: str, language: str) -> None:
    client = hall.client("dispatcher" if path in STAFF else None, headers={"accept-language": language})
    text = told(client, path.replace("NUMBER", late.service_request_id))
    assert DAY[14].search(text), text
    assert not DAY[15].search(text), DAY[15].search(text)


@pytest.mark.parametrize(("day", "count"), [(14, 2), (15, 0)])
def test_a_day_counts_what_was_reported_on_it_there(hall: Hall, late: ServiceRequest, day: int, count: int) -> None:
    days = f"requested_from=2026-03-{day}&requested_to=2026-03-{day}"
    listed = told(hall.client(), f"/map/list?{VIEW}&{days}")
    assert f"<strong>{count}</strong> requests in this view" in listed
    page = hall.client("manager").get(f"/performance/?{days}&printed=2026-03-31")
    assert page.context["total"].counts["in_range"] == count
    rows = hall.client().get(f"/feeds/requests.csv?status=all&{days}")
    assert b"".join(rows).count(b"pothole") == count


def test_what_a_caller_reported_before_has_its_day(hall: Hall, late: ServiceRequest) -> None:
    client = hall.client("agent")
    answer = client.post("/console/new/look/", {"phone": "559-555-0163", "language": "en"})
    text = re.sub(r'datetime="[^"]*"', "", answer.content.decode())
    assert late.service_request_id in text
    assert DAY[14].search(text)
    assert not DAY[15].search(text)


def test_data_were_loaded_on_the_day_of_the_place(hall: Hall) -> None:
    edition = factories.edition(factories.kind(hall.town.jurisdiction, "park", name="Parks"))
    Edition.objects.filter(pk=edition.pk).update(loaded_at=LATE, is_current=True)
    Edition.objects.exclude(pk=edition.pk).delete()
    text = told(hall.client(), "/")
    assert "loaded on March 14, 2026" in text
    assert not DAY[15].search(text)


def test_a_key_was_used_last_on_the_day_of_the_place(hall: Hall) -> None:
    place = hall.town.jurisdiction
    key, _ = keys.make(place, name="App", scopes=["report"], at=LATE, by=hall.town.people["admin"])
    assert keys.count(key, at=LATE) == 0
    text = told(hall.client("admin"), "/console/api-keys/")
    assert DAY[14].search(text)
    assert not DAY[15].search(text)


def test_rules_are_in_force_since_the_day_of_the_place(hall: Hall) -> None:
    RuleSet.objects.create(
        jurisdiction=hall.town.jurisdiction, version=1, state="retired", activated_at=LATE,
        retired_at=LATE + timedelta(minutes=20), created_at=LATE, safe_post=hall.town.works_post,
        triage_post=hall.town.works_post,
    )  # fmt: skip
    text = told(hall.client("admin"), "/console/rules/1/")
    assert len(DAY[14].findall(text)) >= 2
    assert not DAY[15].search(text)


def test_a_block_is_called_so_in_the_language_of_the_page(hall: Hall, late: ServiceRequest) -> None:
    for path in (*PUBLIC[1:], "/feeds/requests.atom"):
        page = path.replace("NUMBER", late.service_request_id)
        spanish, english = (told(hall.client(headers={"accept-language": one}), page) for one in ("es", "en"))
        assert "cuadra 4500 de W Olive Ave" in spanish, path
        assert "4500 block of W Olive Ave" in english, path
        assert "block of" not in spanish, path


def test_the_queue_names_a_block_in_its_language_and_says_where_there_is_no_address(hall: Hall) -> None:
    hall.request(address_text=BLOCK)
    hall.request(address_text="", **place_columns(None, None))
    text = told(hall.client("dispatcher", headers={"accept-language": "es"}), "/console/?tab=open")
    assert "cuadra 4500 de W Olive Ave" in text
    assert "sin dirección" in text
