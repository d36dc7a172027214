"""Writes many reports down at once, by COPY: the same rows that store() writes for each of them.

A batch is the temporary table intake_batch (stage), from which the rows beside the requests are made (write_beside).
The requests themselves are written by flow in one statement together with what they became, so that no row is written
twice.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias, cast
from zoneinfo import ZoneInfo

from django.db import connection
from psycopg.types.json import Jsonb

from geoserver_app.catalog.models import Service
from geoserver_app.intake import private_store
from geoserver_app.intake.contact import email_hash, phone_hash
from geoserver_app.intake.models import Media, MediaLink, Reporter
from geoserver_app.intake.store import links_of
from geoserver_app.intake.submission import Submission
from geoserver_app.intake.tracking import CODE_ALPHABET, CODE_LENGTH, TrackingNumber
from layers.errors import NotFound
from layers.mercator import grid_position
from layers.models import Jurisdiction

BATCH = """
    id bigint not null, incident_id bigint not null, own_incident boolean not null, service_request_id text not null,
    access_code text not null, idempotency_key text, service_id bigint not null, channel text not null,
    source text not null, external_id text not null, language text not null, requested_datetime timestamptz not null,
    received_at timestamptz not null, description text not null, accuracy_m float8, address_text text not null,
    asset_id bigint, answers jsonb, place_method text not null, lon float8, lat float8, tile_x int, tile_y int,
    morton bigint, located_lon float8, located_lat float8, located_address text
"""
_COLUMNS = ", ".join(column.split()[0] for column in BATCH.split(","))
Key: TypeAlias = str


@dataclass(frozen=True, slots=True)
class Filed:
    """A report with the moment at which it was taken in (aware), which for imports lies in the past.

    ``same_as`` is the key of an earlier report of the same incident, in this batch or stored before.
    """

    submission: Submission
    at: datetime
    same_as: Key = ""

    @property
    def key(self) -> Key:
        """How it is known again: its idempotency key, else its source and its number there; "" where it has neither."""
        given = self.submission
        return given.idempotency_key or (f"{given.source}:{given.external_id}" if given.external_id else "")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a report is: degrees (EPSG:4326) or nowhere, how that is known, and where its address was found."""

    lon: float | None
    lat: float | None
    method: str
    located_lon: float | None = None
    located_lat: float | None = None
    located_address: str | None = None


@dataclass(frozen=True)
class Reserved:
    """What is settled of each report before the transaction that writes it: its number, its id, its incident.

    ``incidents`` are ids, and whether the report begins the incident.
    """

    numbers: list[str]
    ids: list[int]
    incidents: list[tuple[int, bool]]


# The incidents of reports by their keys, where they are on their way and not to be seen in the database yet.
Underway: TypeAlias = Mapping[Key, int]


def unseen(batch: Sequence[Filed], jurisdiction: Jurisdiction, underway: Underway) -> list[Filed]:
    """The reports of a batch that are neither stored nor on their way, each key once, in order."""
    stored = _incidents_of([one.key for one in batch if one.key], jurisdiction)
    fresh: dict[Key, Filed] = {}
    for number, one in enumerate(batch):
        if one.key not in stored and one.key not in underway:
            fresh.setdefault(one.key or f"\0{number}", one)
    return list(fresh.values())


def reserve(
    batch: Sequence[Filed], jurisdiction: Jurisdiction, underway: Underway, *, for_good: bool = True
) -> Reserved:
    """Takes numbers and ids for a batch before its own transaction; they are lost where it fails.

    Not ``for_good``: no tracking number is used up. NotFound where a report is the same as one that is not there.
    """
    incidents = _incidents(batch, jurisdiction, underway)
    ids = _next_ids("intake_servicerequest", len(batch))
    numbers = _reserve_numbers(batch, jurisdiction) if for_good else [f"~{one}" for one in ids]
    return Reserved(numbers, ids, incidents)


