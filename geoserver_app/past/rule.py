"""Where one value of a request comes from: a column, text around columns, or always the same."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from layers.errors import BadFile

Row: TypeAlias = Mapping[str, Any]
Pick: TypeAlias = Callable[[Row], str]
_KEYS = ("column", "template", "constant", "values", "default")
_IN_TEMPLATE = re.compile(r"\{([^{}]+)\}")
_PLAIN = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Rule:
    """One of ``column``, ``template`` ("{Category}: {Request.Type}") or ``constant``; several columns: the first that
    holds anything.

    ``values`` translates what stands there (any case) to ours; ``default`` is for no value, and for one that
    ``values`` lacks.
    """

    columns: tuple[str, ...] = ()
    template: str = ""
    constant: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    default: str | None = None

    def names(self) -> tuple[str, ...]:
        """The columns that it reads."""
        return self.columns or tuple(_IN_TEMPLATE.findall(self.template))


def rule_from(name: str, value: Any) -> Rule:
    """A rule out of a mapping file: a column's name, several, or its long form. BadFile for anything else."""
    if isinstance(value, str):
        return Rule(columns=(value,))
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        return Rule(columns=tuple(value))
    if not isinstance(value, dict):
        raise BadFile(f"{name} must be a column's name or a rule ({', '.join(_KEYS)}), not {value!r}.")
    unknown = sorted(str(key) for key in value if key not in _KEYS)
    if unknown:
        raise BadFile(f"{name} has {', '.join(unknown)}, which means nothing. Known: {', '.join(_KEYS)}.")
    sources = [key for key in ("column", "template", "constant") if key in value]
    if len(sources) != 1:
        raise BadFile(f"{name} must have one of column, template, constant; it has {', '.join(sources) or 'none'}.")
    return Rule(
        columns=rule_from(f"{name}.column", value["column"]).columns if "column" in value else (),
        template=str(value.get("template", "")),
        constant=str(value.get("constant", "")),
        values=_translations(name, value.get("values") or {}),
        default=None if value.get("default") is None else str(value["default"]),
    )


def _translations(name: str, values: Any) -> dict[str, Any]:
    if not isinstance(values, dict):
        raise BadFile(f"{name}: values must be a list of THEIRS: OURS lines.")
    return {fold(str(theirs)): ours for theirs, ours in values.items()}


def fold(text: str) -> str:
    """A value of the file as it is compared: without case, ends or double blanks."""
    return " ".join(text.split()).casefold()


def column_called(wanted: str, columns: Iterable[str]) -> str | None:
    """The column that a mapping means: so spelled, else in any case, else by its letters and digits alone."""
    there = list(columns)
    for alike in (str, str.casefold, _letters):
        for column in there:
            if alike(column) == alike(wanted):
                return column
    return None


def _letters(name: str) -> str:
    return _PLAIN.sub("", name.casefold())


def pick(rule: Rule | None, columns: Iterable[str]) -> Pick:
    """How the raw text of a rule is read from a row with such columns; a column that is not there is empty."""
    if rule is None:
        return lambda _row: ""
    there = list(columns)
    if rule.columns:
        found = [column_called(name, there) or name for name in rule.columns]
        return _of_column(found[0]) if len(found) == 1 else _first_of(found)
    if rule.template:
        parts = {name: _of_column(column_called(name, there) or name) for name in rule.names()}
        return lambda row: _filled(rule.template, parts, row)
    return lambda _row: rule.constant


def _of_column(name: str) -> Pick:
    def read(row: Row) -> str:
        value = row.get(name)
        text = value.strip() if type(value) is str else text_of(value)
        # PostgreSQL's text knows no NUL character; a file that holds one is padded, not meaningful.
        return text.replace("\0", "") if "\0" in text else text

    return read


def _first_of(names: list[str]) -> Pick:
    reads = [_of_column(name) for name in names]
    return lambda row: next((text for text in (read(row) for read in reads) if text), "")


def _filled(template: str, parts: Mapping[str, Pick], row: Row) -> str:
    """The template with its values; what is empty takes the separators beside it along."""
    values = {name: read(row) for name, read in parts.items()}
    if not any(values.values()):
        return ""
    text = _IN_TEMPLATE.sub(lambda found: values[found.group(1)], template)
    return re.sub(r"(?:\s*[:,;/-])+\s*$|^\s*(?:[:,;/-]\s*)+", "", " ".join(text.split()))


def text_of(value: Any) -> str:
    """A value out of JSON or a workbook as text; none is empty, a whole number has no ".0"."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value) if isinstance(value, int | float) else json.dumps(value, ensure_ascii=False, sort_keys=True)
