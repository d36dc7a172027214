"""A file as it was read, in temporary tables of one connection: found whole and sound before anything is written.

Repeated numbers, points that stand for no place, and what of it is there already are looked for in the database: memory
does not grow with the file.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO, TypeAlias, cast
from zoneinfo import ZoneInfo

from django.db import DatabaseError, connection, transaction

from geoserver_app.org.models import CityHall
from geoserver_app.past.entry import Entry, Event, EventReader, Noticed, Read, Rejected, RowReader
from geoserver_app.past.mapping import Mapping
from geoserver_app.past.places import Places
from geoserver_app.past.report import Report
from geoserver_app.past.rule import Row, column_called
from geoserver_app.past.sources import Part, Short
from geoserver_app.past.vocabulary import NoWord, Vocabulary
from layers.errors import BadFile
from layers.models import Jurisdiction

_STEPS = Path(__file__).parent / "steps"
_TABLES = ("past_staged", "past_event", "past_repeat", "past_told", "past_fate")
# A point is taken for "place unknown" from so many requests and such a share of all on, in so much of the file's mix.
LEAST_REQUESTS, LEAST_SHARE, ALIKE = 20, 0.005, 0.6
BATCH = 10_000
# Of its own, because to make one takes longer than what it writes; the digests of what was imported hold its form.
_text = json.JSONEncoder(ensure_ascii=False).encode
Told: TypeAlias = Callable[[int], None]


@dataclass(frozen=True)
class DefaultPoint:
    """A point (degrees) that stands for no place: how many requests lie there, how much their mix is the file's."""

    lon: float
    lat: float
    requests: int
    alike: float


@dataclass(frozen=True, slots=True)
class Staged:
    """A request as it was staged; ``before`` are earlier rows of its number, where these count as its history."""

    number: str
    lon: float | None
    lat: float | None
    address: str
    entry: Entry
    digest: str
    request_id: int | None = None
    events: tuple[Event, ...] = ()
    before: tuple[Entry, ...] = ()


@dataclass
class Rejects:
    """Writes what could not come in, a line each, where a file was asked for; and counts it by reason."""

    report: Report
    out: TextIO | None = None

    def __post_init__(self) -> None:
        self._csv = csv.writer(self.out) if self.out else None
        if self._csv:
            self._csv.writerow(("file", "line", "number", "reason", "told"))

    def add(self, part: str, line: int, number: str, reason: str, told: str) -> None:
        """Counts a row that did not come in."""
        self.report.rejected[reason] += 1
        self.tell(part, line, number, reason, told)

    def tell(self, part: str, line: int, number: str, reason: str, told: str) -> None:
        """Writes a line, of a request that is not written anew too."""
        if self._csv:
            self._csv.writerow((part, line, number, reason, told))


