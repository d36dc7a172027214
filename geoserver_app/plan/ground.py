"""What rates are divided by: residents, kilometres of street and parcels of each area of a kind in force."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.db import connection

from geoserver_app.analyse.lots import keep_lots
from geoserver_app.maps.contents import ListedArea, listed
from layers.models import Area, Jurisdiction, Kind

_SQL = (Path(__file__).parent / "ground.sql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Ground:
    """One area with its ground; None where the city has not said how many live there."""

    pk: int
    area: ListedArea
    residents: int | None
    street_km: float
    parcels: int


def grounds(jurisdiction: Jurisdiction, kind: Kind) -> tuple[Ground, ...]:
    """The areas of a kind in force, by name; computed once for each change of editions."""
    keep_lots(jurisdiction)
    epoch = Jurisdiction.objects.values_list("epoch", flat=True).get(pk=jurisdiction.pk)
    measured = _measured(jurisdiction.pk, kind.pk, epoch, jurisdiction.metric_srid)
    ids = dict(Area.objects.filter(kind=kind).values_list("code", "pk"))
    return tuple(
        Ground(ids[one.code], one, one.population, *measured[ids[one.code]])
        for one in listed(kind) if ids[one.code] in measured
    )  # fmt: skip


@lru_cache(maxsize=32)
def _measured(jurisdiction: int, kind: int, _epoch: int, srid: int) -> dict[int, tuple[float, int]]:
    # The epoch is part of the key: it grows with every activation, so nothing stale is ever shown.
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"kind": kind, "jurisdiction": jurisdiction, "srid": srid})
        return {area: (metres / 1000, parcels) for area, metres, parcels in cursor.fetchall()}
