"""The counted town (tests/density) with shapes for its areas, seen on one fixed Friday."""

from collections.abc import Iterator
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon
from django.test import Client

from geoserver_app.brief import pages
from geoserver_app.density.rebuild import rebuild
from layers.models import Kind
from tests import factories
from tests.density import counted_town
from tests.density.counted_town import COUNTED, NOW, CountedTown
from tests.kept import built

SIDE = factories.box(-119.73, 35.99, -119.71, 36.01)


def drawn() -> CountedTown:
    """The areas get shapes and slugs, 150 requests are somewhere, and the cubes count."""
    made, draw = counted_town.build(), Random(11)
    for kind, areas in made.areas.items():
        of_kind = Kind.objects.get(jurisdiction=made.town.jurisdiction, code=kind)
        factories.edition(of_kind)
        for one in areas:
            type(one).objects.filter(pk=one.pk).update(slug=one.code)
            said = {"population": 1200, "meets": "third Thursday", "meets_es": "tercer jueves",
                    "contact": "Block-watch specialist", "telephone": "(559) 555-0137"}  # fmt: skip
            factories.area(of_kind, one.code, MultiPolygon(SIDE, srid=4326), name=one.code.title(), attributes=said)
    for _ in range(150):
        made.request(draw)
    rebuild(made.town.jurisdiction, kinds=COUNTED)
    return made


@pytest.fixture(scope="module")
def _town(django_db_setup: None, django_db_blocker: Any) -> Iterator[CountedTown]:
    with built(django_db_blocker, drawn) as made:
        yield made


@pytest.fixture
def town(_town: CountedTown, db: None, monkeypatch: pytest.MonkeyPatch) -> CountedTown:
    """The town; pages are asked on the Friday that its requests know as today."""
    monkeypatch.setattr(pages, "timezone", SimpleNamespace(now=lambda: NOW))
    return _town


@pytest.fixture
def get(client: Client, town: CountedTown) -> Any:
    """GET of an address: status and text."""

    def ask(path: str) -> tuple[int, str]:
        answer = client.get(path)
        return answer.status_code, answer.content.decode(errors="replace")

    return ask
