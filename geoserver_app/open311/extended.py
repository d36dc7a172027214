"""What goes beyond the specification, for those who ask for it: answers that may be seen, and the notes of its life."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from geoserver_app.catalog.form import in_words
from geoserver_app.catalog.models import ServiceAttribute, in_language
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.open311.ask import Ask
from geoserver_app.open311.document import Value, moment
from geoserver_app.published.reader import as_reader
from layers.asked import ask as ask_database

State = ServiceRequest.State
# The five words of CitySDK for how far a request is.
_DETAILED: Mapping[str, str] = {
    State.RECEIVED: "PENDING",
    State.TRIAGE: "RECEIVED",
    State.ASSIGNED: "RECEIVED",
    State.ACCEPTED: "IN_PROCESS",
    State.IN_PROGRESS: "IN_PROCESS",
    State.REFERRED: "IN_PROCESS",
    State.DONE: "PROCESSED",
    State.CLOSED: "PROCESSED",
    State.CANCELLED: "REJECTED",
}
_ANSWERS = """
select request_id, code, question, datatype, offered, value from published.answer
where request_id = any(%(ids)s::bigint[]) order by request_id, position, code
"""
_NOTES = """
select request_id, kind, at, to_state, note from published.request_update
where request_id = any(%(ids)s::bigint[]) order by request_id, at, id
"""


@dataclass(frozen=True)
class Given:
    """An answer that may be seen, with its question; ``value`` is a text, a number, or a list of keys."""

    attribute: ServiceAttribute
    value: Any


@dataclass
class Extended:
    """The extensions of the requests of one page, read in one go each."""

    ask: Ask
    ids: Sequence[int]

    def attributes(self, request_id: int) -> Value:
        """Its answers that may be seen: {label, name, value, code}, with the words of the value as its name."""
        return [self._attribute(one) for one in self._answers[request_id]]

    def answers(self, request_id: int) -> list[Given]:
        """The same, as they were given."""
        return [_given(one) for one in self._answers[request_id]]

    def updates(self, request_id: int) -> list[Any]:
        """What became of it, as rows of published.request_update, oldest first."""
        return self._notes[request_id]

    def notes(self, request_id: int) -> Value:
        """What became of it, oldest first: {datetime, type, description}."""
        return [
            {
                "datetime": moment(one.at, self.ask.zone),
                "type": one.to_state if one.kind == "status" else one.kind,
                "description": one.note,
            }
            for one in self._notes[request_id]
        ]

    def detailed_status(self, state: str) -> str:
        return _DETAILED[state]

    def _attribute(self, row: Any) -> Value:
        one = _given(row)
        value = ",".join(one.value) if isinstance(one.value, list) else str(one.value)
        return {
            "label": in_language(one.attribute.question, self.ask.language),
            "name": in_words(one.attribute, one.value, self.ask.language),
            "value": value,
            "code": one.attribute.code,
        }

    @cached_property
    def _answers(self) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = defaultdict(list)
        for row in _read(_ANSWERS, self.ids):
            found[row.request_id].append(row)
        return found

    @cached_property
    def _notes(self) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = defaultdict(list)
        for row in _read(_NOTES, self.ids):
            found[row.request_id].append(row)
        return found


def _given(row: Any) -> Given:
    attribute = ServiceAttribute(code=row.code, question=row.question, datatype=row.datatype, values=row.offered)
    return Given(attribute, row.value)


def _read(statement: str, ids: Sequence[int]) -> list[Any]:
    with as_reader():
        return ask_database(statement, {"ids": list(ids)})
