"""Applying a crosswalk: the columns of a file become codes, fields and attributes; faults are noted by feature."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from types import NoneType
from typing import Any

from layers import addresses
from layers.crosswalk import Crosswalk, Rule
from layers.errors import BadFile
from layers.models import Kind
from layers.source import SourceTable
from layers.tables import TABLES, FeatureTables, Field

_COLUMN_IN_TEMPLATE = re.compile(r"\{([^{}]+)\}")
_WHOLE = re.compile(r"^\s*(-?\d{1,9})(?:\.0+)?\s*$")
_HOUSE_NUMBER = re.compile(r"^\s*(\d{1,9})(?:\.0+)?\s*(?:[-–].*|[A-Za-z]|\d/\d)?\s*$")
_FALSE_TRUE = {"false": False, "f": False, "no": False, "n": False, "0": False,
               "true": True, "t": True, "yes": True, "y": True, "1": True}  # fmt: skip


@dataclass
class Mapped:
    """Every feature's own part, in the order of the file. ``bad`` holds (row, detail) of values that do not fit."""

    codes: list[str]
    fields: dict[str, list[Any]]
    attributes: list[dict[str, Any]]
    priorities: list[int]
    bad: list[tuple[int, str]] = field(default_factory=list)


def apply(crosswalk: Crosswalk, table: SourceTable, kind: Kind) -> Mapped:
    """Codes, fields and attributes of all features. BadFile for a column that is not there, or no way to a code."""
    reader = _Reader(table)
    tables = TABLES[kind.feature_class]
    codes = _codes(crosswalk, reader, tables)
    given = {name: reader.values(name, rule) for name, rule in crosswalk.fields.items()}
    _split_inputs(given, kind, codes)
    fields = {column.name: reader.typed(column, given.get(column.name)) for column in tables.fields}
    if kind.feature_class in {Kind.FeatureClass.AREA, Kind.FeatureClass.LANDMARK}:
        fields["name"] = [name or code for name, code in zip(fields["name"], codes, strict=True)]
    priorities = reader.typed(Field("priority", "integer"), given.get("priority"))
    attributes = _attributes(crosswalk, reader, kind)
    return Mapped(codes, fields, attributes, [number or 0 for number in priorities], reader.bad)


def text_of(value: Any) -> str:
    """A value of a file as text: 12.0 is "12", no value is "", outer blanks go."""
    if isinstance(value, str):
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


class _Reader:
    """The columns of a table under a crosswalk's rules, with a list of the values that do not fit."""

    def __init__(self, table: SourceTable) -> None:
        self.table = table
        self.bad: list[tuple[int, str]] = []

    def column(self, name: str) -> list[Any]:
        """A column by its name, or by its name in other case. BadFile with the names there are."""
        columns = self.table.columns
        alike = [known for known in columns if known.lower() == name.lower()]
        if name not in columns and len(alike) != 1:
            raise BadFile(f"There is no column {name!r}. The columns are: {', '.join(columns) or 'none'}.")
        return columns[name if name in columns else alike[0]]

    def values(self, name: str, rule: Rule) -> list[Any]:
        """What a rule gives for every feature."""
        raw = self._raw(rule)
        if not rule.values:
            return [rule.default if value in (None, "") else value for value in raw] if rule.has_default else raw
        return [self._translated(row, name, value, rule) for row, value in enumerate(raw)]

    def _raw(self, rule: Rule) -> list[Any]:
        if rule.column is not None:
            return self.column(rule.column)
        if rule.template is None:
            return [rule.constant] * len(self.table)
        names = _COLUMN_IN_TEMPLATE.findall(rule.template)
        columns = {name: self.column(name) for name in names}
        return [_filled(rule.template, columns, row) for row in range(len(self.table))]

    def _translated(self, row: int, name: str, value: Any, rule: Rule) -> Any:
        key = text_of(value)
        if key in rule.values:
            return rule.values[key]
        if rule.has_default:
            return rule.default
        self.bad.append((row, f"{name} {key!r} is not among the crosswalk's values"))
        return None

    def typed(self, column: Field, values: list[Any] | None) -> list[Any]:
        """Values as a column of ours holds them; those that do not fit are noted and left out."""
        if values is None:
            return [column.default] * len(self.table)
        convert = _integer if column.type == "integer" else _text(column)
        return self._converted(column.name, values, convert, column.default)

    def _converted(self, name: str, values: list[Any], convert: Callable[[Any], Any], default: Any) -> list[Any]:
        try:
            # Texts are converted once for each; numbers are not, because 1, 1.0 and True would pass for one another.
            if {type(value) for value in values} <= {str, NoneType}:
                return _each_once(convert, values)
            return [convert(value) for value in values]
        except ValueError:
            return [self._fitting(row, name, value, convert, default) for row, value in enumerate(values)]

    def _fitting(self, row: int, name: str, value: Any, convert: Callable[[Any], Any], default: Any) -> Any:
        try:
            return convert(value)
        except ValueError as error:
            self.bad.append((row, f"{name} {text_of(value)!r} {error}"))
            return default

    def attribute(self, name: str, values: list[Any], kind: str | None) -> list[Any]:
        convert = _CONVERSIONS.get(kind or "")
        return self._converted(name, values, convert, None) if convert else values


