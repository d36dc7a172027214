"""The request that a change is about, as it stands and locked, with what every change asks of it; in one round trip.

For handling alone.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from django.utils.translation import gettext as _

from geoserver_app.catalog import standing as services
from geoserver_app.intake.models import Reporter, ServiceRequest
from geoserver_app.org import standing as jurisdictions
from layers.asked import Asked, ask, ask_all
from layers.errors import Conflict, NotFound

_STEPS = Path(__file__).with_name("handling_steps")
_COLUMNS = [field.attname for field in ServiceRequest._meta.concrete_fields]
_OF_REPORTER = ["id", "name", "email", "phone", "postal_address", "tell_by", "language"]
# Whatever happens to a request may happen to the others of its incident: who changes one holds the incident. It is
# held first, by a statement of its own, so that the next one sees all that whoever held it before has done.
_INCIDENT = """
select i.id from intake_incident i join intake_servicerequest r on r.incident_id = i.id
where r.id = %(request)s::bigint for no key update of i
"""
_TRIES = 5
_LIMIT = "select set_config('statement_timeout', %(limit)s, true)"
# The areas that staff read as a place, in this order.
_SPOKEN_KINDS = ("neighborhood", "beat", "council_district", "maintenance_zone")


def locked(request_id: int, *, longest_ms: int | None = None) -> ServiceRequest:
    """A request under lock, with service, jurisdiction, city hall and reporter; NotFound where there is none.

    With ``longest_ms`` neither waiting for the lock nor any statement after it takes longer.
    """
    limit: list[Asked] = [(_LIMIT, {"limit": str(longest_ms)})] if longest_ms else []
    row = _held(request_id, limit)
    values = [_read(getattr(row, name)) for name in _COLUMNS]
    request: ServiceRequest = ServiceRequest.from_db(connection.alias, _COLUMNS, values)
    request.jurisdiction = jurisdictions.at_version(request.jurisdiction_id, row.jurisdiction_version)
    request.service = services.at_version(request.service_id, row.service_version)
    request.service.jurisdiction = request.jurisdiction
    request._state.fields_cache["reporter"] = _reporter(request, row)
    request.has_followers = row.has_followers
    return request


def _held(request_id: int, limit: list[Asked]) -> Any:
    """Its row, under lock like its incident; again where it went to another incident while one waited."""
    asked = {"request": request_id}
    for _try in range(_TRIES):
        *_limited, incidents, rows = ask_all(*limit, (_INCIDENT, asked), (_locked(), asked))
        if not rows:
            raise NotFound(_("There is no such request."))
        if incidents and incidents[0].id == rows[0].incident_id:
            return rows[0]
    raise Conflict(_("Somebody else changed this request at the same moment. Look at it again."))


def words(request: ServiceRequest) -> tuple[tuple[tuple[str, str], ...], str]:
    """The areas that staff read as its place, as (kind's name, area's name); and what stands at a pin without address.

    That is the parcel's address, else the street's name, else nothing.
    """
    pinned = request.geom is not None and not request.address_text
    found = ask(_text("words.sql"), {
        "areas": request.area_ids, "kinds": list(_SPOKEN_KINDS),
        "parcel": request.parcel_id if pinned else None, "street": request.centerline_id if pinned else None,
    })  # fmt: skip
    areas = {row.kind: (row.kind_name, row.name) for row in found if row.part == "area"}
    near = {row.part: row.name for row in found if row.part != "area"}
    return tuple(areas[kind] for kind in _SPOKEN_KINDS if kind in areas), near.get("lot") or near.get("street") or ""


def _reporter(request: ServiceRequest, row: Any) -> Reporter | None:
    if row.reporter_id is None:
        return None
    values = [getattr(row, f"reporter_{name}") for name in _OF_REPORTER]
    reporter: Reporter = Reporter.from_db(connection.alias, _OF_REPORTER, values)
    reporter.request = request
    return reporter


def _read(value: Any) -> Any:
    return GEOSGeometry(memoryview(value)) if isinstance(value, bytes) else value


@cache
def _locked() -> str:
    return _text("locked.sql").format(
        columns=", ".join(_column(field) for field in ServiceRequest._meta.concrete_fields),
        service_version=services.VERSION_SQL,
        jurisdiction_version=jurisdictions.VERSION_SQL,
    )


def _column(field: Any) -> str:
    column = f"r.{field.column}"
    return f"ST_AsEWKB({column}) as {field.column}" if isinstance(field, GeometryField) else column


@cache
def _text(name: str) -> str:
    return (_STEPS / name).read_text(encoding="utf-8")
