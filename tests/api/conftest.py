"""The story of the rights' tests (tests/rights/story.py), asked by programs: with keys of every kind, and with none."""

import copy
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from geoserver_app.accounts import keys
from geoserver_app.accounts.models import ApiKey
from geoserver_app.api import caller
from geoserver_app.open311 import door
from geoserver_app.report import pace
from tests.flow.conftest import with_rules
from tests.kept import built
from tests.open311.conftest import form
from tests.rights.story import LATER, Story, tell

_names = itertools.count(1)


@dataclass
class Programs:
    """The API, asked with a key or without; ``now`` can be moved."""

    story: Story
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    now: datetime = LATER + timedelta(hours=1)

    def key(self, *scopes: str, who: str = "", **given: Any) -> str:
        """The text of a new key, of somebody of the story."""
        user = self.story.people[who] if who else None
        place = self.story.city.hall.jurisdiction
        return keys.make(place, f"key {next(_names)}", scopes=scopes, at=self.now, user=user, **given)[1]

    def staff(self, who: str) -> str:
        return self.key("read", "work", who=who)

    def ask(self, path: str, key: str = "", **query: Any) -> Any:
        return self.client.get(f"/api/{path}", query, headers={"x-api-key": key} if key else {})

    def get(self, path: str, key: str = "", **query: Any) -> Any:
        """The JSON of a 200."""
        answer = self.ask(path, key, **query)
        assert answer.status_code == 200, answer.content
        assert answer["Content-Type"] == "application/json; charset=utf-8"
        return answer.json()

    def numbers(self, key: str = "", **query: Any) -> list[str]:
        """The numbers of the list of every report, unless told."""
        return [
            one["service_request_id"] for one in self.get("requests", key, **{"count": "reports", **query})["items"]
        ]

    def send(self, path: str, body: Any, key: str = "", **headers: str) -> Any:
        given = {**({"x-api-key": key} if key else {}), **headers}
        return self.client.post(f"/api/{path}", body, content_type="application/json", headers=given)

    def step(self, number: object, key: str, to: str, **words: Any) -> Any:
        return self.send(f"requests/{number}/transitions", {"to": to, **words}, key)


def assert_refused(answer: Any, status: int) -> dict[str, Any]:
    """The problem details of an answer, which must be in their form."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert (told["type"], told["status"]) == ("about:blank", status)
    assert told["title"]
    assert told["detail"]
    return told


@pytest.fixture(scope="module")
def _story(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Story]:
    from django.conf import settings

    folder: Path = tmp_path_factory.mktemp("programs")
    before, settings.MEDIA_ROOT = settings.MEDIA_ROOT, folder

    def build() -> Story:
        city = with_rules(folder)
        form(city)
        return tell(city)

    with built(django_db_blocker, build) as story:
        yield story
    settings.MEDIA_ROOT = before


@pytest.fixture
def programs(_story: Story, db: None, monkeypatch: pytest.MonkeyPatch) -> Programs:
    made = Programs(copy.copy(_story))
    ApiKey.objects.all().delete()
    for asked in (caller, door):
        monkeypatch.setattr(asked, "now", lambda: made.now)
    # No stretch of counting ends while a test counts.
    monkeypatch.setattr(pace, "STRETCH", timedelta(days=365_000))
    return made
