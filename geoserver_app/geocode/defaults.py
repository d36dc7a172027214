"""Points that stand for "place unknown" in what other systems send, like city hall."""

from __future__ import annotations

from django.db import connection

from layers.models import Jurisdiction


def is_no_place(jurisdiction: Jurisdiction, lon: float, lat: float) -> bool:
    """True where a point (degrees) is one that some source writes when it knows no place."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from geocode_defaultpoint d where d.jurisdiction_id = %s"
            " and ST_DistanceSphere(d.point, ST_SetSRID(ST_MakePoint(%s, %s), 4326)) <= d.radius_m)",
            [jurisdiction.pk, lon, lat],
        )
        row = cursor.fetchone()
    return bool(row and row[0])
