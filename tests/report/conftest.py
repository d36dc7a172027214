"""The small city hall on the town on squared paper, with a tree, a street light and a question for each."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from geoserver_app.catalog.models import Service, ServiceAttribute
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.report import pace
from tests import life
from tests.kept import built
from tests.link import squared

KEY = "0123456789abcdef0123456789abcdef"
MIDDLE_OF_MAIN_STREET = squared.at(400, 500)
ON_A_LOT = squared.at(210, 530)
BESIDE_A_LINE = squared.at(210, 511)  # one metre inside of a lot, the street's land begins at y=510
OUTSIDE = squared.at(1200, 500)


@dataclass
class Hall:
    """The city hall and its map; ``form()`` is a report that can be sent."""

    life: life.Town
    map: squared.Squared
    client: Client

    def form(self, **changes: Any) -> dict[str, Any]:
        lon, lat = MIDDLE_OF_MAIN_STREET
        fields = {"key": KEY, "service": "pothole", "lon": str(lon), "lat": str(lat), "do": "send"}
        return {name: value for name, value in {**fields, **changes}.items() if value is not None}

    def post(self, **changes: Any) -> Any:
        return self.client.post("/report/", self.form(**changes))

    def stored(self) -> list[ServiceRequest]:
        return list(ServiceRequest.objects.order_by("pk"))


@pytest.fixture(scope="module")
def _town(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[life.Town, squared.Squared]]:
    def build() -> tuple[life.Town, squared.Squared]:
        town = life.town()
        drawn = squared.town(place=town.jurisdiction)
        forms(town)
        return town, drawn

    with built(django_db_blocker, build) as made:
        yield made


@pytest.fixture
def one_stretch(monkeypatch: pytest.MonkeyPatch) -> None:
    """No stretch of counting ends while a test counts."""
    monkeypatch.setattr(pace, "STRETCH", timedelta(days=365_000))


@pytest.fixture
def hall(_town: tuple[life.Town, squared.Squared], db: None, client: Client, settings: Any, tmp_path: Path) -> Hall:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.DEFAULT_JURISDICTION = "almendra"
    return Hall(*_town, client)


def forms(town: life.Town) -> None:
    common = {"jurisdiction": town.jurisdiction, "group": town.pothole.group, "department": town.works}
    tree = Service.objects.create(
        code="tree", name="Tree problem", names={"es": "Problema con un árbol"},
        keywords={"en": ["broken branch"], "es": ["rama quebrada"]}, position=10, **common,
    )  # fmt: skip
    ask(tree, "where", 1, required=True, values=[
        {"key": "strip", "en": "Between sidewalk and street", "es": "Entre la banqueta y la calle", "means": "row"},
        {"key": "yard", "en": "Behind the fence", "es": "Detrás de la cerca", "means": "private"},
        {"key": "wires", "en": "It touches wires", "es": "Toca los cables", "means": "wires"},
    ])  # fmt: skip
    ask(tree, "sparks", 2, required=True, shown_if={"attribute": "where", "in": ["wires"]}, values=[
        {"key": "no", "en": "They only touch", "es": "Solo se tocan"},
        {"key": "yes", "en": "Sparks", "es": "Chispas",
         "stopper": {"en": "Stay away and call now.", "es": "Aléjese y llame ahora.", "telephone": "911"}},
    ])  # fmt: skip
    ask(tree, "since", 3, datatype="string")
    weeds = Service.objects.create(code="weeds", name="Weeds", **common)
    ask(weeds, "where", 1, values=[
        {"key": "strip", "en": "At the street", "es": "En la calle", "means": "row"},
        {"key": "yard", "en": "In a yard", "es": "En un patio", "means": "private"},
    ])  # fmt: skip
    Service.objects.create(
        code="street_light", name="Street light out", location="asset", asset_kind="asset:street_light", snap_m=15,
        **common,
    )  # fmt: skip
    Service.objects.create(code="question", name="A question", kind="information", location="none", **common)


def ask(service: Service, code: str, position: int, **fields: Any) -> None:
    question = {"en": f"Question {code}?", "es": f"¿Pregunta {code}?"}
    ServiceAttribute.objects.create(
        service=service, code=code, position=position, question=question,
        **{"datatype": "singlevaluelist", **fields},
    )  # fmt: skip


def picture(position: tuple[float, float] | None = None, size: tuple[int, int] = (64, 48)) -> bytes:
    """A JPEG; with a position (degrees north and west) it says where it was taken."""
    image = Image.new("RGB", size, (90, 140, 90))
    exif = image.getexif()
    if position:
        lat, lon = position
        exif.get_ifd(0x8825).update({1: "N", 2: (lat, 0.0, 0.0), 3: "W", 4: (lon, 0.0, 0.0)})
    file = io.BytesIO()
    image.save(file, "JPEG", exif=exif)
    return file.getvalue()


def photo_file(name: str = "tree.jpg", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture() if content is None else content, content_type="image/jpeg")