@dataclass
class Staging:
    """The tables of one import, and how they are filled and read."""

    place: Jurisdiction
    mapping: Mapping
    words: Vocabulary
    rejects: Rejects
    now: datetime
    noticed: Noticed = field(default_factory=Noticed)
    names: list[str] = field(default_factory=list)
    language: str = field(init=False)

    def __post_init__(self) -> None:
        # Asked now: nothing can be asked while rows are copied in on the same connection.
        hall = CityHall.objects.filter(jurisdiction=self.place).first()
        self.language = hall.languages[0] if hall else "en"

    def fill(self, parts: Sequence[Part], history: Sequence[Part], told: Told) -> int:
        """Copies all rows in; how many there were. BadFile where a part breaks off or has not the columns."""
        self.drop()
        _run("staged")
        places = Places(self.mapping, self.place)
        self._check_columns(parts)
        self.names = [part.name for part in parts]
        rows = self._copy("past_staged", _STAGED, self._rows(parts, places, told))
        events = self._copy("past_event", _EVENTS, self._events(history)) if history else 0
        places.check()
        self.rejects.report.counts["history_lines"] = events
        return rows

    def settle(self) -> list[DefaultPoint]:
        """Finds out which rows count, which places are none, and what is there already; the points it found out."""
        _run("repeats", first=self.mapping.repeated == "refuse")
        self._tell_repeated()
        points = self._default_points()
        named = [[one.lon, one.lat] for one in points] + [list(one) for one in self.mapping.default_points]
        self.rejects.report.counts["default_point"] = _run(
            "no_place", points=json.dumps(named), jurisdiction=self.place.pk
        )
        _run(
            "fates", jurisdiction=self.place.pk, source=self.mapping.source,
            history=self.mapping.repeated == "history",
        )  # fmt: skip
        return points

    def fates(self) -> dict[str, int]:
        """How many requests there are, and what becomes of them."""
        found = dict(_rows("select fate, count(*) from past_fate group by 1"))
        found["requests"] = _rows("select count(*) from past_said")[0][0]
        return {name: int(count) for name, count in found.items()}

    def fresh(self) -> Iterator[Staged]:
        """Requests that are not there yet, in the order of the file."""
        return self._read("f.seq is null")

    def changed(self) -> Iterator[Staged]:
        """Requests that are there and of which something else is said now."""
        return self._read("f.fate = 'changed'")

    def left(self) -> Iterator[tuple[str, int, str, str]]:
        """Those that are not ours to touch: part, line, number, fate."""
        rows = _rows(
            "select s.part, s.line, s.number, f.fate from past_fate f join past_staged s on s.seq = f.seq"
            " where f.fate in ('touched', 'not_ours') order by s.seq"
        )
        return ((self.names[part], line, number, fate) for part, line, number, fate in rows)

    def drop(self) -> None:
        """Takes the tables of this or an earlier import away."""
        with connection.cursor() as cursor:
            cursor.execute("drop view if exists pg_temp.past_said")
            cursor.execute(f"drop table if exists {', '.join(f'pg_temp.{name}' for name in _TABLES)}")

    # --- in -----------------------------------------------------------------------------------------------------------

    def _check_columns(self, parts: Sequence[Part]) -> None:
        tables = all(part.is_table for part in parts)
        for name in sorted(self.mapping.columns() if tables else self.mapping.needed()):
            if not any(column_called(name, part.columns) for part in parts):
                there = ", ".join(parts[0].columns[:40])
                raise BadFile(
                    f"The mapping names the column {name!r}, which no part has. {parts[0].name} has: {there}."
                )

    def _rows(self, parts: Sequence[Part], places: Places, told: Told) -> Iterator[tuple[object, ...]]:
        seq = 0
        for at, part in enumerate(parts):
            read = self._reader(part, places).read
            for line, row in part.lines():
                seq += 1
                if seq % 1_000 == 0:
                    told(1_000)
                one = self._read_one(part, line, row, read)
                if one is not None:
                    yield seq, at, line, one.number, one.entry.service, one.lon, one.lat, one.address, _text(one.entry)
        self.rejects.report.read = seq

    def _reader(self, part: Part, places: Places) -> RowReader:
        return RowReader(
            self.mapping, list(part.columns), self.words, places, self.noticed, self.now,
            ZoneInfo(self.place.time_zone), self.language,
        )  # fmt: skip

    def _read_one(self, part: Part, line: int, row: Row | Short, read: Callable[[Row], Read]) -> Read | None:
        if isinstance(row, Short):
            told = f"{row.values} values under {row.columns} columns."
            self.rejects.add(part.name, line, "", "torn_line", told)
            return None
        try:
            return read(row)
        except (Rejected, NoWord) as error:
            self.rejects.add(part.name, line, self._number(part, row), error.reason, error.words)
        return None

    def _number(self, part: Part, row: Row) -> str:
        column = next(iter(self.mapping.fields["number"].names()), "")
        return str(row.get(column_called(column, part.columns) or column) or "")[:80]

    def _events(self, parts: Sequence[Part]) -> Iterator[tuple[object, ...]]:
        for part in parts:
            reader = EventReader(self.mapping, list(part.columns), self.words, ZoneInfo(self.place.time_zone))
            for line, row in part.lines():
                if isinstance(row, Short):
                    self.rejects.add(part.name, line, "", "torn_line", "Another number of values than columns.")
                    continue
                try:
                    one = reader.read(row)
                except (Rejected, NoWord) as error:
                    self.rejects.add(part.name, line, "", error.reason, error.words)
                    continue
                yield line, one.number, one.at, one.state, one.note, one.public

    def _copy(self, table: str, columns: str, rows: Iterable[tuple[object, ...]]) -> int:
        count = 0
        # A file that breaks off ends the copying, and with it a transaction: this one, not that of whoever calls.
        statement = f"copy {table} ({columns}) from stdin"
        with transaction.atomic(), connection.cursor() as cursor, cast(Any, cursor).copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
                count += 1
        return count

    # --- looked at ----------------------------------------------------------------------------------------------------

    def _tell_repeated(self) -> None:
        if self.mapping.repeated != "refuse":
            self.rejects.report.counts["repeated"] = int(_rows("select coalesce(sum(n - 1), 0) from past_repeat")[0][0])
            return
        rows = _rows(
            "select s.part, s.line, s.number, f.line from past_staged s join past_repeat p on p.number = s.number"
            " join past_staged f on f.seq = p.seq where not s.stays order by s.seq"
        )
        for part, line, number, first in rows:
            told = f"The number stands on line {first} already; say repeated: last or history."
            self.rejects.add(self.names[part], line, number, "repeated_number", told)

    def _default_points(self) -> list[DefaultPoint]:
        if not self.mapping.detect_default_points:
            return []
        rows = _rows(
            (_STEPS / "default_points.sql").read_text(encoding="utf-8"),
            {"least": LEAST_REQUESTS, "share": LEAST_SHARE, "alike": ALIKE},
        )
        return [DefaultPoint(lon, lat, int(n), float(alike)) for lon, lat, n, alike in rows]

    # --- out ----------------------------------------------------------------------------------------------------------

    def _read(self, which: str) -> Iterator[Staged]:
        """Rows in blocks by their place in the file: no cursor is held open over the transactions of the blocks."""
        after = 0
        while rows := _rows(
            "select s.seq, s.number, case when not s.is_default then s.lon end, case when not s.is_default then s.lat"
            " end, s.address, s.entry, s.digest, f.request_id from past_said s left join past_fate f on f.seq = s.seq"
            f" where {which} and s.seq > %(after)s order by s.seq limit {BATCH}",
            {"after": after},
        ):
            after = rows[-1][0]
            events, before = self._beside([row[1] for row in rows])
            for _seq, number, lon, lat, address, entry, digest, request_id in rows:
                yield Staged(
                    number, lon, lat, address, Entry._make(json.loads(entry)), digest, request_id,
                    tuple(events.get(number, ())), tuple(before.get(number, ())),
                )  # fmt: skip

    def _beside(self, numbers: list[str]) -> tuple[dict[str, list[Event]], dict[str, list[Entry]]]:
        events: dict[str, list[Event]] = {}
        before: dict[str, list[Entry]] = {}
        if self.rejects.report.counts["history_lines"]:
            for row in _rows(
                "select number, at, state, note, public from past_event where number = any(%(numbers)s)"
                " order by at, seq",
                {"numbers": numbers},
            ):
                events.setdefault(row[0], []).append(Event(*row))
        if self.mapping.repeated == "history":
            for number, entry in _rows(
                "select s.number, s.entry from past_staged s join past_repeat p on p.number = s.number"
                " where not s.stays and s.number = any(%(numbers)s) order by s.seq",
                {"numbers": numbers},
            ):
                before.setdefault(number, []).append(Entry._make(json.loads(entry)))
        return events, before


_STAGED = "seq, part, line, number, service, lon, lat, address, entry"
_EVENTS = "seq, number, at, state, note, public"


def _run(name: str, **parameters: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute((_STEPS / f"{name}.sql").read_text(encoding="utf-8"), parameters or None)
        return int(cursor.rowcount)


def _rows(statement: str, parameters: dict[str, Any] | None = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


@dataclass
class Locked:
    """One import of a source at a time: a lock that lasts as long as the connection, and is gone with a kill."""

    key: str

    def __enter__(self) -> None:
        if not _rows("select pg_try_advisory_lock(hashtextextended(%(key)s, 311))", {"key": self.key})[0][0]:
            raise BadFile(f"Another import of {self.key} is running. Wait until it ends.")

    def __exit__(self, *_error: object) -> None:
        with suppress(DatabaseError):  # a connection that is gone holds no lock
            _rows("select pg_advisory_unlock(hashtextextended(%(key)s, 311))", {"key": self.key})
