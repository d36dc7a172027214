"""Which incidents a report may be one more report of: with a score and with what speaks for it. Writes nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from psycopg.types.json import Jsonb

from layers.asked import ask
from layers.metric import in_reach_sql

# Scores are chances in percent (docs/dispatch/duplicates.md has what they were measured at): from the first on it is
# worth somebody's question while they report, from the second on a look at the desk.
SUGGESTED: Final = 84
WORTH_A_LOOK: Final = 45
MOST: Final = 3
# So many open requests around a report are compared with it, the nearest: nobody's street has more within reach.
LOOKED_AT: Final = 200
_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Probe:
    """A report before it is sent: what is known of it. ``lon``, ``lat`` in degrees (EPSG:4326).

    ``answers`` are texts by the codes of their questions. ``at`` is now (aware): only what came before is asked.
    """

    jurisdiction_id: int
    service_id: int
    lon: float
    lat: float
    at: datetime
    accuracy_m: float | None = None
    asset_id: int | None = None
    parcel_id: int | None = None
    words: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Candidate:
    """An incident, by the request that leads it, and why it may be the same. ``alike`` (0-1) compares the words.

    ``key`` is the id of the request that was asked about; 0 for a report that is not sent yet. ``metres`` and ``days``
    are from the nearest report of the incident; ``people`` is how many reported it.
    """

    key: int
    request_id: int
    incident_id: int
    score: int
    metres: float
    days: float
    is_own: bool
    same_asset: bool
    same_parcel: bool
    alike: float
    same_answers: int
    other_answers: int
    people: int


# What of a stored request is looked at: everything, by staff; the public row, by whoever is about to report.
_TRUE_ROW: Final = {
    "geom": "r.geom",
    "accuracy": "r.accuracy_m",
    "words": "lower(unaccent(r.description))",
    "asset": "r.asset_id",
    "parcel": "r.parcel_id",
    "answers": "select t.code, a.value #>> '{}' as value from intake_answer a"
    " join catalog_serviceattribute t on t.id = a.attribute_id where a.request_id = n.id and t.datatype = 'string'",
    "seen": "true",
    "leads": "true",
}
_PUBLIC_ROW: Final = {
    "geom": "r.public_geom",
    "accuracy": "null::float8",
    "words": "lower(unaccent(r.public_description))",
    "asset": "null::bigint",
    "parcel": "null::bigint",
    "answers": "select ''::text as code, ''::text as value where false",
    "seen": "r.is_public",
    "leads": "l.is_public",
}
_OPEN: Final = "r.state not in ('closed', 'cancelled')"
_UNSENT: Final = """
    select 0::bigint as key, null::bigint as incident_id, %(jurisdiction)s::bigint as jurisdiction_id,
           %(service)s::bigint as service_id, ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 4326) as geom,
           %(accuracy)s::float8 as accuracy_m, %(asset)s::bigint as asset_id, %(parcel)s::bigint as parcel_id,
           lower(unaccent(%(words)s::text)) as words, %(answers)s::jsonb as answers, %(at)s::timestamptz as at
"""
_STORED: Final = """
    select q.id as key, q.incident_id, q.jurisdiction_id, q.service_id, q.geom, q.accuracy_m, q.asset_id, q.parcel_id,
           lower(unaccent(q.description)) as words, q.received_at as at,
           coalesce((select jsonb_object_agg(t.code, a.value #>> '{}') from intake_answer a
                     join catalog_serviceattribute t on t.id = a.attribute_id
                     where a.request_id = q.id and t.datatype = 'string'), '{}') as answers
    from intake_servicerequest q where q.id = any(%(requests)s::bigint[])
"""


def find(probe: Probe, *, public: bool, least: int = SUGGESTED, most: int = MOST) -> list[Candidate]:
    """Incidents that a report which is being made may be about, best first.

    With ``public`` only the public rows of requests are looked at: what a resident may know.
    """
    return _asked(
        statement(_UNSENT, public=public),
        {
            "jurisdiction": probe.jurisdiction_id, "service": probe.service_id, "lon": probe.lon, "lat": probe.lat,
            "accuracy": probe.accuracy_m, "asset": None if public else probe.asset_id,
            "parcel": None if public else probe.parcel_id, "words": probe.words, "answers": Jsonb(dict(probe.answers)),
            "at": probe.at, "least": least, "most": most,
        },
    )  # fmt: skip


def find_for(request_ids: Sequence[int], *, least: int = WORTH_A_LOOK, most: int = MOST) -> list[Candidate]:
    """Of each of some stored requests the incidents, reported before it, that it may be about; in order of ids."""
    return _asked(statement(_STORED, public=False), {"requests": list(request_ids), "least": least, "most": most})


@cache
def statement(probe: str = _STORED, *, public: bool = False, is_open: str = _OPEN) -> str:
    """The statement, for the true rows or for the public ones; ``is_open`` is a condition on r."""
    parts = {
        **(_PUBLIC_ROW if public else _TRUE_ROW), "probe": probe, "open": is_open, "score": _text("score.sql"),
        "in_reach": in_reach_sql("ST_X(p.geom)", "j.metric_srid"),
    }  # fmt: skip
    return re.sub(r"\{(\w+)\}", lambda found: parts[found[1]], _text("candidates.sql"))


def _asked(text: str, values: Mapping[str, Any]) -> list[Candidate]:
    return [Candidate(**row._asdict()) for row in ask(text, {**values, "near": LOOKED_AT})]


@cache
def _text(name: str) -> str:
    """A file of SQL without its comments."""
    lines = (_FOLDER / name).read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("--"))
