"""Finds a service by the words people use, in either language, with typing mistakes and without accents."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection

from geoserver_app.catalog.models import Service
from layers.models import Jurisdiction

_SQL = Path(__file__).with_name("search.sql").read_text(encoding="utf-8")
# Below this a phrase shares only chance letters with what was typed.
LEAST_SCORE = 0.5
LONGEST_TEXT = 200


@dataclass(frozen=True)
class Found:
    """A service, how well it fits (0 to 1.2), and the phrase that fitted best."""

    service: Service
    score: float
    phrase: str


def find_services(jurisdiction: Jurisdiction, text: str, language: str, *, on: date, limit: int = 8) -> list[Found]:
    """The services offered on a local day that fit a text, best first; none for a text of less than two letters."""
    asked = text.replace("\0", " ").strip()[:LONGEST_TEXT]
    if len(asked) < 2:
        return []
    values: dict[str, Any] = {
        "jurisdiction": jurisdiction.pk, "day": on, "text": asked, "language": language,
        "least": LEAST_SCORE, "limit": limit,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SQL, values)
        rows = cursor.fetchall()
    services = Service.objects.select_related("group").in_bulk([pk for pk, _score, _phrase in rows])
    return [Found(services[pk], float(score), phrase) for pk, score, phrase in rows]
