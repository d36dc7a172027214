"""The city's codes for how a request ended: look-up, the choices of a page, loading from a file's rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from geoserver_app.intake.models import ServiceRequest
from geoserver_app.work.errors import Incomplete
from geoserver_app.work.models import Resolution
from layers.errors import BadFile
from layers.models import Jurisdiction

LANGUAGES = ("en", "es")


def choices(jurisdiction: Jurisdiction, on: date) -> list[Resolution]:
    """The resolutions in use on a local day, in the city's order."""
    return [one for one in Resolution.objects.filter(jurisdiction=jurisdiction) if _in_use(one, on)]


def resolution_of(request: ServiceRequest, code: str, at: datetime) -> Resolution:
    """The resolution that a code names in the request's city; Incomplete for one that is unknown or retired."""
    in_use = choices(request.jurisdiction, request.jurisdiction.local_date(at))
    for one in in_use:
        if one.code == code:
            return one
    raise Incomplete(f"No resolution '{code}'. There are: {', '.join(one.code for one in in_use) or 'none yet'}.")


def _in_use(one: Resolution, on: date) -> bool:
    return one.retired_on is None or on < one.retired_on


@dataclass(frozen=True)
class Loaded:
    """What loading did or would do: codes that are new, changed, unchanged, retired."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)


def load(jurisdiction: Jurisdiction, rows: Sequence[Any], *, on: date) -> Loaded:
    """Brings the table to what the rows say, in one transaction of the caller's; BadFile where a row is wrong.

    A row: code, meaning, name and sentence as {"en": ..., "es": ...}. A code that the rows do not name is retired,
    never deleted: old requests still say it.
    """
    wanted = {row["code"]: row for row in (_checked(row, number) for number, row in enumerate(rows, 1))}
    if len(wanted) != len(rows):
        raise BadFile("A resolution's code stands twice in the file. Each code once.")
    loaded = Loaded()
    existing = {one.code: one for one in Resolution.objects.filter(jurisdiction=jurisdiction)}
    for position, (code, row) in enumerate(wanted.items(), 1):
        _bring(existing.get(code) or Resolution(jurisdiction=jurisdiction, code=code), row, position, loaded)
    for code in sorted(existing.keys() - wanted.keys()):
        if existing[code].retired_on is None:
            Resolution.objects.filter(pk=existing[code].pk).update(retired_on=on)
            loaded.retired.append(code)
    return loaded


def _bring(one: Resolution, row: dict[str, Any], position: int, loaded: Loaded) -> None:
    columns: dict[str, Any] = {
        "name": row["name"]["en"],
        "names": row["name"],
        "sentence": row["sentence"]["en"],
        "sentences": row["sentence"],
        "meaning": row["meaning"],
        "position": position,
        "retired_on": None,
    }
    if one.pk is not None and all(getattr(one, name) == value for name, value in columns.items()):
        loaded.unchanged.append(one.code)
        return
    (loaded.new if one.pk is None else loaded.changed).append(one.code)
    for name, value in columns.items():
        setattr(one, name, value)
    one.save()


def _checked(row: Any, number: int) -> dict[str, Any]:
    where = f"Resolution {number}"
    if not isinstance(row, dict) or set(row) != {"code", "meaning", "name", "sentence"}:
        raise BadFile(f"{where}: a resolution has code, meaning, name and sentence, and nothing else.")
    if row["meaning"] not in Resolution.Meaning.values:
        raise BadFile(
            f"{where} ({row['code']}): meaning '{row['meaning']}' is none of {', '.join(Resolution.Meaning.values)}."
        )
    for part in ("name", "sentence"):
        texts = row[part]
        if not isinstance(texts, dict) or not all(texts.get(language) for language in LANGUAGES):
            raise BadFile(f"{where} ({row['code']}): {part} needs a text in each of {', '.join(LANGUAGES)}.")
    return row
