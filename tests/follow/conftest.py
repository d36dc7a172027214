import copy
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from geoserver_app import flow
from geoserver_app.accounts.roles import Capability
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.intake.photos import read_photo
from geoserver_app.intake.store import add_photos
from geoserver_app.work.actor import Actor
from geoserver_app.work.steps import Words
from tests.kept import built
from tests.life import MONDAY, Town, town


@pytest.fixture(scope="module")
def _almendra(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    with built(django_db_blocker, town) as made:
        yield made


@pytest.fixture
def almendra(_almendra: Town, db: None, settings: Any, tmp_path: Path) -> Town:
    """The city hall; photos lie in a folder of the test's own."""
    settings.MEDIA_ROOT = tmp_path
    settings.DEFAULT_JURISDICTION = "almendra"
    return copy.deepcopy(_almendra)


@pytest.fixture
def resident() -> Client:
    """A browser that has shown nothing yet; it checks forms as a real one is checked."""
    return Client(HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture
def public(almendra: Town) -> ServiceRequest:
    """A pothole that everybody may see by its block; the house and the words are the reporter's own."""
    return almendra.request(
        state="assigned", department=almendra.works, post=almendra.works_post, is_public=True,
        public_address="4500 block of W Olive Ave",
        address_text="4512 W Olive Ave, Apt 9", description="My car is broken, call Rosa",
        public_description="A deep hole",
        reporter={"email": "rosa@example.com", "tell_by": "email", "name": "Rosa Lima"},
    )  # fmt: skip


@pytest.fixture
def hidden(almendra: Town) -> ServiceRequest:
    """A tip: nothing of it is public."""
    return almendra.request(
        service=almendra.tip, description="They sell at night", address_text="17 Cedar St", state="triage"
    )


def unlocked(client: Client, request: ServiceRequest) -> Client:
    """The same browser after number and code."""
    answer = client.post("/requests/", {"number": request.service_request_id, "code": request.access_code})
    assert answer.status_code == 302
    return client


def page(client: Client, request: ServiceRequest, path: str = "", **more: Any) -> str:
    return client.get(f"/requests/{request.service_request_id}/{path}", **more).content.decode()


def jpeg(color: str = "red") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), color).save(buffer, "JPEG")
    return buffer.getvalue()


def with_photo(request: ServiceRequest, *, public: bool, color: str = "red") -> str:
    """Adds a photo; the last part of its address."""
    add_photos(request, [read_photo(jpeg(color))[0]], at=MONDAY)
    added = request.media.latest("pk")
    request.media.filter(pk=added.pk).update(is_public=public)
    return str(added.file).rpartition("/")[2]


def closed(town: Town, request: ServiceRequest, **given: Any) -> ServiceRequest:
    """The same request, done and closed by staff."""
    by = Actor.staff(town.people["dispatcher"].pk, frozenset(Capability))
    flow.transition(request.pk, to="done", by=by, **given)
    return flow.transition(request.pk, to="closed", by=by, words=Words(resolution="repaired"), **given)
