"""/requests/sensitive/ and its file: one table for everybody, in two languages, whatever the address asks for."""

import io
import re
from datetime import date, datetime
from pathlib import Path

import polib
import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from geoserver_app import feeds, jobs
from geoserver_app.published.models import SensitivePlan, SensitiveQuarter
from geoserver_app.published.sensitive import publish
from tests.life import ZONE
from tests.sensitive.counted import AFTER_Q3, Districts, by_quarter, published

PAGE, FILE = "/requests/sensitive/", "/requests/sensitive/counts.csv"
SPANISH = Path(feeds.__file__).parent / "locale" / "es" / "LC_MESSAGES" / "django.po"


@pytest.fixture
def told(place: Districts, monkeypatch: pytest.MonkeyPatch) -> Districts:
    """Q3 is published with one small number; this is November 20."""
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 20, 12, tzinfo=ZONE))
    for n, district in ((2, "1"), (30, "2"), (31, "3")):
        place.tips(n, district)
    publish(place.town.jurisdiction, at=AFTER_Q3)
    return place


def words(client: Client, language: str = "en") -> str:
    answer = client.get(PAGE, headers={"accept-language": language})
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_page_says_what_the_file_says(told: Districts, client: Client) -> None:
    numbers = by_quarter(published(client))["2026-Q3"]
    page = words(client)
    for code in "123":
        assert f"District {code} {'hidden' if numbers[code] is None else numbers[code]} " in page
    assert "Jul–Sep 2026" in page
    assert "All areas 63" in page
    assert "The next one comes on Jan. 11, 2027" in page
    assert "Drug house tip" in page


def test_the_page_is_there_in_spanish(told: Districts, client: Client) -> None:
    page = words(client, "es")
    assert "Distrito 1 oculto" in page
    assert "Todas las áreas 63" in page
    assert "Aviso de venta de drogas" in page


@pytest.mark.parametrize(
    "query",
    ["service_code=drug-house", "group=streets", "status=open", "requested_from=2026-08-01", "requested_to=2026-08-01",
     "area=council_district:1", "cells=12.1.1", "count=reports", "state=closed", "channel=web", "department=x",
     "bbox=-119.8,35.9,-119.6,36.1"],
)  # fmt: skip
def test_nobody_gets_a_part_of_it(told: Districts, client: Client, query: str) -> None:
    for path in (PAGE, FILE):
        answer = client.get(f"{path}?{query}", headers={"accept": "application/json"})
        assert answer.status_code == 400
        assert "takes no filters" in answer.content.decode()
        assert "hidden" not in answer.content.decode()


def test_what_is_no_filter_changes_nothing(told: Districts, client: Client) -> None:
    before = client.get(FILE).content
    assert client.get(f"{FILE}?quarter=2026-Q3&minimum=1&jurisdiction=almendra").content == before


def test_staff_with_every_right_read_the_same(told: Districts, client: Client) -> None:
    before = client.get(FILE).content
    client.force_login(told.town.people["dispatcher"])
    assert client.get(FILE).content == before


def test_a_page_without_anything_says_so(place: Districts, client: Client) -> None:
    assert "Nothing is published yet" in words(client)
    assert published(client) == []


def test_a_quarter_that_is_not_shown_stands_there_as_such(
    told: Districts, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = datetime(2027, 1, 20, tzinfo=ZONE)
    publish(told.town.jurisdiction, at=later)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert "Oct–Dec 2026" in words(client)
    assert words(client).count("too few") == 4
    assert {line["quarter"] for line in published(client)} == {"2026-Q3"}


def test_a_quarter_of_another_kind_of_area_is_a_table_of_its_own(told: Districts, client: Client) -> None:
    from geoserver_app.published.sensitive import choose
    from tests import factories

    kind = factories.kind(told.town.jurisdiction, "beat", name="Beats")
    beat = factories.area(kind, "10", factories.box(-119.77, 35.95, -119.67, 36.05), "Beat 10")
    told.tips(12, area_ids=[beat.area_id], at=datetime(2026, 11, 1, tzinfo=ZONE))
    choose(told.town.jurisdiction, kind="beat", minimum=7)
    publish(told.town.jurisdiction, at=datetime(2027, 1, 20, tzinfo=ZONE))
    page = words(client)
    assert page.index("Incidents by area and quarter: Beats") < page.index("area and quarter: Council district")
    assert by_quarter(published(client))["2026-Q4"] == {"10": 12, "": 12}


def test_the_command_shows_and_writes_only_when_told(place: Districts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: AFTER_Q3)
    for district in "123":
        place.tips(6, district)
    said = io.StringIO()
    call_command("publish_sensitive", "--minimum", "6", jurisdiction="almendra", stdout=said)
    assert "2026-Q3: 18 incidents in 3 areas, 0 numbers hidden" in said.getvalue()
    assert not SensitiveQuarter.objects.exists()
    assert not SensitivePlan.objects.exists()
    call_command("publish_sensitive", "--minimum", "6", "--commit", jurisdiction="almendra", stdout=said)
    assert SensitiveQuarter.objects.get().minimum == 6


def test_the_nightly_job_publishes(place: Districts) -> None:
    for district in "123":
        place.tips(6, district)
    jobs.publish_sensitive(timestamp=int(AFTER_Q3.timestamp()))
    assert SensitiveQuarter.objects.get().first_day == date(2026, 7, 1)


def test_every_text_is_translated() -> None:
    texts = polib.pofile(str(SPANISH))
    assert [entry.msgid for entry in texts if not entry.translated() or "fuzzy" in entry.flags] == []
    assert SPANISH.with_suffix(".mo").read_bytes() == texts.to_binary()
