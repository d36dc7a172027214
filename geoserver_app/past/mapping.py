"""The mapping: how the columns of another system's files become requests, read from a YAML file."""

from __future__ import annotations

from collections.abc import Mapping as Values
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from geoserver_app.intake.models import ServiceRequest
from geoserver_app.past.moments import known_format
from geoserver_app.past.rule import Rule, rule_from
from geoserver_app.work.models import Resolution
from layers.crosswalk import PlainLoader
from layers.errors import BadFile

State = ServiceRequest.State
# Rules of one value each; those of places, people and history have sections of their own.
FIELDS = ("number", "requested", "received", "updated", "closed", "expected", "service", "status", "channel",
          "language", "description", "status_notes", "priority", "department", "resolution", "photos")  # fmt: skip
PLACE = ("lon", "lat", "text", "address", "accuracy_m")
PERSON = ("name", "email", "phone", "postal_address", "tell_by")
HISTORY = ("number", "at", "status", "note", "public")
_SECTIONS = ("source", "zone", "dates", "repeated", "create", "mask", "place", "contact", "areas", "keep", "history",
             "impossible_dates", "default_points", "detect_default_points", "resolutions", "layer")  # fmt: skip
_PLACE_OPTIONS = ("srid", "method")
_CREATE = ("services", "departments", "publication", "privacy")
REPEATED = ("refuse", "last", "history")
IMPOSSIBLE = ("clamp", "refuse")


@dataclass(frozen=True)
class Create:
    """What is made where the city has it not: services that are retired at once, departments that are dissolved.

    Such services show nothing to everybody unless the mapping says so.
    """

    services: bool = False
    departments: bool = False
    publication: str = "internal"
    privacy: str = "exact"


@dataclass(frozen=True)
class History:
    """A second file with what happened to the requests: one line each."""

    file: str
    rules: Values[str, Rule]


@dataclass(frozen=True)
class Outcome:
    """What a status of the old system means: our state, and how it ended where that is told by the same word."""

    state: str
    resolution: str = ""


@dataclass(frozen=True)
class Mapping:
    """A mapping file as it was read; ``text`` is the file itself."""

    source: str
    fields: Values[str, Rule]
    text: str = ""
    zone: ZoneInfo | None = None
    dates: tuple[str, ...] = ("iso",)
    repeated: str = "refuse"
    impossible_dates: str = "clamp"
    mask: bool = True
    create: Create = field(default_factory=Create)
    place: Values[str, Rule] = field(default_factory=dict)
    srid: int = 4326
    place_method: str = "address"
    contact: Values[str, Rule] = field(default_factory=dict)
    areas: Values[str, Rule] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    history: History | None = None
    statuses: Values[str, Outcome] = field(default_factory=dict)
    default_points: tuple[tuple[float, float], ...] = ()
    detect_default_points: bool = True
    resolutions: Values[str, str] = field(default_factory=dict)  # code to what it means everywhere
    layer: str = ""

    def columns(self) -> set[str]:
        """Every column that it names."""
        rules = [*self.fields.values(), *self.place.values(), *self.contact.values(), *self.areas.values()]
        return {name for rule in rules for name in rule.names()} | set(self.keep)

    def needed(self) -> set[str]:
        """The columns without which there is no request; objects may lack others, and all of the first ones may."""
        return {name for field in ("number", "requested", "service", "status") for name in self.fields[field].names()}


def read_mapping(path: Path | str) -> Mapping:
    """A mapping file. BadFile says which key means nothing, or what is missing."""
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8")
        document = yaml.load(text, Loader=PlainLoader)  # noqa: S506  it is a SafeLoader
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadFile(f"The mapping {file.name} cannot be read: {' '.join(str(error).split())}.") from error
    try:
        return mapping_from(document, text)
    except BadFile as error:
        raise BadFile(f"The mapping {file.name}: {error}") from error


def mapping_from(document: Any, text: str = "") -> Mapping:
    """A mapping out of a parsed document."""
    if not isinstance(document, dict):
        raise BadFile("it must be a list of NAME: COLUMN lines; import_requests FILE --propose writes one.")
    known = {*FIELDS, *_SECTIONS}
    _refuse_unknown("", document, known)
    missing = [name for name in ("source", "number", "requested", "service", "status") if name not in document]
    if missing:
        raise BadFile(f"{', '.join(missing)} is missing: every request needs it.")
    place, statuses = _section(document, "place"), rule_from("status", document["status"])
    return Mapping(
        source=_word(document, "source", 60),
        fields={name: rule_from(name, document[name]) for name in FIELDS if document.get(name) is not None},
        text=text,
        zone=_zone(document.get("zone")),
        dates=_dates(document.get("dates", ["iso"])),
        repeated=_choice(document, "repeated", REPEATED),
        impossible_dates=_choice(document, "impossible_dates", IMPOSSIBLE),
        mask=_flag(document, "mask", True),
        create=_create(_section(document, "create")),
        place=_rules("place", place, PLACE, _PLACE_OPTIONS),
        srid=_srid(place.get("srid", 4326)),
        place_method=_choice(place, "method", ("address", "pin")),
        contact=_rules("contact", _section(document, "contact"), PERSON),
        areas={str(kind): rule_from(f"areas.{kind}", one) for kind, one in _section(document, "areas").items()},
        keep=_names(document.get("keep") or []),
        history=_history(_section(document, "history")),
        statuses={theirs: _outcome(theirs, ours) for theirs, ours in statuses.values.items()},
        default_points=_points(document.get("default_points") or []),
        detect_default_points=_flag(document, "detect_default_points", True),
        resolutions=_meanings(_section(document, "resolutions")),
        layer=str(document.get("layer") or ""),
    )