def _reserve_numbers(batch: Sequence[Filed], jurisdiction: Jurisdiction) -> list[str]:
    """A tracking number for each report, by the local year in which it was taken in.

    Taken outside the batch's transaction: those who report meanwhile must not wait for it.
    """
    zone = ZoneInfo(jurisdiction.time_zone)
    years = [one.at.astimezone(zone).year for one in batch]
    running: dict[int, Iterator[int]] = {}
    for year, count in sorted(Counter(years).items()):
        last = _advance(jurisdiction.pk, year, count)
        running[year] = iter(range(last - count + 1, last + 1))
    return [str(TrackingNumber(year % 100, next(running[year]))) for year in years]


def stage(batch: Sequence[Filed], spots: Sequence[Spot], reserved: Reserved) -> None:
    """Makes intake_batch and fills it. Call inside a transaction."""
    codes = _access_codes(len(batch))
    with connection.cursor() as cursor:
        cursor.execute(f"create temporary table intake_batch ({BATCH}) on commit drop")
        with cast(Any, cursor).copy(f"copy intake_batch ({_COLUMNS}) from stdin") as copy:
            for row in zip(reserved.ids, batch, spots, reserved.numbers, codes, reserved.incidents, strict=True):
                copy.write_row(_row(*row))
        cursor.execute("create index on intake_batch (id)")
        cursor.execute("analyze intake_batch (id, service_id)")


def write_beside(batch: Sequence[Filed], ids: Sequence[int], jurisdiction: Jurisdiction) -> None:
    """Writes incidents, answers, reporters and photos of a staged batch."""
    folder = Path(__file__).parent / "steps"
    with connection.cursor() as cursor:
        for step in ("incidents", "answers"):
            cursor.execute((folder / f"{step}.sql").read_text(encoding="utf-8"), {"jurisdiction": jurisdiction.pk})
    _copy_reporters(batch, ids)
    _keep_photos(batch, ids, jurisdiction)


def _row(
    request_id: int, one: Filed, spot: Spot, number: str, code: str, incident: tuple[int, bool]
) -> tuple[object, ...]:
    given = one.submission
    cell = None if spot.lon is None or spot.lat is None else grid_position(spot.lon, spot.lat)
    return (
        request_id, *incident, number, code, given.idempotency_key or None, given.service_id, given.channel,
        given.source, given.external_id, given.language, given.requested_datetime or one.at, one.at, given.description,
        given.accuracy_m, given.address_text, given.asset_id, Jsonb(given.answers) if given.answers else None,
        spot.method, spot.lon, spot.lat, cell and cell.x, cell and cell.y, cell and cell.morton,
        spot.located_lon, spot.located_lat, spot.located_address,
    )  # fmt: skip


def _incidents(batch: Sequence[Filed], jurisdiction: Jurisdiction, underway: Underway) -> list[tuple[int, bool]]:
    """The incident of each report, and whether the report begins it."""
    begun = [not one.submission.incident_id and not one.same_as for one in batch]
    fresh = iter(_next_ids("intake_incident", sum(begun)))
    elsewhere = {one.same_as for one in batch} - {one.key for one in batch} - {""}
    known = {key: underway[key] for key in elsewhere if key in underway}
    known |= _incidents_of(sorted(elsewhere - known.keys()), jurisdiction)
    found: list[tuple[int, bool]] = []
    for one, begins in zip(batch, begun, strict=True):
        incident = next(fresh) if begins else one.submission.incident_id or known.get(one.same_as)
        if incident is None:
            raise NotFound(f"Report '{one.key}' is the same as '{one.same_as}', which is not there before it.")
        known.setdefault(one.key, incident)
        found.append((incident, begins))
    return found


def _incidents_of(keys: Sequence[Key], jurisdiction: Jurisdiction) -> dict[Key, int]:
    """The incidents of stored reports by their keys."""
    found: dict[Key, int] = dict(_rows(_BY_KEY, jurisdiction.pk, list(keys)))
    sources: dict[str, list[str]] = {}
    for key in keys:
        source, mark, number = key.partition(":")
        if mark and key not in found:
            sources.setdefault(source, []).append(number)
    for source, numbers in sources.items():
        found |= {f"{source}:{number}": pk for number, pk in _rows(_BY_NUMBER, jurisdiction.pk, source, numbers)}
    return found


