"""The crosswalk: which column of a file is which of our names, read from a small YAML file or the command line."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from layers.decisions import decisions
from layers.errors import BadFile
from layers.models import Kind
from layers.tables import TABLES, FeatureTables

AUTO = "auto"
ATTRIBUTE_TYPES = ("integer", "number", "string", "boolean", "date")
_PLAIN_KEYS = {
    "where": str,
    "layer": str,
    "encoding": str,
    "source_srid": int,
    "lon": str,
    "lat": str,
    "wkt": str,
    "merge": bool,
}
_RULE_KEYS = ("column", "template", "constant", "values", "default", "type")


_TYPE_WORDS = {int: "a whole number", str: "text", bool: "true or false"}


class PlainLoader(yaml.SafeLoader):
    """YAML in which a column called NO stays one: only true and false are booleans, only plain decimals numbers.

    YAML 1.1 would read NO and on as booleans, 010 as eight, 12:30 as a number of seconds and 2020-01-31 as a date.
    """

    yaml_implicit_resolvers: dict[str, Any] = {}


# Tag, what is read as it, and the characters it can begin with ("" for nothing at all).
_RESOLVED: tuple[tuple[str, str, list[str]], ...] = (
    ("bool", r"^(?:true|false|True|False|TRUE|FALSE)$", list("tfTF")),
    ("int", r"^-?(?:0|[1-9][0-9]*)$", list("-0123456789")),
    ("float", r"^-?(?:0|[1-9][0-9]*)\.[0-9]+$", list("-0123456789")),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
)
for _tag, _pattern, _first in _RESOLVED:
    PlainLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)


@dataclass(frozen=True)
class Rule:
    """Where one value comes from: a column, a template over columns ("Beat {NUMBER}") or a constant.

    ``values`` translates what stands in the file (as text) to ours; what it lacks becomes ``default``, or a fault
    where there is none. ``type`` is of attributes only.
    """

    column: str | None = None
    template: str | None = None
    constant: Any = None
    values: dict[str, Any] = field(default_factory=dict)
    default: Any = None
    has_default: bool = False
    type: str | None = None


@dataclass(frozen=True)
class Crosswalk:
    """How to read one layer into one kind. ``code`` None means that codes are made from the geometry (``auto``)."""

    code: Rule | None = None
    auto: bool = False
    fields: dict[str, Rule] = field(default_factory=dict)
    attributes: dict[str, Rule] = field(default_factory=dict)
    where: str | None = None
    placeholder_codes: frozenset[str] = frozenset()
    layer: str | None = None
    encoding: str | None = None
    source_srid: int | None = None
    lon: str | None = None
    lat: str | None = None
    wkt: str | None = None
    merge: bool = False
    decisions: dict[str, str] = field(default_factory=dict)

    def with_options(self, *, code_field: str | None, name_field: str | None, where: str | None) -> "Crosswalk":
        """The same with what the command line says more; a --where there narrows the file's own."""
        changed = self
        if code_field is not None:
            automatic = code_field.lower() == AUTO
            changed = replace(changed, auto=automatic, code=None if automatic else Rule(column=code_field))
        if name_field is not None:
            changed = replace(changed, fields=changed.fields | {"name": Rule(column=name_field)})
        if where:
            changed = replace(changed, where=f"({changed.where}) AND ({where})" if changed.where else where)
        return changed


def read_crosswalk(path: Path | str, kind: Kind) -> Crosswalk:
    """A crosswalk file for a kind. BadFile names every key it does not know, and those it does."""
    file = Path(path)
    try:
        document = yaml.load(file.read_text(encoding="utf-8"), Loader=PlainLoader)  # noqa: S506  it is a SafeLoader
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadFile(f"The crosswalk {file.name} cannot be read: {' '.join(str(error).split())}.") from error
    try:
        return crosswalk_from(document, kind)
    except BadFile as error:
        raise BadFile(f"The crosswalk {file.name}: {error}") from error


def parsed(text: str) -> dict[str, Any]:
    """A crosswalk's text as a document, empty for an empty one. BadFile where it is no list of NAME: COLUMN lines."""
    try:
        document = yaml.load(text, Loader=PlainLoader)  # noqa: S506  it is a SafeLoader
    except yaml.YAMLError as error:
        raise BadFile(f"It cannot be read: {' '.join(str(error).split())}.") from error
    if document is not None and not isinstance(document, dict):
        raise BadFile("It must be a list of NAME: COLUMN lines.")
    return document or {}


