"""What a rule can ask about a request, each in two forms: SQL for the database, Python for the replay.

In SQL ``f`` is a row of facts as decide.sql prepares them: ground and parcel after the evidence of ownership.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from psycopg import sql

from geoserver_app.link.ground import MEANINGS, NOWHERE, Lies
from geoserver_app.route.facts import Facts


class Check(Protocol):
    """One condition of a rule."""

    name: str

    def sql(self) -> str: ...

    def holds(self, facts: Facts) -> bool: ...


def text_array(values: Sequence[str]) -> str:
    """SQL for an array of texts; a percent sign is doubled, since the statement has parameters."""
    quoted = ", ".join(sql.quote(value).replace("%", "%%") for value in values)
    return f"array[{quoted}]::text[]"


def id_array(values: Sequence[int]) -> str:
    """SQL for an array of ids."""
    return "'{" + ",".join(str(int(value)) for value in values) + "}'::bigint[]"


@dataclass(frozen=True)
class IsOneOf:
    """A fact that is one of several texts: channel, language, owner of the asset or of the parcel, land use."""

    name: str
    column: str
    values: tuple[str, ...]

    def sql(self) -> str:
        return f"f.{self.column} = any({text_array(self.values)})"

    def holds(self, facts: Facts) -> bool:
        return getattr(facts, self.column) in self.values


@dataclass(frozen=True)
class Services:
    """The service, by itself or by its group."""

    ids: tuple[int, ...]
    name: str = "services"

    def sql(self) -> str:
        return f"f.service_id = any({id_array(self.ids)})"

    def holds(self, facts: Facts) -> bool:
        return facts.service_id in self.ids


@dataclass(frozen=True)
class InAreas:
    """One of several areas of a kind."""

    kind: str
    ids: tuple[int, ...]
    name: str = "areas"

    def sql(self) -> str:
        return f"f.area_ids && {id_array(self.ids)}"

    def holds(self, facts: Facts) -> bool:
        return not set(self.ids).isdisjoint(facts.area_ids)


@dataclass(frozen=True)
class LiesOn:
    """Any of several kinds of ground, after the evidence of ownership."""

    mask: Lies
    name: str = "lies_on"

    def sql(self) -> str:
        return f"f.ground & {int(self.mask)} <> 0"

    def holds(self, facts: Facts) -> bool:
        return bool(facts.ground & self.mask)


@dataclass(frozen=True)
class LiesNotOn:
    """None of several kinds of ground."""

    mask: Lies
    name: str = "not_on"

    def sql(self) -> str:
        return f"f.ground & {int(self.mask)} = 0"

    def holds(self, facts: Facts) -> bool:
        return not facts.ground & self.mask


@dataclass(frozen=True)
class EvidenceIs:
    """What the best evidence says of whose ground it is (row, private, park), or what happened (wires, fallen)."""

    values: tuple[str, ...]
    name: str = "evidence"

    @property
    def _said(self) -> tuple[str, ...]:
        return tuple(value for value in self.values if value not in MEANINGS)

    @property
    def mask(self) -> Lies:
        """The ground that the values stand for."""
        mask = NOWHERE
        for value in self.values:
            mask |= MEANINGS.get(value, NOWHERE)
        return mask

    def sql(self) -> str:
        said = f"f.means = any({text_array(self._said)})"
        return f"({said} or {LiesOn(self.mask).sql()})" if self.mask else said

    def holds(self, facts: Facts) -> bool:
        return facts.means in self._said or bool(self.mask and LiesOn(self.mask).holds(facts))


@dataclass(frozen=True)
class Answered:
    """One of several answers to a list question."""

    question: str
    keys: tuple[str, ...]
    name: str = "answers"

    def sql(self) -> str:
        code = sql.quote(self.question)
        # A list answer holds one of the keys; the answer to "one of a list" is a text, and ?| finds that too.
        return f"coalesce((f.answers -> {code}) ?| {text_array(self.keys)}, false)"

    def holds(self, facts: Facts) -> bool:
        given = facts.answers.get(self.question)
        return not set(self.keys).isdisjoint(given if isinstance(given, list) else [given])


@dataclass(frozen=True)
class OnWeekdays:
    """The local weekday on which it was asked for; Monday is 0."""

    days: tuple[int, ...]
    name: str = "weekdays"

    def sql(self) -> str:
        return f"f.minute / 1440 = any({id_array(self.days)})"

    def holds(self, facts: Facts) -> bool:
        return facts.minute // 1440 in self.days


@dataclass(frozen=True)
class AtTime:
    """A stretch of the local day in minutes from midnight; it goes over midnight where it ends before it begins."""

    begins: int
    ends: int
    name: str = "time"

    def sql(self) -> str:
        glue = "and" if self.begins <= self.ends else "or"
        return f"(f.minute %% 1440 >= {self.begins} {glue} f.minute %% 1440 < {self.ends})"

    def holds(self, facts: Facts) -> bool:
        minute = facts.minute % 1440
        if self.begins <= self.ends:
            return self.begins <= minute < self.ends
        return minute >= self.begins or minute < self.ends


@dataclass(frozen=True)
class Office:
    """City Hall open or closed, by hours and holidays, when it was asked for."""

    open: bool
    name: str = "office"

    def sql(self) -> str:
        return "f.office_open" if self.open else "not f.office_open"

    def holds(self, facts: Facts) -> bool:
        return facts.office_open is self.open
