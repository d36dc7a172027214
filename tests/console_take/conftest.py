import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from geoserver_app.catalog.models import Faq, Service, ServiceAttribute
from geoserver_app.work.models import Resolution
from tests.kept import built
from tests.life import Town, town

DRAFT = "0123456789abcdef"


@pytest.fixture(scope="module")
def _almendra(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    with built(django_db_blocker, drawn) as made:
        yield made


@pytest.fixture
def almendra(_almendra: Town, db: None, settings: Any, tmp_path: Path) -> Town:
    settings.MEDIA_ROOT, settings.DEFAULT_JURISDICTION = tmp_path, "almendra"
    return copy.deepcopy(_almendra)


def drawn() -> Town:
    """The city hall with a question that can be answered at once, a form with a stopper, and two frequent questions."""
    made = town()
    common = {"jurisdiction": made.jurisdiction, "group": made.pothole.group, "department": made.works}
    Service.objects.create(code="hours", name="City Hall hours", names={"es": "Horario"}, kind="information",
                           location="none", **common)  # fmt: skip
    account = Service.objects.create(code="bill", name="Utility bill", kind="information", location="none", **common)
    _question(account, "account", "string", required=True)
    wires = Service.objects.create(code="tree", name="Tree problem", names={"es": "Problema con un árbol"},
                                   keywords={"en": ["fallen branch"], "es": ["rama"]}, **common)  # fmt: skip
    _question(wires, "live", "singlevaluelist", required=True, values=[
        {"key": "no", "en": "No", "es": "No"},
        {"key": "yes", "en": "Yes, it sparks", "es": "Sí", "stopper": {
            "en": "Stay away and call 911.", "es": "Aléjese y llame al 911.", "telephone": "911"}},
    ])  # fmt: skip
    _question(wires, "how", "text", position=2, shown_if={"attribute": "live", "in": ["no"]})
    Resolution.objects.create(
        jurisdiction=made.jurisdiction, code="answered", meaning="answered", name="Answered", sentence="Answered."
    )
    for code, question, service in (("fridays", "Is City Hall open on Fridays?", None), ("tree", "Whose tree?", wires)):
        Faq.objects.create(jurisdiction=made.jurisdiction, code=code, service=service, question={"en": question},
                           answer={"en": f"The answer to {code}."})  # fmt: skip
    return made


def _question(service: Service, code: str, datatype: str, **given: Any) -> None:
    values = {"position": 1, "question": {"en": f"{code}?", "es": f"¿{code}?"}, **given}
    ServiceAttribute.objects.create(service=service, code=code, datatype=datatype, **values)


@pytest.fixture
def agent(almendra: Town) -> Iterator[Client]:
    yield logged_in(almendra, "agent")


def logged_in(town: Town, name: str) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(town.people[name])
    return client


def form(**values: Any) -> dict[str, Any]:
    """A form as the page sends it; ``do`` is the pressed button."""
    return {"draft": DRAFT, "channel": "phone", "language": "en", "tell_by": "none", **values}


POTHOLE = {"service": "pothole", "say": "Pothole", "where": "4512 W Olive Ave", "lon": "-119.72", "lat": "36.0",
           "place_label": "4512 W Olive Ave"}  # fmt: skip