def _filled(template: str, columns: dict[str, list[Any]], row: int) -> str:
    filled = _COLUMN_IN_TEMPLATE.sub(lambda match: text_of(columns[match.group(1)][row]), template)
    return " ".join(filled.split())


def _codes(crosswalk: Crosswalk, reader: _Reader, tables: FeatureTables) -> list[str]:
    if crosswalk.auto:
        return [""] * len(reader.table)
    if crosswalk.code is None:
        raise BadFile(
            f"Which column holds the {tables.code.replace('_', ' ')}? Say --code-field (or code: in the crosswalk) "
            f"with one of: {', '.join(reader.table.columns) or 'none'}; or auto, which makes codes from the geometry. "
            "--propose makes a crosswalk that fits this file."
        )
    return [text_of(value) for value in reader.values("code", crosswalk.code)]


def _attributes(crosswalk: Crosswalk, reader: _Reader, kind: Kind) -> list[dict[str, Any]]:
    known = kind.attribute_schema.get("properties", {}) if kind.attribute_schema else {}
    columns = {
        name: reader.attribute(name, reader.values(name, rule), rule.type or known.get(name, {}).get("type"))
        for name, rule in crosswalk.attributes.items()
    }
    if not columns:
        return [{} for _ in range(len(reader.table))]
    names = sorted(columns)  # one order, because a shape's hash is over them
    return [
        {name: value for name, value in zip(names, row, strict=True) if value not in (None, "")}
        for row in zip(*(columns[name] for name in names), strict=True)
    ]


def _text(column: Field) -> Callable[[Any], str]:
    default, limit = column.default or "", column.max_length or 1_000_000

    def convert(value: Any) -> str:
        text = text_of(value) or default
        if column.choices and text not in column.choices:
            raise ValueError(f"is not one of {', '.join(column.choices)}")
        if len(text) > limit:
            raise ValueError(f"is longer than {column.max_length} characters")
        return text

    return convert


def _integer(value: Any) -> int | None:
    """A whole number; a house number keeps its digits ("4512-14" and "4512B" are 4512)."""
    if value is None or value == "":
        return None
    match = _HOUSE_NUMBER.match(text_of(value)) or _WHOLE.match(text_of(value))
    if match is None:
        raise ValueError("is no whole number")
    return int(match.group(1))


def _whole(value: Any) -> int | None:
    text = text_of(value).replace(",", "")
    if not text:
        return None
    if not _WHOLE.match(text):
        raise ValueError("is no whole number")
    return int(float(text))


def _number(value: Any) -> float | None:
    text = text_of(value).replace(",", "")
    try:
        return float(text) if text else None
    except ValueError as error:
        raise ValueError("is no number") from error


def _boolean(value: Any) -> bool | None:
    text = text_of(value).lower()
    if text and text not in _FALSE_TRUE:
        raise ValueError("is neither true nor false")
    return _FALSE_TRUE[text] if text else None


def _date(value: Any) -> str | None:
    text = text_of(value)[:10].replace("/", "-")
    try:
        return date.fromisoformat(text).isoformat() if text else None
    except ValueError as error:
        raise ValueError("is no date (YYYY-MM-DD)") from error


_CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "integer": _whole,
    "number": _number,
    "string": text_of,
    "boolean": _boolean,
    "date": _date,
}


def _split_inputs(given: dict[str, list[Any]], kind: Kind, codes: list[str]) -> None:
    """Fills name parts from a whole street or address, and a whole from its parts, in place."""
    if kind.feature_class == Kind.FeatureClass.CENTERLINE:
        written = [text_of(value) for value in given.get("street", [""] * len(codes))]
        _street_parts(given, len(codes))
        given.setdefault("full_name", _sign_names(given, written))
        for side in ("left", "right"):
            _no_zeros(given, f"from_address_{side}", f"to_address_{side}")
    if kind.feature_class == Kind.FeatureClass.ADDRESS_POINT:
        _address_parts(given)
        _street_parts(given, len(codes))
        _full_addresses(given, len(codes))


_PARTS = ("pre_directional", "street_name", "post_type", "post_directional")


def _street_parts(given: dict[str, list[Any]], count: int) -> None:
    if "street" in given:
        split = _each_once(addresses.split_street, [text_of(value) for value in given.pop("street")])
        for part in _PARTS:
            given.setdefault(part, [getattr(name, part) for name in split])
    for part in ("post_type", "pre_directional", "post_directional"):
        clean = _post_type if part == "post_type" else _directional
        if part in given:
            given[part] = _each_once(clean, [text_of(value) for value in given[part]])
    if "street_name" in given:
        given["street_name"] = [" ".join(addresses.words_of(text_of(value))) for value in given["street_name"]]


def _each_once(work: Callable[[Any], Any], values: list[Any]) -> list[Any]:
    """What a function makes of every value, computed once for each: a city has few street names and many addresses."""
    made = {value: work(value) for value in set(values)}
    return [made[value] for value in values]


def _post_type(text: str) -> str:
    return addresses.split_street(f"X {text}").post_type or text.upper() if text else ""


def _directional(text: str) -> str:
    return addresses.split_street(f"{text} X ST").pre_directional or text.upper() if text else ""


def _shown_names(given: dict[str, list[Any]], count: int) -> list[str]:
    """Street names as signs show them, out of their parts."""
    empty = [""] * count
    parts = list(zip(*(given.get(part, empty) for part in _PARTS), strict=True))
    return _each_once(lambda one: addresses.display_name(addresses.StreetName(*one)), parts)


def _sign_names(given: dict[str, list[Any]], written: list[str]) -> list[str]:
    """Names for the map out of their parts, in the capitals of the file where it minds them ("JFK St")."""
    made = _shown_names(given, len(written))
    spelled = {(name, text): addresses.spelled_as(name, text) for name, text in set(zip(made, written, strict=True))}
    return [spelled[pair] for pair in zip(made, written, strict=True)]


def _no_zeros(given: dict[str, list[Any]], *names: str) -> None:
    """No house has number 0 or -1: files write them for "no numbers on this side"."""
    for name in names:
        if name in given:
            given[name] = [None if text_of(value) in {"", "0", "-1"} else value for value in given[name]]


def _address_parts(given: dict[str, list[Any]]) -> None:
    if "address" not in given:
        return
    texts = [text_of(value) for value in given.pop("address")]
    split = [addresses.split_address(text) for text in texts]
    given.setdefault("full_address", texts)
    given.setdefault("address_number", [one.number for one in split])
    given.setdefault("number_suffix", [one.number_suffix for one in split])
    given.setdefault("unit", [one.unit for one in split])
    given.setdefault("zip_code", [one.zip_code for one in split])
    for part in _PARTS:
        given.setdefault(part, [getattr(one.street, part) for one in split])


def _full_addresses(given: dict[str, list[Any]], count: int) -> None:
    if "full_address" in given:
        return
    empty = [""] * count
    columns = (given.get(name, empty) for name in ("address_number", "number_suffix", "unit"))
    rows = zip(*columns, _shown_names(given, count), strict=True)
    given["full_address"] = [
        " ".join(part for part in (text_of(number) + text_of(suffix), name, _shown_unit(unit)) if part)
        for number, suffix, unit, name in rows
    ]


def _shown_unit(unit: Any) -> str:
    return f"#{text_of(unit)}" if text_of(unit) else ""
