"""A file on its way to becoming a draft: read with what was said about it, checked, or refused with its sentence."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from geoserver_app.editions import store
from geoserver_app.editions.beside import Tell, telling
from geoserver_app.editions.models import Incoming
from layers import proposal
from layers.bulk import Progress
from layers.crosswalk import columns_of, parsed
from layers.decisions import decisions
from layers.errors import OneMapError
from layers.faults import Refused
from layers.kinds import KindChoice
from layers.loading import LoadOptions, LoadResult, days_wanted, load
from layers.models import Edition, QualityReport
from layers.proposal import Proposal
from layers.quality import report as quality

# A refused file waits this long for decisions about its faults, another one for its crosswalk.
KEEP = timedelta(days=2)


def receive(incoming_id: int) -> tuple[Incoming, QualityReport | None]:
    """Makes a draft of a file, whole or not at all; its report is asked for with it. Refusals stand in the row."""
    incoming = Incoming.objects.select_related("jurisdiction", "source").get(pk=incoming_id)
    if incoming.state not in (Incoming.State.WAITING, Incoming.State.RUNNING):
        return incoming, None
    _write(incoming, state=Incoming.State.RUNNING, step="", done=0, total=0)
    try:
        if incoming.options.get("propose"):
            return _proposed(incoming), None
        with telling(incoming) as tell, transaction.atomic():
            loaded = _load(incoming, tell)
            assert loaded.edition is not None  # noqa: S101  a committed load has one
            edition = Edition.objects.select_related("kind__jurisdiction").get(pk=loaded.edition)
            if edition.source != incoming.name[:255]:
                Edition.objects.filter(pk=edition.pk).update(source=incoming.name[:255])
            asked = quality.asked(edition)
    except OneMapError as error:
        counts = error.counts if isinstance(error, Refused) else {}
        _write(incoming, state=Incoming.State.FAILED, problem=str(error), faults=counts, finished_at=timezone.now())
        return incoming, None
    _write(incoming, state=Incoming.State.DONE, edition=edition, problem="", faults={}, finished_at=timezone.now())
    store.drop(incoming.stored)
    return incoming, asked


def _proposed(incoming: Incoming) -> Incoming:
    """Looks for a crosswalk: that of the last file of the kind where this one has its columns, else a guess."""
    said = {name: value for name, value in incoming.options.items() if name != "propose"}
    found = proposal.proposed(
        incoming.jurisdiction,
        store.path(incoming.stored),
        kind=incoming.kind_code,
        options=load_options(said),
        choice=kind_choice(said),
    )
    document, remarks = found.document, found.remarks
    earlier = _earlier(incoming, found)
    if earlier is not None:
        document, remarks = earlier, []
    kept = {"document": document, "remarks": remarks, "columns": found.columns, "as_last_time": earlier is not None}
    _write(incoming, state=Incoming.State.LOOK, options=said, proposal=kept, problem="", finished_at=timezone.now())
    return incoming


def _earlier(incoming: Incoming, found: Proposal) -> dict[str, Any] | None:
    """The crosswalk of the newest draft of the kind that was made by one, if every column that it names is there."""
    done = Incoming.objects.filter(jurisdiction=incoming.jurisdiction, kind_code=incoming.kind_code)
    before = done.filter(state=Incoming.State.DONE, options__has_key="crosswalk").first()
    if before is None:
        return None
    document = parsed(str(before.options["crosswalk"]))
    there = {name.casefold() for name in found.columns}
    return document if {name.casefold() for name in columns_of(document)} <= there else None


def _write(incoming: Incoming, **columns: Any) -> None:
    for name, value in columns.items():
        setattr(incoming, name, value)
    incoming.save(update_fields=list(columns))


def _load(incoming: Incoming, tell: Tell) -> LoadResult:
    with tempfile.TemporaryDirectory(prefix="crosswalk-") as folder:
        options = load_options(incoming.options)
        crosswalk = incoming.options.get("crosswalk", "")
        if crosswalk:
            written = Path(folder) / "crosswalk.yaml"
            written.write_text(crosswalk, encoding="utf-8")
            options = replace(options, crosswalk=written)
        return load(
            incoming.jurisdiction,
            store.path(incoming.stored),
            kind=incoming.kind_code,
            options=options,
            choice=kind_choice(incoming.options),
            commit=True,
            progress=_steps(tell),
        )


def _steps(tell: Tell) -> Callable[[str, int], Progress]:
    def begin(step: str, total: int) -> Progress:
        done = 0
        tell(at_once=True, step=step[:40], done=0, total=total)

        def more(rows: int) -> None:
            nonlocal done
            done += rows
            tell(done=done)

        return more

    return begin


def load_options(said: dict[str, Any]) -> LoadOptions:
    """What somebody said about a file, as load_layer takes it. BadFile for days or decisions that are none."""

    def text(name: str) -> str | None:
        return str(said.get(name) or "") or None

    srid = text("source_srid") or ""
    return LoadOptions(
        layer=text("layer"),
        code_field=text("code_field"),
        name_field=text("name_field"),
        where=text("where"),
        encoding=text("encoding"),
        source_srid=int(srid) if srid.isdigit() else None,
        invalid=decisions(said.get("invalid") or []),
        wanted=days_wanted(said["in_force"]) if said.get("in_force") else None,
    )


def kind_choice(said: dict[str, Any]) -> KindChoice:
    """What somebody said about the kind of a file: of one that is made with it."""
    return KindChoice(**(said.get("choice") or {}))


def forget() -> int:
    """Deletes files that were refused, or wait for a crosswalk, and that nobody decided about for a while; how many."""
    waiting = Incoming.objects.filter(state__in=[Incoming.State.FAILED, Incoming.State.LOOK])
    old = waiting.filter(finished_at__lt=timezone.now() - KEEP).exclude(stored="")
    for one in old:
        store.drop(one.stored)
        _write(one, stored="")
    return len(old)
