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
from layers.bulk import Behind, Progress, behind, silent
from layers.commit import Committed, commit, next_seq
from layers.crosswalk import Crosswalk, read_crosswalk
from layers.decisions import Decisions
from layers.errors import BadFile
from layers.kinds import KindChoice, ensure_kind
from layers.models import Edition, Jurisdiction, Kind
from layers.prepare import Prepared, Read, prepare
from layers.staging import settle, stage
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
        with transaction.atomic(), _uncollected(), behind() as writing:
            results.append(_load(jurisdiction, Path(path), kind, options, choice, steps, writing))
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
    writing: Behind,
) -> LoadResult:
    kind = ensure_kind(jurisdiction, code, choice)
    # Two loads of one kind at once would number their editions alike.
    kind = Kind.objects.select_for_update().select_related("jurisdiction").get(pk=kind.pk)
    clock, draft = _Clock(), _Draft(kind, options, writing, steps)
    prepared = _prepared(path, kind, options, draft.stage)
    edition, read = draft.begun
    clock.stop("read and check, staging behind")
    writing.wait()
    settle(prepared, read, edition)
    clock.stop("stage")
    counts = commit(prepared, edition, writing, steps("committing", len(prepared.kept)))
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


def _prepared(path: Path, kind: Kind, options: LoadOptions, when_read: Callable[[Read], None]) -> Prepared:
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
            when_read=when_read,
        )


class _Draft:
    """The edition that a layer becomes; its features are staged while they are looked at."""

    def __init__(
        self, kind: Kind, options: LoadOptions, writing: Behind, steps: Callable[[str, int], Progress]
    ) -> None:
        self._kind, self._options, self._writing, self._steps = kind, options, writing, steps
        self.begun: tuple[Edition, Read]

    def stage(self, read: Read) -> None:
        edition = _edition(read, self._kind, self._options)
        self.begun = edition, read
        stage(read, edition, self._writing, self._steps("staging", len(read.table)))


def _edition(read: Read, kind: Kind, options: LoadOptions) -> Edition:
    return Edition.objects.create(
        kind=kind,
        seq=next_seq(kind),
        wanted=options.wanted,
        source=read.source.name[:255],
        source_layer=(read.source.member or read.source.layer or "")[:255],
        source_sha256=read.source.sha256,
        source_crs=read.transformation.source_name[:120],
        accuracy_m=read.transformation.accuracy_m,
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
