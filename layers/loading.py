"""Loading a file as a draft edition: the one function behind load_layer."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from django.db import transaction
from django.utils import timezone
from psycopg.types.range import DateRange

from layers import files
from layers.bulk import Progress, silent
from layers.commit import Committed, commit, next_seq
from layers.crosswalk import Crosswalk, read_crosswalk
from layers.decisions import Decisions
from layers.errors import BadFile
from layers.kinds import KindChoice, ensure_kind
from layers.models import Edition, Jurisdiction, Kind
from layers.prepare import Prepared, prepare
from layers.staging import stage
from layers.transform import MAX_ACCURACY_M


@dataclass(frozen=True)
class LoadOptions:
    """How a file is to be read: everything that load_layer can be told about it besides the kind."""

    layer: str | None = None
    code_field: str | None = None
    name_field: str | None = None
    crosswalk: Path | str | None = None
    where: str | None = None
    source_srid: int | None = None
    encoding: str | None = None
    invalid: Decisions = field(default_factory=Decisions)
    max_accuracy_m: float = MAX_ACCURACY_M
    wanted: DateRange | None = None


@dataclass(frozen=True)
class LoadResult:
    """What a load did or, as a dry run, would do. ``edition`` is None after a dry run; seconds are by step."""

    kind_code: str
    edition: int | None
    seq: int
    counts: Committed
    report: dict[str, Any]
    source_crs: str
    accuracy_m: float
    seconds: dict[str, float] = field(default_factory=dict)


class _DryRun(Exception):
    """Raised inside a dry run's transaction so that nothing of it stays."""


def load(
    jurisdiction: Jurisdiction,
    path: Path | str,
    *,
    kind: str,
    options: LoadOptions | None = None,
    choice: KindChoice | None = None,
    commit: bool = False,
    progress: Callable[[str, int], Progress] | None = None,
) -> LoadResult:
    """Reads a file into a draft edition of a kind, all or nothing; without ``commit`` counts the same and keeps none.

    ``progress`` is called with a step's name and its number of rows, and returns what is told of rows done.
    BadFile (Refused) for a file that cannot be accepted, Conflict for a kind that is described differently.
    """
    options = options or LoadOptions()
    steps = progress or (lambda _name, _total: silent)
    results: list[LoadResult] = []
    try:
        with transaction.atomic(), _uncollected():
            results.append(_load(jurisdiction, Path(path), kind, options, choice, steps))
            if not commit:
                raise _DryRun
    except _DryRun:
        result = results[0]
        return LoadResult(**{**result.__dict__, "edition": None})
    return results[0]


def _load(
    jurisdiction: Jurisdiction,
    path: Path,
    code: str,
    options: LoadOptions,
    choice: KindChoice | None,
    steps: Callable[[str, int], Progress],
) -> LoadResult:
    kind = ensure_kind(jurisdiction, code, choice)
    # Two loads of one kind at once would number their editions alike.
    kind = Kind.objects.select_for_update().select_related("jurisdiction").get(pk=kind.pk)
    clock = _Clock()
    prepared = _prepared(path, kind, options)
    clock.stop("read and check")
    edition = _edition(prepared, kind, options)
    stage(prepared, edition, steps("staging", len(prepared.table)))
    clock.stop("stage")
    counts = commit(prepared, edition, steps("committing", len(prepared.kept)))
    clock.stop("commit")
    edition.report = prepared.report | {"written": counts.__dict__}
    edition.save(update_fields=["report"])
    transform = prepared.transformation
    return LoadResult(
        kind.code, edition.pk, edition.seq, counts, edition.report, transform.source_name, transform.accuracy_m,
        clock.seconds,
    )  # fmt: skip


@contextmanager
def _uncollected() -> Iterator[None]:
    """No garbage collection meanwhile: a load makes no cycles, and the collector would walk its million live values."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _prepared(path: Path, kind: Kind, options: LoadOptions) -> Prepared:
    crosswalk = read_crosswalk(options.crosswalk, kind) if options.crosswalk else Crosswalk()
    crosswalk = crosswalk.with_options(
        code_field=options.code_field, name_field=options.name_field, where=options.where
    )
    layer, encoding = options.layer or crosswalk.layer, options.encoding or crosswalk.encoding
    with files.opened(path, layer=layer, encoding=encoding) as source:
        return prepare(
            source,
            kind,
            crosswalk,
            decided=options.invalid,
            source_srid=options.source_srid,
            max_accuracy_m=options.max_accuracy_m,
        )


def _edition(prepared: Prepared, kind: Kind, options: LoadOptions) -> Edition:
    return Edition.objects.create(
        kind=kind,
        seq=next_seq(kind),
        wanted=options.wanted,
        source=prepared.source.name[:255],
        source_layer=(prepared.source.member or prepared.source.layer or "")[:255],
        source_sha256=prepared.source.sha256,
        source_crs=prepared.transformation.source_name[:120],
        accuracy_m=prepared.transformation.accuracy_m,
        loaded_at=timezone.now(),
    )


def days_wanted(text: str) -> DateRange:
    """The days of "FROM", "FROM..TO" or "..TO" (YYYY-MM-DD; TO is the last day) as a half-open range."""
    first, _, last = text.partition("..")
    lower = _day(first, text) if first else None
    upper = _day(last, text) + timedelta(days=1) if last else None
    if (not first and not last) or (lower and upper and lower >= upper):
        raise BadFile(f"--in-force {text!r} holds no day: use FROM, FROM..TO or ..TO, both days included.")
    return DateRange(lower, upper)


def _day(text: str, whole: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise BadFile(f"--in-force {whole!r}: {text!r} is no day. Write it as 2024-11-21.") from error


class _Clock:
    """Seconds from step to step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = perf_counter()

    def stop(self, step: str) -> None:
        now = perf_counter()
        self.seconds[step] = now - self._last
        self._last = now