# Ten thousand keys are one value each: written out one by one they cost more than they are worth to look up.
_BY_KEY = """select idempotency_key, incident_id from intake_servicerequest
    where jurisdiction_id = %s and idempotency_key = any(%s::text[])"""
_BY_NUMBER = """select external_id, incident_id from intake_servicerequest
    where jurisdiction_id = %s and source = %s and external_id = any(%s::text[]) and external_id <> ''"""


def _rows(statement: str, *values: Any) -> list[tuple[Any, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _copy_reporters(batch: Sequence[Filed], ids: Sequence[int]) -> None:
    columns = "request_id, name, email, phone, postal_address, tell_by, language, email_hash, phone_hash"
    with connection.cursor() as cursor, cast(Any, cursor).copy(f"copy intake_reporter ({columns}) from stdin") as copy:
        for request_id, one in zip(ids, batch, strict=True):
            contact = one.submission.contact
            if contact.is_anonymous and contact.tell_by == Reporter.TellBy.NONE:
                continue
            copy.write_row((
                request_id, contact.name, contact.email, contact.phone, contact.postal_address, contact.tell_by,
                one.submission.language, email_hash(contact.email), phone_hash(contact.phone),
            ))  # fmt: skip


def _keep_photos(batch: Sequence[Filed], ids: Sequence[int], jurisdiction: Jurisdiction) -> None:
    both = zip(ids, batch, strict=True)
    illustrated = [(pk, one) for pk, one in both if one.submission.photos or one.submission.media_urls]
    if not illustrated:
        return
    open_to_all = _open_to_all(jurisdiction)
    Media.objects.bulk_create(
        _medium(request_id, photo, one.at, open_to_all[one.submission.service_id])
        for request_id, one in illustrated
        for photo in one.submission.photos
    )
    MediaLink.objects.bulk_create(
        link
        for request_id, one in illustrated
        for link in links_of(
            request_id, one.submission.media_urls, at=one.at, is_public=open_to_all[one.submission.service_id]
        )
    )


def _medium(request_id: int, photo: Any, at: datetime, is_public: bool) -> Media:
    kept = private_store.keep(photo)
    return Media(
        request_id=request_id, file=kept.file, thumbnail=kept.thumbnail, width=photo.width, height=photo.height,
        sha256=photo.sha256, is_public=is_public, created_at=at,
    )  # fmt: skip


def _open_to_all(jurisdiction: Jurisdiction) -> Mapping[int, bool]:
    policies = Service.objects.filter(jurisdiction=jurisdiction).values_list("pk", "photo_publication")
    return {pk: policy == Service.Publication.AT_ONCE for pk, policy in policies}


def _access_codes(count: int) -> list[str]:
    """Codes as new_access_code() makes them, from one draw: bytes beyond a whole multiple of the alphabet are left."""
    size = len(CODE_ALPHABET)
    whole = 256 - 256 % size
    letters: list[str] = []
    while len(letters) < count * CODE_LENGTH:
        drawn = secrets.token_bytes(count * CODE_LENGTH * 2)
        letters += [CODE_ALPHABET[byte % size] for byte in drawn if byte < whole]
    text = "".join(letters)
    return [text[start : start + CODE_LENGTH] for start in range(0, count * CODE_LENGTH, CODE_LENGTH)]


def _advance(jurisdiction_id: int, year: int, count: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into intake_runningnumber (jurisdiction_id, year, last) values (%(place)s, %(year)s, %(count)s)"
            " on conflict (jurisdiction_id, year) do update set last = intake_runningnumber.last + %(count)s"
            " returning last",
            {"place": jurisdiction_id, "year": year, "count": count},
        )
        return int(cursor.fetchone()[0])


def _next_ids(table: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select array(select nextval(s.name) from generate_series(1, %s)"
            " cross join (select pg_get_serial_sequence(%s, 'id')::regclass as name offset 0) as s)",
            [count, table],
        )
        return list(cursor.fetchone()[0])
