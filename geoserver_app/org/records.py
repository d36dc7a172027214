"""Reads what a city keeps in YAML files, and says every fault with its place: "services.yaml: service 'bees': ..."."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import yaml
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from layers.errors import BadFile

Row = TypeVar("Row", bound=models.Model)
_MOST_SHOWN = 25
# The one written in C where the wheel has it: ten times as fast.
_SAFE_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class Faults:
    """The faults found so far; a loader goes on to find them all, then refuses once."""

    found: list[str] = field(default_factory=list)

    def add(self, place: str, fault: str) -> None:
        self.found.append(f"{place}: {fault}")

    def refuse(self) -> None:
        """BadFile with the faults, where there are any."""
        if self.found:
            more = len(self.found) - _MOST_SHOWN
            lines = self.found[:_MOST_SHOWN] + ([f"... and {more} more"] if more > 0 else [])
            raise BadFile("Nothing was written. Correct these:\n" + "\n".join(f"  {line}" for line in lines))


class Record:
    """One mapping of a file. Each of its entries is taken by name and type; what is left over is a fault."""

    def __init__(self, entries: Any, place: str, faults: Faults) -> None:
        self.place, self.faults = place, faults
        self._left: dict[str, Any] = dict(entries) if isinstance(entries, Mapping) else {}
        if not isinstance(entries, Mapping):
            self.fault(f"must be a mapping, not {type(entries).__name__}")

    def fault(self, text: str) -> None:
        """Notes a fault of this record."""
        self.faults.add(self.place, text)

    def has(self, name: str) -> bool:
        return name in self._left

    def take(self, name: str, default: Any = None) -> Any:
        """An entry of any type, as it stands in the file."""
        return self._left.pop(name, default)

    def _typed(self, name: str, kind: type | tuple[type, ...], default: Any, words: str) -> Any:
        if name not in self._left:
            if default is None:
                self.fault(f"'{name}' is missing")
            return default
        value = self._left.pop(name)
        if (isinstance(value, bool) and kind is not bool) or not isinstance(value, kind):
            self.fault(f"'{name}' is {value!r}, but must be {words}")
            return default
        return value

    def text(self, name: str, default: str | None = None) -> str:
        """A text, without blanks at its ends; a missing one without a default is a fault."""
        return str(self._typed(name, str, default, "text (in quotes where it looks like a number)") or "").strip()

    def whole(self, name: str, default: int) -> int:
        """A whole number, zero or more."""
        value = int(self._typed(name, int, default, "a whole number"))
        if value < 0:
            self.fault(f"'{name}' is {value}, but must be zero or more")
        return value

    def number(self, name: str, default: float) -> float:
        """A number, zero or more."""
        value = float(self._typed(name, (int, float), default, "a number"))
        if value < 0:
            self.fault(f"'{name}' is {value}, but must be zero or more")
        return value

    def switch(self, name: str, default: bool) -> bool:
        """true or false."""
        return bool(self._typed(name, bool, default, "true or false"))

    def day(self, name: str) -> date | None:
        """A day (2026-07-01), or None."""
        value = self._left.pop(name, None)
        if value is not None and type(value) is not date:
            self.fault(f"'{name}' is {value!r}, but must be a day such as 2026-07-01")
            return None
        return value

    def choice(self, name: str, choices: type[models.TextChoices], default: str | None = None) -> str:
        """One of the values of a choice."""
        value = self.text(name, default)
        if value and value not in choices.values:
            self.fault(f"'{name}' is '{value}', but must be one of: {', '.join(choices.values)}")
        return value

    def texts(self, name: str, languages: list[str], *, needed: bool = True) -> dict[str, str]:
        """A text in every language: {en: Pothole, es: Bache}; empty where it may be left out and is."""
        value = self._left.pop(name, None)
        if value is None and not needed:
            return {}
        if not isinstance(value, dict):
            self.fault(f"'{name}' must be told by language: {{{', '.join(f'{one}: ...' for one in languages)}}}")
            return {}
        for language in languages:
            if not isinstance(value.get(language), str) or not value[language].strip():
                self.fault(f"'{name}' is missing in '{language}'")
        for language in value.keys() - set(languages):
            self.fault(f"'{name}' is told in '{language}', which this city does not speak")
        return {language: str(value[language]).strip() for language in languages if value.get(language)}

    def strings(self, name: str) -> list[str]:
        """A list of texts; empty where it is left out."""
        value = self._left.pop(name, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self.fault(f"'{name}' must be a list of texts (in quotes where they look like numbers)")
            return []
        return [one.strip() for one in value]

    def records(self, name: str, noun: str, key: str = "code") -> Iterator["Record"]:
        """The mappings of a list, each with its place; the same key twice is a fault (no key: by number only)."""
        value = self._left.pop(name, [])
        if not isinstance(value, list):
            self.fault(f"'{name}' must be a list")
            return
        seen: set[str] = set()
        for number, entries in enumerate(value, start=1):
            told = entries.get(key) if isinstance(entries, Mapping) else None
            label = told if isinstance(told, str) and told else f"number {number}"
            record = Record(entries, f"{self.place}: {noun} '{label}'", self.faults)
            if label in seen:
                record.fault(f"stands twice; each {key} stands once")
            seen.add(label)
            yield record
            record.done()

    def done(self) -> None:
        """Notes what nobody took: a misspelled name would otherwise be passed over in silence."""
        for name in self._left:
            self.fault(f"'{name}' is not known here")
        self._left.clear()


def read(path: Path, faults: Faults) -> Record:
    """The mapping that a YAML file holds; BadFile where it is not there or is not YAML."""
    try:
        entries = yaml.load(path.read_text(encoding="utf-8"), Loader=_SAFE_LOADER)  # noqa: S506 (a safe one)
    except FileNotFoundError as error:
        raise BadFile(f"There is no file {path.name} in {path.parent.name}/.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadFile(f"{path.name} cannot be read as YAML in UTF-8: {error}") from error
    return Record(entries, path.name, faults)


@dataclass
class Counts:
    """How many rows of a kind are new, changed, as before, and taken out of use."""

    new: int = 0
    changed: int = 0
    same: int = 0
    retired: int = 0

    def line(self, what: str) -> str:
        """ "services: 3 new, 1 changed, 80 as before, 2 retired"."""
        return f"{what}: {self.new} new, {self.changed} changed, {self.same} as before, {self.retired} retired"


def put(model: type[Row], key: Mapping[str, Any], values: Mapping[str, Any], counts: Counts, record: Record) -> Row:
    """The row with a key, made or brought up to the values; counted as new, changed or as before.

    BadFile with every fault so far where the tables would refuse the row.
    """
    row = model._default_manager.filter(**key).first()
    fresh = row is None
    row = row or model(**key)
    different = [name for name, value in values.items() if fresh or getattr(row, name) != value]
    for name in different:
        setattr(row, name, values[name])
    if not different and not fresh:
        counts.same += 1
        return row
    _save(row, record)
    if fresh:
        counts.new += 1
    else:
        counts.changed += 1
    return row


def _save(row: models.Model, record: Record) -> None:
    """Saves a row, or refuses with the reason. The tables judge their constraints: asking first costs a query each."""
    relations = {column.name for column in row._meta.concrete_fields if column.is_relation}
    try:
        row.clean_fields(exclude=relations)
        with transaction.atomic():
            row.save()
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            record.fault(f"'{name}': {' '.join(messages)}")
        record.faults.refuse()
    except IntegrityError as error:
        record.fault(_violated(row, error))
        record.faults.refuse()


def _violated(row: models.Model, error: IntegrityError) -> str:
    """What a broken constraint says, in its own words where the model gives it any."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    words = {constraint.name: constraint.violation_error_message for constraint in row._meta.constraints}
    return str(words.get(str(name)) or f"the table refuses it ({name or error})")