def _refuse_unknown(name: str, document: dict[Any, Any], known: set[str]) -> None:
    unknown = sorted(str(key) for key in document if key not in known)
    if unknown:
        inside = f" in {name}" if name else ""
        raise BadFile(f"{', '.join(unknown)} means nothing{inside}. Known: {', '.join(sorted(known))}.")


def _section(document: dict[str, Any], name: str) -> dict[str, Any]:
    value = document.get(name) or {}
    if not isinstance(value, dict):
        raise BadFile(f"{name} must be a list of NAME: VALUE lines, not {value!r}.")
    return value


def _rules(
    name: str, section: dict[str, Any], known: tuple[str, ...], options: tuple[str, ...] = ()
) -> dict[str, Rule]:
    _refuse_unknown(name, section, {*known, *options})
    return {key: rule_from(f"{name}.{key}", section[key]) for key in known if section.get(key) is not None}


def _word(document: dict[str, Any], name: str, longest: int) -> str:
    value = document[name]
    if not isinstance(value, str) or not 0 < len(value.strip()) <= longest:
        raise BadFile(f"{name} must be a word of at most {longest} letters, not {value!r}.")
    return value.strip()


def _flag(document: dict[str, Any], name: str, otherwise: bool) -> bool:
    value = document.get(name, otherwise)
    if not isinstance(value, bool):
        raise BadFile(f"{name} must be true or false, not {value!r}.")
    return value


def _choice(document: dict[str, Any], name: str, choices: tuple[str, ...]) -> str:
    value = document.get(name, choices[0])
    if value not in choices:
        raise BadFile(f"{name} is {value!r}; it can be {', '.join(choices)}.")
    return str(value)


def _zone(value: Any) -> ZoneInfo | None:
    if value is None:
        return None
    try:
        return ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadFile(f"zone {value!r} is no time zone. Say one like America/Los_Angeles, or UTC.") from error


def _dates(value: Any) -> tuple[str, ...]:
    formats = [value] if isinstance(value, str) else value
    if not isinstance(formats, list) or not formats or not all(isinstance(one, str) for one in formats):
        raise BadFile(f"dates must be a list of formats like '%m/%d/%Y %I:%M:%S %p', or iso, not {value!r}.")
    return tuple(known_format(one) for one in formats)


def _srid(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadFile(f"place.srid must be an EPSG code, not {value!r}.")
    return value


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise BadFile(f"keep must be a list of columns, not {value!r}.")
    return tuple(value)


def _create(section: dict[str, Any]) -> Create:
    _refuse_unknown("create", section, set(_CREATE))
    return Create(
        services=_flag(section, "services", False),
        departments=_flag(section, "departments", False),
        publication=_choice(section, "publication", ("internal", "public")),
        privacy=_choice(section, "privacy", ("exact", "block_face", "cell", "area_only", "hidden")),
    )


def _history(section: dict[str, Any]) -> History | None:
    if not section:
        return None
    rules = _rules("history", section, HISTORY, ("file",))
    missing = [name for name in ("file", "number", "at") if name not in section]
    if missing:
        raise BadFile(f"history needs {', '.join(missing)}.")
    return History(str(section["file"]), rules)


def _outcome(theirs: str, ours: Any) -> Outcome:
    given = ours if isinstance(ours, dict) else {"state": ours}
    _refuse_unknown(f"status.values.{theirs}", given, {"state", "resolution"})
    states = [one.value for one in State if one not in (State.RECEIVED, State.REFERRED)]
    if given.get("state") not in states:
        raise BadFile(f"status {theirs!r} becomes {given.get('state')!r}; it can become {', '.join(states)}.")
    return Outcome(str(given["state"]), str(given.get("resolution") or ""))


def _points(value: Any) -> tuple[tuple[float, float], ...]:
    try:
        return tuple((float(lon), float(lat)) for lon, lat in value)
    except (TypeError, ValueError) as error:
        raise BadFile(f"default_points must be a list of [lon, lat] in degrees, not {value!r}.") from error


def _meanings(section: dict[str, Any]) -> dict[str, str]:
    for code, meaning in section.items():
        if meaning not in Resolution.Meaning.values:
            raise BadFile(f"resolutions.{code} means {meaning!r}; it can be {', '.join(Resolution.Meaning.values)}.")
    return {str(code): str(meaning) for code, meaning in section.items()}
