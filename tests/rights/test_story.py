"""Rights as a story: everybody comes to every address there is, and one table says to whom it opens.

Deny by default: whoever is not named at a row is sent to log in or refused, and what was refused has changed nothing.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from geoserver_app.duplicates.notices_written import Wording, place
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.notify.models import Message
from geoserver_app.work.models import StatusChange
from layers.models import Edition
from layers.quality import report
from tests.rights.story import SECRETS, WHO, Story, addresses
from tests.rights.table import TABLE, Row

pytestmark = pytest.mark.django_db

# Addresses whose rights are told elsewhere: log-in (tests/accounts) and the administration (below).
ELSEWHERE = ("account", "mfa_", "socialaccount_", "openid_connect_", "admin:", "accounts/")
NOT_OPEN = {302, 401, 403, 404, 405, 409}


@pytest.fixture
def filled(story: Story) -> dict[str, str]:
    """What stands for the names in braces."""
    message = Message.objects.filter(request=story.ordinary).order_by("pk").first()
    hidden = Message.objects.filter(request=story.sensitive).order_by("pk").first()
    assert message is not None
    assert hidden is not None
    return {
        **{name: str(request) for name, request in story.requests.items()},
        "photo": story.photo.file.partition("/")[2].removesuffix(".jpg"),
        "photo_id": str(story.photo.pk),
        "message": str(message.pk),
        "hidden_message": str(hidden.pk),
        "edition": str(_edition_with_a_report(story)),
        "notice": str(_notice(story)),
    }


def _notice(story: Story) -> int:
    """A known problem about potholes."""
    service, now = story.ordinary.service, timezone.now()
    wording = Wording({"en": "Storm, we know."}, ends_at=now + timedelta(days=1))
    by = story.people["dispatcher"].pk
    return place(service.jurisdiction, [service], wording, by=by, at=now, begins_at=now).pk


def _edition_with_a_report(story: Story) -> int:
    """The beats of the town, with a report of them."""
    edition = Edition.objects.filter(kind__code="beat", is_current=True).earliest("pk")
    report.run(report.edition_of(edition.pk))
    return edition.pk


@pytest.fixture
def browsers(story: Story) -> dict[str, Client]:
    return {who: story.client(who) for who in WHO}


def test_the_table_names_every_address_there_is() -> None:
    """An address that is added without a row here fails this test."""
    named = {row.name for row in TABLE}
    there = {name for name in addresses() if not name.startswith(ELSEWHERE)}
    assert there - named == set()
    assert named - there == set()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("everybody", [pytest.param(True, marks=pytest.mark.slow), False])
def test_every_address_opens_to_those_in_the_table_and_to_nobody_else(
    browsers: dict[str, Client], filled: dict[str, str], everybody: bool
) -> None:
    """Everybody comes to every address; each day some of ``PASSERS_BY``, one of each way of having rights or none."""
    before = _everything()
    wrong = []
    for turn, row in enumerate(TABLE):
        coming = {who: browser for who, browser in browsers.items() if everybody or who in row.each_day(turn)}
        wrong += _wrong(row, coming, filled)
    assert wrong == []
    assert _everything() == before


def _wrong(row: Row, browsers: dict[str, Client], filled: dict[str, str]) -> Iterator[str]:
    path = row.path.format(**filled)
    invited = set(row.to.split())
    for who, browser in browsers.items():
        answer = getattr(browser, row.method)(path)
        fits = row.opens if who in invited else NOT_OPEN
        if answer.status_code not in fits or (who not in invited and not _is_refusal(answer)):
            yield f"{row.method} {path} by {who}: {answer.status_code}, expected one of {sorted(fits)}"


def _is_refusal(answer: Any) -> bool:
    return answer.status_code != 302 or answer.url.startswith("/accounts/login/")


def _everything() -> tuple[Any, ...]:
    """What a refused attempt could have changed."""
    requests = ServiceRequest.objects.order_by("pk").values_list("pk", "state", "updated_datetime", "status_notes")
    return tuple(requests), StatusChange.objects.count(), Message.objects.count()


@pytest.mark.parametrize("everybody", [pytest.param(True, marks=pytest.mark.slow), False])
def test_the_administration_opens_to_administrators_and_analysts_only(
    browsers: dict[str, Client], everybody: bool
) -> None:
    lists = [name for name in addresses() if name.startswith("admin:") and name.endswith(("_changelist", "_add"))]
    assert len(lists) > 15
    for who in WHO if everybody else ("stranger", "trusted", "gis", "admin"):
        opened = {name for name in lists if browsers[who].get(_admin(name)).status_code == 200}
        if who not in {"gis", "admin"}:
            assert opened == set(), who
        if who == "gis":
            assert {name.split("_")[0] for name in opened} == {"admin:layers"}, opened
        if who == "admin":
            assert len(opened) > 15


def _admin(name: str) -> str:
    app, model, page = name.removeprefix("admin:").rsplit("_", 2)
    return f"/admin/{app}/{model}/" + ("add/" if page == "add" else "")


@pytest.mark.parametrize("language", ["en", pytest.param("es", marks=pytest.mark.slow)])
def test_nothing_that_must_stay_hidden_stands_in_a_public_answer(
    story: Story, filled: dict[str, str], language: str
) -> None:
    """Searched over every address that opens to a stranger, and over every refusal."""
    found = []
    browser = story.client("stranger")
    places = [f"{request.geom.x:.4f}" for request in (story.masked, story.sensitive) if request.geom]
    codes = [request.access_code for request in story.requests.values()]
    for row in TABLE:
        answer = getattr(browser, row.method)(row.path.format(**filled), headers={"accept-language": language})
        if answer.status_code == 302:
            continue
        text = answer.getvalue().decode(errors="replace")  # also of what is streamed
        hidden = [*SECRETS, *codes, *(places if row.name.startswith("follow") else ())]
        found += [f"{row.path}: {secret}" for secret in hidden if secret.lower() in text.lower()]
    assert found == []


def test_the_masked_words_of_a_public_request_are_there_without_number_and_mail(
    story: Story, filled: dict[str, str]
) -> None:
    page = story.client("stranger").get(f"/requests/{filled['ordinary']}/").content.decode()
    assert "A deep hole. Call me:" in page


def test_exactly_the_reporter_sees_the_own_words_again(story: Story) -> None:
    page = story.client("with_code").get(f"/requests/{story.sensitive}/").content.decode()
    assert "dealing behind the garage" in page
    assert "the crew thinks" not in story.client("with_code").get(f"/requests/{story.ordinary}/").content.decode()
