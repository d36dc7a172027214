"""Which parcels are places: never a street that is numbered as one, and of a condominium's units the ground alone."""

import re
from pathlib import Path

from django.db import connection, transaction
from psycopg import sql

from geoserver_app.analyse.models import Lot, LotsAsOf
from geoserver_app.link.ground import STREET_HALF_WIDTH_M
from layers.bulk import run
from layers.models import Jurisdiction, ParcelShape
from layers.quality.codes import looks_like_none

LEAST_STREET_M = 30.0
_SQL = sql.SQL(Path(__file__).with_name("lots.sql").read_text(encoding="utf-8"))
_SIGNS = re.compile(r"[\W_]")
_LOCK = 0x107_0F  # a number of our own among PostgreSQL's advisory locks


def keep_lots(jurisdiction: Jurisdiction) -> bool:
    """Computes the exceptions anew where another edition has come into force since; whether it had to.

    Some 0.3 s for 15,000 parcels, once an epoch; whoever else asks meanwhile waits for it.
    """
    if _is_right(jurisdiction):
        return False
    with transaction.atomic():
        _lock(jurisdiction)
        if _is_right(jurisdiction):
            return False
        epoch = Jurisdiction.objects.values_list("epoch", flat=True).get(pk=jurisdiction.pk)
        Lot.objects.filter(jurisdiction=jurisdiction).delete()
        parameters = {
            "jurisdiction": jurisdiction.pk,
            "srid": jurisdiction.metric_srid,
            "placeholders": _placeholders(jurisdiction),
            "rights_of_way": list(jurisdiction.kinds.filter(code="right_of_way").values_list("pk", flat=True)),
            "least_m": LEAST_STREET_M,
            "width_m": STREET_HALF_WIDTH_M,
        }
        run(_SQL, parameters)
        LotsAsOf.objects.update_or_create(jurisdiction=jurisdiction, defaults={"epoch": epoch})
    return True


def _is_right(jurisdiction: Jurisdiction) -> bool:
    """Asked of the database: the row in hand may be older than the last activation."""
    now = Jurisdiction.objects.filter(pk=jurisdiction.pk).values("epoch")
    return LotsAsOf.objects.filter(jurisdiction=jurisdiction, epoch=now[:1]).exists()


def _placeholders(jurisdiction: Jurisdiction) -> list[int]:
    """Parcels under a word, signs or one digit over and over: what assessors write on streets and railways."""
    in_force = ParcelShape.objects.filter(parcel__jurisdiction=jurisdiction, in_force=True)
    rows = in_force.exclude(parcel__parcel_number__regex="[1-8]").values_list("parcel", "parcel__parcel_number")
    return [pk for pk, number in rows if _is_none(number) or _is_none(_SIGNS.sub("", number))]


def _is_none(number: str) -> bool:
    return looks_like_none(number, numbered=True)


def _lock(jurisdiction: Jurisdiction) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [_LOCK, jurisdiction.pk])
