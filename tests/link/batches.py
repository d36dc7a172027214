"""Requests as a test asks for them, linked one by one and as a batch, in a form in which the two can be compared."""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from geoserver_app.catalog.models import Service
from geoserver_app.link import bulk
from geoserver_app.link.links import Links
from geoserver_app.link.one import link
from geoserver_app.link.subject import Located, subject_at


@dataclass(frozen=True)
class Asked:
    """One request that nobody stored."""

    service: Service
    at: datetime
    lon: float | None
    lat: float | None
    place_method: str = "pin"
    accuracy_m: float | None = None
    asset_id: int | None = None
    description: str = ""
    located: Located | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    channel: str = "web"
    language: str = "en"


def links_of(asked: Asked) -> Links:
    """Its links, by itself."""
    return link(
        subject_at(
            asked.service, asked.lon, asked.lat, at=asked.at, answers=asked.answers, place_method=asked.place_method,
            accuracy_m=asked.accuracy_m, asset_id=asked.asset_id, description=asked.description, located=asked.located,
        )
    )  # fmt: skip


def fill(requests: list[Asked]) -> None:
    """Puts requests into link_batch; their ids are their places in the list, from 1."""
    bulk.create_batch()
    columns = (
        "request_id, jurisdiction_id, service_id, asset_id, channel, language, requested_datetime, place_method,"
        " accuracy_m, lon, lat, description, located_lon, located_lat, located_address, answers"
    )
    with connection.cursor() as cursor:
        for number, one in enumerate(requests, start=1):
            where = one.located or Located(None, None, None)
            cursor.execute(
                f"insert into link_batch ({columns}) values ({', '.join(['%s'] * 16)})",
                [
                    number, one.service.jurisdiction_id, one.service.pk, one.asset_id, one.channel, one.language,
                    one.at, one.place_method, one.accuracy_m, one.lon, one.lat, one.description, where.lon, where.lat,
                    where.address, json.dumps(one.answers) if one.answers else None,
                ],
            )  # fmt: skip


def linked_as_batch(requests: list[Asked]) -> list[dict[str, Any]]:
    """What each request of a batch was linked to, in the form of told()."""
    with transaction.atomic():
        fill(requests)
        bulk.link_many()
        found = read()
        bulk.drop_batch()
    return found


def read() -> list[dict[str, Any]]:
    """The results of a batch, in the form of told()."""
    exceptional: dict[int, list[Any]] = defaultdict(list)
    reviews: dict[int, list[Any]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            "select r.request_id, e.kind_id, e.area_id, e.method, e.metres, e.alternatives"
            " from link_exceptional e join link_result r using (place) order by 1, 2, 3 nulls first"
        )
        for request_id, kind_id, area_id, method, metres, alternatives in cursor.fetchall():
            exceptional[request_id].append((kind_id, area_id, method, _metres(metres), tuple(alternatives)))
        cursor.execute("select request_id, reason, detail::text from link_review")
        for request_id, reason, detail in cursor.fetchall():
            reviews[request_id].append((reason, detail))
        cursor.execute(
            "select request_id, epoch, area_ids, parcel_id, centerline_id, near_border, inside, lies, doubt, reach,"
            " line_m, asset_kind, asset_owner, means, owner_class, land_use, is_public, ST_X(public_geom),"
            " ST_Y(public_geom), public_address, public_area_ids, public_description from link_result order by 1"
        )
        names = [column.name for column in cursor.description]
        names[names.index("st_x")], names[names.index("st_y")] = "lon", "lat"
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        number = row.pop("request_id")
        row["line_m"] = _metres(row["line_m"])
        row["memberships"] = exceptional[number]
        row["reviews"] = sorted((reason, _sorted(json.loads(detail))) for reason, detail in reviews[number])
    return rows


def told(links: Links) -> dict[str, Any]:
    """Links in the form in which a batch has them."""
    public = links.public
    return {
        "epoch": links.epoch,
        "area_ids": list(links.area_ids),
        "parcel_id": links.parcel_id,
        "centerline_id": links.centerline_id,
        "near_border": links.near_border,
        "inside": links.inside,
        "lies": int(links.ground.lies_on),
        "doubt": int(links.ground.doubt),
        "reach": links.ground.reach_m,
        "line_m": _metres(links.ground.line_m),
        "asset_kind": links.evidence.asset_kind,
        "asset_owner": links.evidence.asset_owner,
        "means": links.evidence.means,
        "owner_class": links.owner_class,
        "land_use": links.land_use,
        "is_public": public.is_public,
        "lon": public.lon,
        "lat": public.lat,
        "public_address": public.address,
        "public_area_ids": list(public.area_ids),
        "public_description": public.description,
        "memberships": [
            (row.kind_id, row.area_id, row.method, _metres(row.distance_m), row.alternatives)
            for row in links.memberships
        ],
        "reviews": sorted((doubt.reason, _sorted(doubt.detail)) for doubt in links.reviews),
    }


def _metres(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _sorted(detail: dict[str, Any]) -> str:
    return json.dumps(detail, sort_keys=True)
