"""Files that are fetched by schedule: the same file is nothing; another becomes a draft with a report and a mail."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import TypeAlias
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from geoserver_app.editions import fetching, store
from geoserver_app.editions.fetching import Answer, Limits
from geoserver_app.editions.models import Incoming, Source
from geoserver_app.editions.store import Stored
from geoserver_app.notify import for_analysts
from layers.errors import OneMapError
from layers.models import Kind

Fetch: TypeAlias = Callable[..., AbstractContextManager[Answer]]
LONGEST_S = 600.0


def pull_due(now: datetime, *, fetch: Fetch = fetching.fetched) -> list[Incoming]:
    """Looks at every file whose time has come; those that changed, waiting to be loaded."""
    due = Source.objects.filter(is_on=True, next_at__lte=now).select_related("jurisdiction", "made_by")
    return [found for source in due.order_by("next_at", "pk") if (found := pull(source, now, fetch=fetch)) is not None]


def pull(source: Source, now: datetime, *, fetch: Fetch = fetching.fetched) -> Incoming | None:
    """Fetches one file; None where it is the same, or could not be fetched (the reason stands in the row)."""
    source.looked_at, source.next_at = now, now + timedelta(hours=source.every_hours)
    before = source.problem
    try:
        stored = _fetched(source, fetch)
    except OneMapError as error:
        source.outcome, source.problem = "failed", str(error)
        source.save()
        if source.problem != before:
            _tell_failed(source, now)
        return None
    if stored is None or stored.sha256 == source.sha256:
        store.drop(stored.name if stored else "")
        source.outcome, source.problem = "same", ""
        source.save()
        return None
    source.outcome, source.problem, source.sha256 = "draft", "", stored.sha256
    with transaction.atomic():
        source.save()
        return Incoming.objects.create(
            jurisdiction=source.jurisdiction, source=source, kind_code=source.kind_code, name=file_name(source.address),
            stored=stored.name, options=source.options, asked_by=source.made_by, asked_at=now,
        )  # fmt: skip


def _fetched(source: Source, fetch: Fetch) -> Stored | None:
    limit, name = settings.UPLOAD_LIMIT_BYTES, file_name(source.address)
    if not is_web(source.address):
        path = fetching.in_folder(Path(settings.PULL_DIR), source.address)
        return store.keep(fetching.chunks_of(path), name, limit=limit)
    with fetch(source.address, etag=source.etag, limits=Limits(limit, LONGEST_S)) as answer:
        if answer.chunks is None:
            return None
        stored = store.keep(answer.chunks, name, limit=limit)
    source.etag = answer.etag[:200]
    return stored


def is_web(address: str) -> bool:
    """Whether an address is one of the web; anything else is a file in the folder."""
    return "://" in address


def file_name(address: str) -> str:
    """What the file is called, from where it comes from."""
    path = urlsplit(address).path if is_web(address) else address
    return (PurePosixPath(path).name or "file")[:200]


def check_address(address: str) -> None:
    """NotFetched where nothing can be fetched from an address, as it stands now."""
    if is_web(address):
        parts = fetching.parts_of(address)
        fetching.addresses_of(parts.hostname or "", parts.port or 443, fetching.PUBLIC)
    else:
        fetching.in_folder(Path(settings.PULL_DIR), address)


def tell(incoming: Incoming, *, at: datetime) -> None:
    """Mails whoever has this file fetched what became of it."""
    source, user = incoming.source, incoming.asked_by
    if source is None or user is None:
        return
    edition = incoming.edition
    features = edition.report.get("kept", 0) if edition is not None else None
    path = f"/console/gis/editions/{edition.pk}/" if edition is not None else f"/console/gis/files/{incoming.pk}/"
    for_analysts.fetched(
        incoming.jurisdiction, user, kind=_kind_name(source), file=incoming.name, address=source.address, path=path,
        features=features, problem=incoming.problem, cause=f"file:{incoming.pk}", at=at,
    )  # fmt: skip


def _tell_failed(source: Source, now: datetime) -> None:
    if source.made_by is None:
        return
    for_analysts.fetched(
        source.jurisdiction, source.made_by, kind=_kind_name(source), file=file_name(source.address),
        address=source.address, path="/console/gis/sources/", features=None, problem=source.problem,
        cause=f"source:{source.pk}:{now:%Y%m%d%H%M%S}", at=now,
    )  # fmt: skip


def _kind_name(source: Source) -> str:
    kind = Kind.objects.filter(jurisdiction=source.jurisdiction_id, code=source.kind_code).first()
    return kind.name if kind is not None else source.kind_code
