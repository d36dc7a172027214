"""A city hall whose people use the console. What a person sees and may do is tested through its addresses."""

import copy
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

from geoserver_app.accounts.models import PostHolder
from geoserver_app.accounts.roles import Role
from geoserver_app.intake.models import Media, Review, ServiceRequest
from geoserver_app.intake.photos import read_photo
from geoserver_app.intake.store import add_photos, place_columns
from tests.kept import built
from tests.life import Town, town
from tests.link import squared
from tests.link.squared import Squared

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class Hall:
    """Almendra's office: people with one role each, requests as flow leaves them; ``paper`` is ground to lie on."""

    paper: Squared

    def __init__(self, *, drawn: bool = True) -> None:
        self.town: Town = town()
        made = self.town
        made.person("planner", Role.PLANNER)
        made.person("gis", Role.GIS)
        made.person("admin", Role.ADMIN)
        made.person("manager", Role.MANAGER, sensitive=True)
        made.person("deputy", Role.DEPUTY, area_kind="beat", area_codes=["1"])
        PostHolder.objects.create(post=made.parking_post, user=made.people["warden"])
        if drawn:
            self.paper = squared.town(place=made.jurisdiction)
            made.jurisdiction.refresh_from_db()

    def client(self, name: str | None = None, **options: Any) -> Client:
        """A browser of somebody; of a stranger without a name."""
        client = Client(HTTP_HOST="almendra.example", **options)
        if name is not None:
            client.force_login(self.town.people[name], backend=BACKEND)
        return client

    def request(self, *, place: tuple[float, float] | None = None, **given: Any) -> ServiceRequest:
        """An assigned request of Public Works, just reported; ``place`` is on the paper, in metres."""
        columns = {
            "state": "assigned",
            "department": self.town.works,
            "post": self.town.works_post,
            "description": "A hole as deep as a bucket.",
            **(place_columns(*squared.at(*place)) if place else {}),
            **given,
        }
        return self.town.request(**{"at": timezone.now(), **columns})

    def review(self, request: ServiceRequest, reason: str, stage: str = "link", **detail: Any) -> Review:
        """Something that nobody could decide about a request."""
        ServiceRequest.objects.filter(pk=request.pk).update(in_review=True)
        return Review.objects.create(
            request=request, stage=stage, reason=reason, detail=detail, created_at=timezone.now()
        )

    def photo(self, request: ServiceRequest) -> Media:
        """A photo of a request, stored as intake does."""
        file = io.BytesIO()
        Image.new("RGB", (64, 48), "green").save(file, "JPEG")
        photo, _position = read_photo(file.getvalue())
        add_photos(request, [photo], at=timezone.now())
        return Media.objects.get(request=request)

    def act(self, name: str | None, request: ServiceRequest, code: str, **sent: Any) -> Any:
        """What the server answers when somebody presses the button of an action."""
        return self.client(name).post(f"{address(request)}act/{code}/", sent)

    def get(self, name: str | None, path: str) -> str:
        """The text of a page as somebody sees it; it must be answered with 200."""
        answer = self.client(name).get(path)
        assert answer.status_code == 200, (answer.status_code, answer.content[-500:])
        return str(answer.content.decode())


def address(request: ServiceRequest) -> str:
    return f"/console/requests/{request.service_request_id}/"


@pytest.fixture(scope="module")
def _hall(django_db_setup: None, django_db_blocker: Any) -> Iterator[Hall]:
    with built(django_db_blocker, Hall) as made:
        yield made


@pytest.fixture
def hall(_hall: Hall, db: None, settings: Any, tmp_path: Path) -> Hall:
    settings.ALLOWED_HOSTS = ["almendra.example"]
    settings.DEFAULT_JURISDICTION = "almendra"
    settings.MEDIA_ROOT = tmp_path
    return copy.deepcopy(_hall)
