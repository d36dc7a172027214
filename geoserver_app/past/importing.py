"""An import, told once: read, looked at, filed through flow, compared, reported. Nothing is told to anybody."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, TextIO, TypeAlias, cast

from django.db import connection, transaction

from geoserver_app.catalog.models import Service
from geoserver_app.flow_many import Opened, Past, Progress, submit_many
from geoserver_app.flow_past import Renewed, renew_many
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.intake.submission import Contact, Submission
from geoserver_app.org.models import Department
from geoserver_app.past import making
from geoserver_app.past.lives import Imported, past_of, staged_of
from geoserver_app.past.mapping import Mapping
from geoserver_app.past.models import ImportRun
from geoserver_app.past.report import REASONS, Report
from geoserver_app.past.sources import Given, Part
from geoserver_app.past.staging import Locked, Rejects, Staged, Staging
from geoserver_app.past.vocabulary import Vocabulary
from layers.models import Jurisdiction

# Each block looks at the whole city's shapes once; as many are in memory as there are connections, and two more.
BLOCK = 20_000
_STEPS = Path(__file__).parent / "steps"
# What step it is and how much there is of it, if that is known; gives what is called as it goes on.
Steps: TypeAlias = Callable[[str, int], Progress]


@dataclass
class Import:
    """One file of one old system on its way in."""

    place: Jurisdiction
    mapping: Mapping
    now: datetime
    commit: bool
    steps: Steps
    rejects: TextIO | None = None
    report: Report = field(default_factory=Report)
    _services: dict[str, int] = field(default_factory=dict)
    _departments: dict[str, int] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def run(self, given: Given, history: Sequence[Part] = ()) -> Report:
        """Reads and looks at all of it, then files it; without ``commit`` all of that is undone.

        BadFile where the file or the mapping is wrong: then nothing was written. BlockFailed where the database
        refused a block: the same again goes on.
        """
        start = time.perf_counter()
        words = Vocabulary(self.mapping, self.place)
        staging = Staging(self.place, self.mapping, words, Rejects(self.report, self.rejects), self.now)
        with Locked(f"{self.place.code}/{self.mapping.source}"), self._rehearsal():
            staging.fill(given.parts, history, self.steps("Reading", 0))
            self._looked_at(staging)
            run = self._begun(given)
            self._made(words)
            self._filed(staging)
            self._compared_with_before(staging)
            self.report.seconds = time.perf_counter() - start
            self._ended(run)
            staging.drop()
        return self.report

    def _rehearsal(self) -> AbstractContextManager[Any]:
        """Blocks have transactions of their own where it is meant; a rehearsal is one that is undone."""
        return nullcontext() if self.commit else _undone()

    def _looked_at(self, staging: Staging) -> None:
        report = self.report
        report.points = [(one.lon, one.lat, one.requests) for one in staging.settle()]
        report.unknown = staging.words.unknown
        report.counts.update(staging.noticed.counts)
        report.counts.update({"requests": 0, **staging.fates()})
        for part, line, number, fate in staging.left():
            staging.rejects.tell(part, line, number, fate, REASONS[fate])

    def _begun(self, given: Given) -> ImportRun:
        return ImportRun.objects.create(
            jurisdiction=self.place, source=self.mapping.source, file_name=given.name[:255], file_sha256=given.sha256,
            mapping=self.mapping.text, began_at=self.now,
        )  # fmt: skip

    def _ended(self, run: ImportRun) -> None:
        ImportRun.objects.filter(pk=run.pk).update(ended_at=self.now, report=self.report.as_json())

    def _made(self, words: Vocabulary) -> None:
        with transaction.atomic():
            self.report.created = making.make(self.place, self.mapping, words, self.place.local_date(self.now))
        self._services = dict(Service.objects.filter(jurisdiction=self.place).values_list("code", "pk"))
        self._departments = dict(Department.objects.filter(jurisdiction=self.place).values_list("code", "pk"))

    def _filed(self, staging: Staging) -> None:
        counts = self.report.counts
        fresh = counts["requests"] - sum(counts[fate] for fate in ("same", "changed", "touched", "not_ours"))
        done = submit_many(
            (self._imported(one) for one in staging.fresh()), jurisdiction=self.place, at=self.now, lives=self._lives,
            progress=self.steps("Filing", fresh), block=BLOCK, commit=self.commit,
        )  # fmt: skip
        counts["new"] = done.new
        counts["renewed"] = renew_many(
            (Renewed(cast(int, one.request_id), self._imported(one)) for one in staging.changed()),
            jurisdiction=self.place, at=self.now, lives=self._lives, untouched=untouched,
            progress=self.steps("Bringing up to date", counts["changed"]), commit=self.commit,
        )  # fmt: skip
        counts["touched"] += counts.pop("changed", 0) - counts["renewed"]

    def _imported(self, one: Staged) -> Imported:
        entry = one.entry
        submission = Submission(
            jurisdiction_id=self.place.pk,
            service_id=self._services[entry.service],
            channel=entry.channel,
            language=entry.language,
            description=entry.description,
            lon=one.lon,
            lat=one.lat,
            accuracy_m=entry.accuracy_m,
            place_method=self._method(one),
            address_text=one.address,
            contact=Contact(*entry.person) if entry.person else _NOBODY,
            requested_datetime=datetime.fromisoformat(entry.requested),
            source=self.mapping.source,
            external_id=one.number,
        )
        return Imported(submission, datetime.fromisoformat(entry.received), staged=one)

    def _method(self, one: Staged) -> str:
        """Old systems put a point where the address is: both are one place, unless people pinned it."""
        if one.lon is None:
            return _NOWHERE
        return _ADDRESS if one.address and self.mapping.place_method == "address" else _PIN

    def _lives(self, opened: Sequence[Opened]) -> Iterator[Past]:
        """Called within the transaction of a block: what became of its requests, and where they came from."""
        told = list(staged_of(opened))
        pasts = [past_of(one, staged, self._departments) for one, staged in told]
        _keep_origins([(past, staged) for past, (_, staged) in zip(pasts, told, strict=True)])
        located = _rows("select count(*) filter (where lon is not null) from intake_batch")[0][0]
        areas = self._agreement(_OF_BLOCK, {})
        with self._lock:
            given = sum(staged.lon is not None for _, staged in told)
            self.report.located.update(given=given, address=located - given, none=len(told) - located)
            self.report.add_areas(areas)
        return iter(pasts)

    def _compared_with_before(self, staging: Staging) -> None:
        """Counts those that were there already into places and areas: the report is about the file, not about a run."""
        found = _rows(_LOCATED)
        given, located, total = (int(one) for one in found[0])
        self.report.located.update(given=given, address=located - given, none=total - located)
        self.report.add_areas(self._agreement(_STORED, {}))

    def _agreement(self, placed: str, parameters: dict[str, Any]) -> list[tuple[str, str, int]]:
        if not self.mapping.areas:
            return []
        statement = (_STEPS / "agreement.sql").read_text(encoding="utf-8").format(placed=placed)
        parameters |= {"jurisdiction": self.place.pk, "kinds": list(self.mapping.areas)}
        return [(kind, outcome, int(count)) for kind, outcome, count in _rows(statement, parameters)]


_METHOD = ServiceRequest.PlaceMethod
# Read once, not for every row.
_NOWHERE, _ADDRESS, _PIN = _METHOD.NONE.value, _METHOD.ADDRESS.value, _METHOD.PIN.value
_NOBODY = Contact()
_OF_BLOCK = """select l.request_id, l.area_ids, b.lon is not null as is_placed
    from link_result l join intake_batch b on b.id = l.request_id"""
_STORED = """select r.id as request_id, r.area_ids, r.geom is not null as is_placed
    from past_fate f join intake_servicerequest r on r.id = f.request_id where f.fate <> 'changed'"""
_LOCATED = """select count(*) filter (where s.lon is not null and not s.is_default), count(r.geom), count(*)
    from past_fate f join past_staged s on s.seq = f.seq join intake_servicerequest r on r.id = f.request_id
    where f.fate <> 'changed'"""


@contextmanager
def _undone() -> Iterator[None]:
    """One transaction that is undone at its end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def untouched(ids: Sequence[int]) -> set[int]:
    """Of some requests those that nobody here has worked on since they were imported."""
    statement = (_STEPS / "untouched.sql").read_text(encoding="utf-8")
    return {row[0] for row in _rows(statement, {"ids": list(ids)})}


def _keep_origins(pasts: Sequence[tuple[Past, Staged]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("delete from past_origin where request_id = any(%s)", [[past.request_id for past, _ in pasts]])
        columns = "request_id, digest, lines, areas, photo_links, kept"
        with cast(Any, cursor).copy(f"copy past_origin ({columns}) from stdin") as copy:
            for past, staged in pasts:
                entry = staged.entry
                # One line more: that of its opening.
                copy.write_row((
                    past.request_id, staged.digest, len(past.lines) + 1, _json(entry.areas), _json(entry.photos),
                    _json(entry.kept),
                ))  # fmt: skip


def _json(value: dict[str, str] | list[str]) -> str:
    # Most are empty, and a text is copied as it is.
    return json.dumps(value, ensure_ascii=False) if value else "{}" if isinstance(value, dict) else "[]"


def _rows(statement: str, parameters: dict[str, Any] | None = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
