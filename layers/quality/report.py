"""The quality report of an edition: ``run`` makes one and keeps it; ``asked`` and ``run_kept`` do it as a job.

Steps come one after the other, each with its progress; what they find goes into one book, which is written at the end
in one transaction. Nothing of the edition itself is changed, but that successions are proposed for areas that it no
longer has; proposals that somebody confirmed stay.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import timezone

from layers import activation
from layers.bulk import Progress, silent
from layers.errors import Conflict, NotFound
from layers.models import Edition, Kind, QualityReport
from layers.quality import (
    change,
    codes,
    hands,
    nesting,
    outlines,
    position,
    siblings,
    staged,
    store,
    streets,
    texts,
)  # fmt: skip
from layers.quality.change import Change
from layers.quality.findings import Book
from layers.quality.hands import Handover
from layers.quality.layer import Layer, features, read

# Called with a step's name and its number of features; returns what is told of features done.
Steps = Callable[[str, int], Progress]
STEPS = ("reading", "staged", "outlines", "siblings", "nesting", "streets", "change")


def _quiet(_step: str, _total: int) -> Progress:
    return silent


def run(edition: Edition, progress: Steps = _quiet, *, against: Edition | None = None) -> QualityReport:
    """Makes the report of an edition and keeps it.

    ``against`` is the edition to compare with, the one in force on its first day unless told.
    """
    return run_kept(asked(edition, against), progress)


def asked(edition: Edition, against: Edition | None = None) -> QualityReport:
    """A report that waits to be made. Conflict where ``against`` is of another kind."""
    if against is not None and against.kind_id != edition.kind_id:
        raise Conflict(f"Edition {against.pk} is of kind {against.kind.code}, not {edition.kind.code}.")
    other = against or predecessor(edition)
    return QualityReport.objects.create(edition=edition, against=other, asked_at=timezone.now())


def edition_or_none(edition_id: int) -> Edition | None:
    """An edition with its kind and jurisdiction."""
    return Edition.objects.select_related("kind__jurisdiction", "kind__nests_in").filter(pk=edition_id).first()


def edition_of(edition_id: int) -> Edition:
    """The same. NotFound for none."""
    found = edition_or_none(edition_id)
    if found is None:
        raise NotFound(f"There is no edition {edition_id}. load_layer --commit prints the number of what it made.")
    return found


def newest(edition: Edition) -> QualityReport | None:
    """The newest finished report of an edition."""
    return QualityReport.objects.filter(edition=edition, state=QualityReport.State.DONE).order_by("-pk").first()


def predecessor(edition: Edition) -> Edition | None:
    """The edition that stands where this one comes in: in force on its first day, or before it where it is active.

    None for the first of its kind.
    """
    others = Edition.objects.filter(kind=edition.kind, state=Edition.State.ACTIVE).exclude(pk=edition.pk)
    days = edition.in_force if edition.state == Edition.State.ACTIVE else edition.wanted
    if edition.state == Edition.State.ACTIVE:
        if days.lower is None:
            return None
        return others.filter(in_force__endswith=days.lower).first()
    first = days.lower if days is not None and days.lower else None
    day = first or edition.kind.jurisdiction.local_date(timezone.now())
    return others.filter(in_force__contains=day).first() or others.order_by("-seq").first()


def run_kept(report: QualityReport, progress: Steps = _quiet) -> QualityReport:
    """Makes a report that was asked for. What ends it early stands in the report, and is raised."""
    live = _Live(report, progress)
    try:
        with _uncollected():
            book, changed, handovers = _made(edition_of(report.edition_id), report, live)
            live.finish()
        store.write(report, book, changed, handovers, live.seconds)
    except Exception as error:
        store.failed(report, str(error) or type(error).__name__)
        raise
    return report


def _made(edition: Edition, report: QualityReport, live: _Live) -> tuple[Book, Change | None, list[Handover]]:
    kind = edition.kind
    book = Book(kind)
    layer = read(edition, live.step("reading", features(edition)))
    book.facts |= _facts(edition, layer)
    staged.look(edition, book, live.step("staged", staged.count(edition)))
    texts.look(edition, book)
    codes.look(layer, book)
    outlines.look(layer, book, live.step("outlines", len(layer)))
    if kind.geometry == Kind.Geometry.POLYGON and len(layer):
        siblings.look(layer, book, live.step("siblings", len(layer)))
        nesting.look(layer, book, live.step("nesting", len(layer)))
    if kind.feature_class == Kind.FeatureClass.CENTERLINE:
        live.step("streets", 0)
        streets.look(layer, book)
    return _compared(layer, book, report, live)


def _compared(
    layer: Layer, book: Book, report: QualityReport, live: _Live
) -> tuple[Book, Change | None, list[Handover]]:
    if report.against_id is None:
        position.look(layer, None, book)
        return book, None, []
    old = edition_of(report.against_id)
    live.step("change", 0)
    before = read(old)
    position.look(layer, before, book)
    changed = change.compare(layer, before)
    return book, changed, hands.changing(layer, before, changed)


def _facts(edition: Edition, layer: Layer) -> dict[str, Any]:
    loaded = edition.report
    return {
        "features": len(layer),
        "in_file": loaded.get("in_file"),
        "selected": loaded.get("selected"),
        "where": loaded.get("where", ""),
        "decided": staged.decided(edition),
        "area_m2": round(float(layer.area_m2.sum()), 1),
        "vertices": int(layer.vertices.sum()),
        "source_crs": edition.source_crs,
        "accuracy_m": edition.accuracy_m,
        "transformation": loaded.get("transformation", ""),
        "metric_srid": layer.srid,
        "wanted": activation.shown_days(edition.wanted) if edition.wanted else "",
    }


@contextmanager
def _uncollected() -> Iterator[None]:
    """No garbage collection meanwhile: it would walk every outline held, again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Live:
    """Where a run is: told to whoever watches it, and to the row that a page reads."""

    _EVERY_S = 0.5

    def __init__(self, report: QualityReport, progress: Steps) -> None:
        self.report, self.progress = report, progress
        self.seconds: dict[str, float] = {}
        self._name, self._since, self._written = "", time.perf_counter(), 0.0
        now = timezone.now()
        report.state, report.started_at, report.seen_at = QualityReport.State.RUNNING, now, now
        report.save(update_fields=["state", "started_at", "seen_at"])

    def step(self, name: str, total: int) -> Progress:
        """Begins a step; what is returned is told how many more features are done."""
        self.finish()
        self._name = name
        self.report.step, self.report.done, self.report.total = name, 0, total
        self._write()
        watched = self.progress(name, total)

        def done(count: int) -> None:
            watched(count)
            self.report.done += count
            if time.perf_counter() - self._written > self._EVERY_S:
                self._write()

        return done

    def finish(self) -> None:
        """Ends a step and notes its seconds."""
        now = time.perf_counter()
        if self._name:
            self.seconds[self._name] = round(now - self._since, 3)
        self._since = now

    def _write(self) -> None:
        self._written = time.perf_counter()
        self.report.seen_at = timezone.now()
        self.report.save(update_fields=["step", "done", "total", "seen_at"])


def difference(edition: Edition, against: Edition) -> tuple[Change, list[Handover]]:
    """What an edition changes against another one of its kind, and what changes hands; nothing is kept."""
    new, old = read(edition), read(against)
    changed = change.compare(new, old)
    return changed, hands.changing(new, old, changed)
