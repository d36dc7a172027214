"""One request of the old system as it will become one of ours, and how a row of its file is read into it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from geoserver_app.intake.models import ServiceRequest
from geoserver_app.link.privacy import mask
from geoserver_app.past.mapping import PERSON, Mapping
from geoserver_app.past.moments import OLDEST, reader
from geoserver_app.past.places import Places
from geoserver_app.past.rule import Pick, Row, Rule, pick
from geoserver_app.past.vocabulary import Vocabulary

_LINK = re.compile(r"https?://[^\s,;\"'<>]+")
_HAS_CONTACT = re.compile(r"[@0-9]")
LONGEST_NUMBER = 60
LONGEST_ADDRESS = 250
CLOSED = tuple(one.value for one in ServiceRequest.CLOSED_STATES)


class Entry(NamedTuple):
    """What a row says, in our terms; moments as ISO text in UTC. Where it is stands beside it: that may be doubted.

    ``person`` are name, e-mail, telephone, postal address and how to tell; empty for nobody.
    """

    service: str
    state: str
    requested: str
    received: str
    updated: str
    closed: str
    expected: str
    channel: str
    language: str
    description: str
    status_notes: str
    priority: str
    department: str
    resolution: str
    accuracy_m: float | None
    photos: list[str]
    person: list[str]
    areas: dict[str, str]
    kept: dict[str, str]


class Read(NamedTuple):
    """A row that can come in."""

    number: str
    lon: float | None
    lat: float | None
    address: str
    entry: Entry


@dataclass(frozen=True)
class Event:
    """A line of a second file: what happened to a request, and when (ISO text in UTC)."""

    number: str
    at: str
    state: str
    note: str
    public: bool


class Rejected(Exception):
    """A row that cannot come in: why, as a code that is counted, and in words with the value."""

    def __init__(self, reason: str, words: str) -> None:
        super().__init__(words)
        self.reason, self.words = reason, words


@dataclass
class Noticed:
    """What was met that did not keep a row out, counted: dates that cannot be, places that are none."""

    counts: Counter[str] = field(default_factory=Counter)


@dataclass
class RowReader:
    """Reads the rows of one table by a mapping; what is counted on the way stands in ``noticed``."""

    mapping: Mapping
    columns: list[str]
    words: Vocabulary
    places: Places
    noticed: Noticed
    now: datetime
    zone: Any
    language: str

    def __post_init__(self) -> None:
        self._fields = {name: pick(rule, self.columns) for name, rule in self.mapping.fields.items()}
        self._areas = {kind: pick(rule, self.columns) for kind, rule in self.mapping.areas.items()}
        self._person = [pick(self.mapping.contact.get(name), self.columns) for name in PERSON]
        self._kept = {name: pick_column(name, self.columns) for name in self.mapping.keep}
        self._place = {name: pick(rule, self.columns) for name, rule in self.mapping.place.items()}
        self._moment = reader(self.mapping.dates, self.mapping.zone or self.zone)
        self._latest = self.now + timedelta(days=1)

    def read(self, row: Row) -> Read:
        """What a row says. Rejected where it cannot be a request."""
        number = self._text("number", row)
        if not number or len(number) > LONGEST_NUMBER:
            raise Rejected("no_number", f"The number is {number[:80]!r}; it must have 1 to {LONGEST_NUMBER} letters.")
        outcome = self.words.status(self._text("status", row))
        requested, closed, updated = self._moments(row, outcome.state)
        department = self.words.department(self._text("department", row))
        lon, lat, far = self.places.read(self._place, row)
        kept = _filled(self._kept, row)
        if far:
            self.noticed.counts[far[0]] += 1
            kept["place"] = far[1]
        entry = Entry(
            service=self.words.service(self._text("service", row), department),
            state=outcome.state,
            requested=_iso(requested),
            received=_iso(self._when("received", row) or requested),
            updated=_iso(updated),
            closed=_iso(closed) if closed else "",
            expected=_iso(found) if (found := self._when("expected", row)) else "",
            channel=self.words.channel(self._text("channel", row)),
            language=self._text("language", row)[:10] or self.language,
            description=self._masked(self._text("description", row)),
            status_notes=self._masked(self._text("status_notes", row)),
            priority=self.words.priority(self._text("priority", row)),
            department=department,
            resolution=self.words.resolution(self._text("resolution", row)) or outcome.resolution,
            accuracy_m=self.places.accuracy(self._place, row),
            photos=_LINK.findall(self._text("photos", row))[:20],
            person=self._somebody(row),
            areas=_filled(self._areas, row),
            kept=kept,
        )
        return Read(number, lon, lat, self._address(row), entry)

    def _text(self, name: str, row: Row) -> str:
        read = self._fields.get(name)
        return read(row) if read else ""

    def _address(self, row: Row) -> str:
        read = self._place.get("address")
        return " ".join(read(row).split())[:LONGEST_ADDRESS] if read else ""

    def _masked(self, text: str) -> str:
        return mask(text) if self.mapping.mask and _HAS_CONTACT.search(text) else text

    def _somebody(self, row: Row) -> list[str]:
        if not self.mapping.contact:
            return []
        person = [read(row) for read in self._person]
        return self.words.person(person) if any(person[:4]) else []

    def _when(self, name: str, row: Row) -> datetime | None:
        """A moment; None where the column is empty. Rejected for what is none, or lies before 1900 or in the future."""
        read = self._fields.get(name)
        text = read(row) if read else ""
        if not text:
            return None
        found = self._moment(text)
        if found is None:
            raise Rejected("unreadable_date", f"{name} is {text[:60]!r}, which no format of dates reads.")
        late = found > self._latest and name != "expected"
        if found < OLDEST or late:
            raise Rejected(
                "impossible_date", f"{name} is {text[:60]!r}, which is {'in the future' if late else 'too long ago'}."
            )
        return found

    def _moments(self, row: Row, state: str) -> tuple[datetime, datetime | None, datetime]:
        """When it was asked, when it ended (None while it is open), when it was touched last; in that order."""
        requested, closed, updated = (self._when(name, row) for name in ("requested", "closed", "updated"))
        if requested is None:
            raise Rejected("no_date", "requested is empty: nobody knows when it was asked.")
        if state not in CLOSED:
            self.noticed.counts["open_with_closing"] += closed is not None
            closed = None
        elif closed is None:
            self.noticed.counts["closing_assumed"] += 1
            closed = max(updated or requested, requested)
        elif closed < requested:
            closed = self._impossible(requested, closed)
        return requested, closed, max(one for one in (requested, closed, updated) if one is not None)

    def _impossible(self, requested: datetime, closed: datetime) -> datetime:
        if self.mapping.impossible_dates == "refuse":
            raise Rejected(
                "closed_before_opened", f"It was closed at {closed:%Y-%m-%d %H:%M} UTC, before it was asked."
            )
        self.noticed.counts["closed_before_opened"] += 1
        return requested


def pick_column(name: str, columns: list[str]) -> Pick:
    """The plain text of one column, whatever its name holds."""
    return pick(Rule(columns=(name,)), columns)


def _filled(picks: dict[str, Pick], row: Row) -> dict[str, str]:
    """The values of some columns, those that are empty left out."""
    return {name: text for name, read in picks.items() if (text := read(row))}


def _iso(moment: datetime) -> str:
    """A moment in UTC as text, which is how the reader gives it."""
    return moment.isoformat()


@dataclass
class EventReader:
    """Reads the rows of the second file, with what happened to the requests."""

    mapping: Mapping
    columns: list[str]
    words: Vocabulary
    zone: Any
    _picks: dict[str, Callable[[Row], str]] = field(init=False)

    def __post_init__(self) -> None:
        rules = self.mapping.history.rules if self.mapping.history else {}
        self._picks = {name: pick(rule, self.columns) for name, rule in rules.items()}
        self._moment = reader(self.mapping.dates, self.mapping.zone or self.zone)

    def read(self, row: Row) -> Event:
        """What a line says. Rejected where it has no number or no moment, or a status that means nothing."""
        number, at = self._text("number", row), self._moment(self._text("at", row))
        if not number or at is None:
            raise Rejected(
                "history_unreadable", f"A line of history of {number[:60]!r} at {self._text('at', row)[:60]!r}."
            )
        status, note = self._text("status", row), self._text("note", row)
        state = self.words.status(status).state if status else ""
        public = self._text("public", row).casefold() in {"true", "yes", "y", "1", "public"}
        return Event(number, _iso(at), state, mask(note) if self.mapping.mask else note, public)

    def _text(self, name: str, row: Row) -> str:
        read = self._picks.get(name)
        return read(row) if read else ""