def columns_of(document: dict[str, Any]) -> set[str]:
    """The columns of a file that a crosswalk's document takes values from (those of ``where`` aside)."""
    values = [value for name, value in document.items() if name not in _NO_COLUMNS]
    values += [value for name in ("lon", "lat", "wkt") if (value := document.get(name))]
    values += list((document.get("attributes") or {}).values())
    found: set[str] = set()
    for value in values:
        if isinstance(value, str):
            found.add(value)
        elif isinstance(value, dict):
            found |= {str(value["column"])} if "column" in value else set()
            found |= set(re.findall(r"{([^{}]+)}", str(value.get("template", ""))))
    return found - {AUTO}


_NO_COLUMNS = {*_PLAIN_KEYS, "attributes", "placeholder_codes", "decisions"}


def crosswalk_from(document: Any, kind: Kind) -> Crosswalk:
    """A crosswalk out of a parsed document (a mapping), for a kind of feature."""
    if not isinstance(document, dict):
        raise BadFile("it must be a list of NAME: COLUMN lines.")
    tables = TABLES[kind.feature_class]
    names = set(tables.field_names) | set(tables.inputs)
    _refuse_unknown(document, names, kind)
    code = document.get("code", document.get(tables.code))
    automatic = isinstance(code, str) and code.lower() == AUTO
    return Crosswalk(
        code=None if automatic or code is None else _rule("code", code),
        auto=automatic,
        fields={name: _rule(name, value) for name, value in document.items() if name in names},
        attributes=_attributes(document.get("attributes") or {}),
        placeholder_codes=_placeholders(document.get("placeholder_codes") or []),
        decisions=_decisions(document.get("decisions") or {}),
        **{name: _plain(document, name, kept) for name, kept in _PLAIN_KEYS.items() if document.get(name) is not None},
    )


def _refuse_unknown(document: dict[Any, Any], names: set[str], kind: Kind) -> None:
    tables = TABLES[kind.feature_class]
    known = names | set(_PLAIN_KEYS) | {"code", tables.code, "attributes", "placeholder_codes", "decisions"}
    unknown = sorted(str(name) for name in document if name not in known)
    if unknown:
        raise BadFile(
            f"{', '.join(unknown)} means nothing for kind {kind.code}. Known: {', '.join(sorted(known))}. "
            "What has no column of its own goes under attributes."
        )


def _plain(document: dict[str, Any], name: str, kept: type) -> Any:
    value = document[name]
    if not isinstance(value, kept):
        raise BadFile(f"{name} must be {_TYPE_WORDS[kept]}, not {value!r}.")
    return value


def _placeholders(value: Any) -> frozenset[str]:
    if not isinstance(value, list):
        raise BadFile(f"placeholder_codes must be a list, not {value!r}.")
    return frozenset(str(code).strip() for code in value)


def _decisions(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise BadFile(f"decisions must be a list of CLASS: POLICY lines, not {value!r}.")
    return decisions(f"{finding}={policy}" for finding, policy in value.items()).by_class


def _attributes(document: Any) -> dict[str, Rule]:
    if not isinstance(document, dict):
        raise BadFile("attributes must be a list of NAME: COLUMN lines.")
    return {str(name): _rule(f"attributes.{name}", value) for name, value in document.items()}


def _rule(name: str, value: Any) -> Rule:
    """A rule from its short form (a column's name) or its long one."""
    if isinstance(value, str):
        return Rule(column=value)
    if not isinstance(value, dict):
        raise BadFile(f"{name} must be a column's name or a rule ({', '.join(_RULE_KEYS)}), not {value!r}.")
    unknown = sorted(str(key) for key in value if key not in _RULE_KEYS)
    if unknown:
        raise BadFile(f"{name} has {', '.join(unknown)}, which means nothing. Known: {', '.join(_RULE_KEYS)}.")
    sources = [key for key in ("column", "template", "constant") if key in value]
    if len(sources) != 1:
        raise BadFile(f"{name} must have one of column, template, constant; it has {', '.join(sources) or 'none'}.")
    if value.get("type") not in (None, *ATTRIBUTE_TYPES):
        raise BadFile(f"{name} has type {value['type']!r}. Known: {', '.join(ATTRIBUTE_TYPES)}.")
    return Rule(
        column=value.get("column"),
        template=value.get("template"),
        constant=value.get("constant"),
        values=_translations(name, value.get("values") or {}),
        default=value.get("default"),
        has_default="default" in value,
        type=value.get("type"),
    )


def _translations(name: str, values: Any) -> dict[str, Any]:
    if not isinstance(values, dict):
        raise BadFile(f"{name}: values must be a list of THEIRS: OURS lines.")
    return {str(theirs): ours for theirs, ours in values.items()}


def tables_of(kind: Kind) -> FeatureTables:
    """The tables that a kind's features stand in."""
    return TABLES[kind.feature_class]
