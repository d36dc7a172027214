"""One search for many texts: what the locators share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from geoserver_app.geocode.asked import Asked, AskedStreet, Between, Block, Corner, House, Mile, Named, WholeStreet
from geoserver_app.geocode.candidate import Candidate
from geoserver_app.geocode.statements import rows
from geoserver_app.geocode.street_match import Match, Streets
from layers.models import Jurisdiction

Kind = TypeVar("Kind", House, Corner, Block, Between, Mile, Named, WholeStreet)


@dataclass
class Question:
    """A text that was read, and what was found for it so far."""

    at: int
    asked: Asked
    found: list[Candidate] = field(default_factory=list)

    @property
    def best(self) -> float:
        return max((one.score for one in self.found), default=0.0)

    def streets(self) -> Iterator[AskedStreet]:
        """Every street that one of the readings names."""
        for reading in self.asked.readings:
            if isinstance(reading, House | Block | WholeStreet):
                yield reading.street
            elif isinstance(reading, Corner):
                yield from (reading.one, reading.other)
            elif isinstance(reading, Between):
                yield from (reading.street, reading.one, reading.other)


@dataclass
class Search:
    """Where and when is searched; ``similar`` is true in the second round, in which names may be misspelled."""

    jurisdiction: Jurisdiction
    on: date
    streets: Streets
    similar: bool = False

    def rows(self, name: str, **values: Any) -> list[Any]:
        """Rows of a statement for the jurisdiction and the day."""
        return rows(name, {"jurisdiction": self.jurisdiction.pk, "on": self.on, **values})

    def matches(self, asked: AskedStreet) -> list[Match]:
        """The streets of the city that an asked one may be."""
        return self.streets.of(asked, similar=self.similar)


def readings_of(questions: list[Question], kind: type[Kind]) -> Iterator[tuple[Question, int, Kind]]:
    """Every reading of a kind with its question and its place among the readings."""
    for question in questions:
        for place, reading in enumerate(question.asked.readings):
            if isinstance(reading, kind):
                yield question, place, reading
