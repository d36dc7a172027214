"""An outside geocoder, where the city chose one: asked last, with a time-out, remembered, never waited for twice."""

from __future__ import annotations

import hashlib
import logging
import time
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import timezone
from geopy.exc import GeopyError
from geopy.geocoders import get_geocoder_for_service

from geoserver_app.geocode.candidate import Candidate
from geoserver_app.geocode.defaults import is_no_place
from geoserver_app.geocode.locate import locate
from geoserver_app.geocode.models import OutsideAnswer
from geoserver_app.geocode.plain import plain
from geoserver_app.geocode.worth import BASE
from layers.lookup import inside
from layers.models import Jurisdiction

log = logging.getLogger(__name__)
# An answer of our own below this is worth a question to somebody else.
ASK_BELOW = 50.0
REMEMBERED = timedelta(days=30)
# After it failed it is left alone for a while (seconds), so that nobody waits for the time-out again and again.
_PAUSE_S = 60.0
_failed_at: dict[str, float] = {}


def locate_or_ask(jurisdiction: Jurisdiction, text: str, *, on: date, limit: int = 5) -> list[Candidate]:
    """``locate``, and where it is unsure the outside geocoder too, if the city chose one.

    What it says lies in the city's outline or is not offered, and it scores too low to be taken without a person. Where
    it is down or slow, the own answers are all there is.
    """
    own = locate(jurisdiction, text, on=on, limit=limit)
    if settings.OUTSIDE_GEOCODER == "none" or not text.strip() or (own and own[0].score >= ASK_BELOW):
        return own
    asked = _answer(jurisdiction, plain(text), at=timezone.now())
    return sorted([*own, *asked], key=lambda one: -one.score)[:limit]


def _answer(jurisdiction: Jurisdiction, text: str, *, at: datetime) -> list[Candidate]:
    key = hashlib.blake2b(text.encode(), digest_size=16).digest()
    known = OutsideAnswer.objects.filter(jurisdiction=jurisdiction, text_hash=key, asked_at__gt=at - REMEMBERED).first()
    if known is None:
        known = _asked(jurisdiction, text, key, at)
    if known is None or known.lon is None or known.lat is None:
        return []
    if not inside(jurisdiction, known.lon, known.lat) or is_no_place(jurisdiction, known.lon, known.lat):
        return []
    score = 100 * BASE["outside"]
    return [Candidate(known.label, known.lon, known.lat, score, "outside", "area", ("outside",), 100.0)]


def _asked(jurisdiction: Jurisdiction, text: str, key: bytes, at: datetime) -> OutsideAnswer | None:
    """Asks and remembers; None where nobody answered."""
    service = settings.OUTSIDE_GEOCODER
    if time.monotonic() - _failed_at.get(service, -_PAUSE_S) < _PAUSE_S:
        return None
    try:
        found = _geocoder(service, settings.OUTSIDE_GEOCODER_URL, settings.OUTSIDE_GEOCODER_SECONDS).geocode(
            f"{text}, {jurisdiction.name}"
        )
    except (GeopyError, OSError, ValueError, KeyError, TypeError) as error:
        _failed_at[service] = time.monotonic()
        log.warning("the outside geocoder does not answer", extra={"error": type(error).__name__})
        return None
    answer, _ = OutsideAnswer.objects.update_or_create(
        jurisdiction=jurisdiction,
        text_hash=key,
        defaults={
            "label": str(found.address)[:250] if found else "",
            "lon": found.longitude if found else None,
            "lat": found.latitude if found else None,
            "asked_at": at,
        },
    )
    return answer


@cache
def _geocoder(service: str, url: str, seconds: float) -> Any:
    scheme, _, domain = url.rpartition("://")
    place = {"scheme": scheme or "https", "domain": domain.rstrip("/")} if domain else {}
    return get_geocoder_for_service(service)(user_agent="one-map-city-hall", timeout=seconds, **place)
