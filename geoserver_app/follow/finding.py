"""Finds the request that somebody means: by the tracking number however it is written, or by an old system's number."""

from __future__ import annotations

from pathlib import Path

from django.db import connection

from geoserver_app.intake.models import ServiceRequest
from geoserver_app.intake.tracking import parse_tracking_number
from layers.models import Jurisdiction

_OLD_NUMBER = Path(__file__).with_name("old_number.sql").read_text(encoding="utf-8")
LONGEST = 60
# What a page of a request needs, in one query.
_WITH = ("service__group", "jurisdiction", "department", "agency", "reporter", "satisfaction")


def canonical(text: str) -> str | None:
    """The number as we write it ("26-004512-7"); None where it is none or its check digit does not fit."""
    number = parse_tracking_number(text.replace("\0", "")[:LONGEST])
    return str(number) if number else None


def find(jurisdiction: Jurisdiction, number: str) -> ServiceRequest | None:
    """The request with a canonical number."""
    found = ServiceRequest.objects.filter(jurisdiction=jurisdiction, service_request_id=number)
    return found.select_related(*_WITH).defer("jurisdiction__outline").first()


def find_old(jurisdiction: Jurisdiction, text: str) -> ServiceRequest | None:
    """The one request that was imported under a number of the old system; None for none, or for several."""
    asked = text.replace("\0", "").strip()[:LONGEST]
    if not asked:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_OLD_NUMBER, {"jurisdiction": jurisdiction.pk, "number": asked})
        rows = cursor.fetchall()
    return ServiceRequest.objects.get(pk=rows[0][0]) if len(rows) == 1 else None
