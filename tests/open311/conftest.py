"""The town on squared paper with its rules, a form with every kind of question, a key, and a clock that stands."""

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from defusedxml.ElementTree import fromstring
from django.test import Client

from geoserver_app.accounts import keys
from geoserver_app.catalog.models import Service, ServiceAttribute
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.open311 import door
from geoserver_app.report import pace
from tests import life
from tests.flow.conftest import with_rules
from tests.kept import built
from tests.link.squared import at
from tests.route.city import City

V2 = "/open311/v2/"
NOW = life.MONDAY
BEAT_1 = at(350, 700)
OUTSIDE_KNOWN = at(1200, 500)
OUTSIDE_UNKNOWN = at(3000, 500)


@dataclass
class Endpoint:
    """The endpoint with a key. ``get`` and ``post`` give what a program reads; ``now`` can be moved."""

    city: City
    client: Client
    key: str = ""
    now: datetime = NOW

    def ask(self, path: str, query: dict[str, Any] | None = None, **extra: Any) -> Any:
        return self.client.get(V2 + path, query or {}, **extra)

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of a 200."""
        answer = self.ask(f"{path}.json", query)
        assert answer.status_code == 200, answer.content
        return json.loads(answer.content)

    def xml(self, path: str, **query: Any) -> ET.Element:
        """The root of the XML of a 200."""
        answer = self.ask(f"{path}.xml", query)
        assert answer.status_code == 200, answer.content
        root: ET.Element = fromstring(answer.content)
        return root

    def send(self, form: str = "json", **fields: Any) -> Any:
        """POSTs a report of a pothole in beat 1, unless told; a field of None is left out."""
        lon, lat = BEAT_1
        given = {"api_key": self.key, "service_code": "pothole", "lat": lat, "long": lon, "description": "A hole"}
        sent = {name: value for name, value in {**given, **fields}.items() if value is not None}
        return self.client.post(f"{V2}requests.{form}", sent)

    def sent(self, **fields: Any) -> ServiceRequest:
        """The request that a report became."""
        answer = self.send(**fields)
        assert answer.status_code == 201, answer.content
        number = json.loads(answer.content)[0]["service_request_id"]
        return ServiceRequest.objects.get(service_request_id=number)

    def assert_refused(self, status: int = 400, **fields: Any) -> list[dict[str, Any]]:
        """The faults of a report that is refused; nothing of it was stored."""
        before = ServiceRequest.objects.count()
        answer = self.send(**fields)
        assert answer.status_code == status, answer.content
        assert ServiceRequest.objects.count() == before
        faults: list[dict[str, Any]] = json.loads(answer.content)
        return faults


def faults_of(answer: Any, form: str) -> list[tuple[int, str]]:
    """Code and description of each fault of an answer, which must be in Open311's form."""
    if form == "json":
        assert answer["Content-Type"] == "application/json; charset=utf-8"
        return [(one["code"], one["description"]) for one in json.loads(answer.content)]
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    root = fromstring(answer.content)
    assert root.tag == "errors"
    return [(int(one.findtext("code") or 0), one.findtext("description") or "") for one in root.iter("error")]


def form(city: City) -> None:
    """A service with a question of each kind; those of the tree hang on each other."""
    common = {"jurisdiction": city.hall.jurisdiction, "group": city.hall.pothole.group, "department": city.hall.works}
    every = Service.objects.create(
        code="every", name="Everything", names={"es": "Todo"}, description="Every kind of question",
        keywords={"en": ["all", "every"]}, **common,
    )  # fmt: skip
    choices = [{"key": "a", "en": "First & last", "es": "Primera"}, {"key": "b", "en": "Second", "es": "Segunda"}]
    for position, datatype in enumerate(ServiceAttribute.Datatype.values, 10):
        question(every, datatype, position, datatype=datatype, values=choices if "list" in datatype else [])
    question(every, "note", 20, datatype="string", variable=False)
    question(every, "plate", 21, datatype="string", private=True)
    question(every, "old", 22, datatype="string", retired_on="2026-01-01")
    need = Service.objects.create(code="need", name="Needs answers", **common)
    question(need, "which", 1, datatype="singlevaluelist", required=True, values=[
        *choices, {"key": "z", "en": "Sparks", "es": "Chispas",
                   "stopper": {"en": "Stay away.", "es": "Aléjese.", "telephone": "911"}}])  # fmt: skip
    question(need, "more", 2, required=True, datatype="string", shown_if={"attribute": "which", "in": ["b"]})
    Service.objects.create(code="question", name="A question", kind="information", location="none", **common)
    Service.objects.create(code="gone", name="Gone", retired_on="2026-01-01", successor=city.hall.pothole, **common)
    Service.objects.filter(code="pothole").update(text_publication="at_once", photo_publication="at_once")


def question(service: Service, code: str, position: int, **fields: Any) -> None:
    words = {"en": f"Question {code}?", "es": f"¿Pregunta {code}?"}
    ServiceAttribute.objects.create(service=service, code=code, position=position, question=words, **fields)


@pytest.fixture(scope="module")
def _city(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[City]:
    def build() -> City:
        city = with_rules(tmp_path_factory.mktemp("rules"))
        form(city)
        return city

    with built(django_db_blocker, build) as city:
        yield city


@pytest.fixture
def endpoint(
    _city: City, db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Endpoint]:
    settings.MEDIA_ROOT = tmp_path / "media"
    made = Endpoint(copy.deepcopy(_city), Client(raise_request_exception=False))
    _key, made.key = keys.make(made.city.hall.jurisdiction, "An app", scopes=["report", "update"], at=NOW)
    monkeypatch.setattr(door, "now", lambda: made.now)
    # No stretch of counting ends while a test counts.
    monkeypatch.setattr(pace, "STRETCH", timedelta(days=365_000))
    yield made
