"""What this endpoint is, where it is, how to get a key, and when its services last changed."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from django.conf import settings
from django.db import connection
from django.urls import reverse

from geoserver_app.open311.ask import Ask
from geoserver_app.open311.document import Document, Value
from geoserver_app.open311.door import Answer
from geoserver_app.open311.models import Changeset
from geoserver_app.open311.services import FRESH_S, item, offered, questions_of, types_of
from geoserver_app.org.models import CityHall
from layers.models import Jurisdiction

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
# When what discovery itself says last changed its form.
SINCE = datetime(2026, 11, 22, tzinfo=UTC)
_KEEP = """
insert into open311_changeset (jurisdiction_id, fingerprint, changed_at)
values (%(jurisdiction)s, %(fingerprint)s, %(at)s)
on conflict (jurisdiction_id) do update set fingerprint = excluded.fingerprint, changed_at = excluded.changed_at
where open311_changeset.fingerprint <> excluded.fingerprint
"""


def discovery(ask: Ask) -> Answer:
    """GET discovery: of the jurisdiction that is named, else of all that this endpoint serves."""
    if ask.text("jurisdiction_id"):
        served = [ask.jurisdiction]
    else:
        served = list(Jurisdiction.objects.select_related("city_hall").defer("outline").order_by("code"))
    changed = max((changed_at(ask, one) for one in served), default=SINCE)
    stamp = changed.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    content: Value = {
        "changeset": max(stamp, SINCE.strftime("%Y-%m-%dT%H:%M:%SZ")),
        "contact": "; ".join(contact(one) for one in served) or "No city has been set up here yet.",
        "key_service": "; ".join(f"A key is given by {contact(one)}" for one in served)
        + ". Keys are needed to send requests, not to read them.",
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": base(ask),
                "changeset": stamp,
                "type": "test" if settings.DEMO else "production",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }
    return Answer(Document("discovery", content), fresh_s=FRESH_S)


def base(ask: Ask) -> str:
    """The address that calls begin with, as programs see it; it ends in a slash, to which some join names directly."""
    path = reverse("open311:services").removesuffix("services")
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else ask.http.build_absolute_uri(path)


def contact(jurisdiction: Jurisdiction) -> str:
    """Whom to ask."""
    hall: CityHall | None = getattr(jurisdiction, "city_hall", None)
    return f"{jurisdiction.name}, telephone {hall.telephone}" if hall else jurisdiction.name


def changed_at(ask: Ask, jurisdiction: Jurisdiction) -> datetime:
    """When services or questions of a jurisdiction last changed, as far as anybody asked."""
    fingerprint = _fingerprint(jurisdiction, ask.at)
    known = Changeset.objects.filter(jurisdiction=jurisdiction).first()
    if known is None or known.fingerprint != fingerprint:
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, {"jurisdiction": jurisdiction.pk, "fingerprint": fingerprint, "at": ask.at})
        known = Changeset.objects.get(jurisdiction=jurisdiction)
    return known.changed_at


def _fingerprint(jurisdiction: Jurisdiction, at: datetime) -> str:
    """A hash over all that the list of services and their definitions show, in every language of the city."""
    hall: CityHall | None = getattr(jurisdiction, "city_hall", None)
    seen = hashlib.sha256()
    services = offered(jurisdiction, at)
    types = types_of(service.pk for service in services)
    for language in hall.languages if hall else ["en"]:
        for service in services:
            shown: Value = {
                "item": item(service, types, language),
                "definition": questions_of(service, language, extended=True),
            }
            seen.update(Document("service", shown).write("json"))
    return seen.hexdigest()
