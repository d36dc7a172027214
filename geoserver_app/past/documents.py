"""JSON of any length, one object at a time: features of GeoJSON, lines of NDJSON, requests of an Open311 page.

The standard library's decoder takes one value after the other off a window of the text: no more of the file is in
memory than that, and it is several times quicker than an event parser.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from layers.errors import BadFile
from layers.formats import head_of, utf_16_of

_WINDOW = 1 << 20
LONGEST = 16 * 1024 * 1024  # characters of one object
_BLANK = re.compile(r"[\s,\x1e]*")
_decode = json.JSONDecoder().raw_decode
# Where an object holds the list of what is asked for: GeoJSON, Open311 pages in an envelope, what portals answer.
_LISTS = ("features", "requests", "service_requests", "results", "data", "items", "records")


def objects(path: Path, name: str) -> Iterator[dict[str, Any]]:
    """The objects of a JSON file in their order, features with their properties as columns. BadFile where it breaks."""
    with path.open(encoding=utf_16_of(head_of(path)) or "utf-8-sig", newline="") as file:
        window = _Window(file, name)
        try:
            for value in _values(window):
                if not isinstance(value, dict):
                    raise BadFile(f"{name}, object {window.count}: it is no object but {str(value)[:60]!r}.")
                yield _flat(value)
        except (UnicodeDecodeError, RecursionError) as error:
            raise BadFile(f"{name} cannot be read after {window.count} objects: {error}.") from error


class _Window:
    """A part of the text, and how far it is read."""

    def __init__(self, file: IO[str], name: str) -> None:
        self._file, self._name = file, name
        self._text, self._at, self._ended = "", 0, False
        self.count = 0

    def peek(self) -> str:
        """The next character that is no blank or comma; "" at the end."""
        while True:
            found = _BLANK.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def skip(self) -> None:
        """Goes past the character that was looked at."""
        self._at += 1

    def value(self) -> Any:
        """The next value, whole."""
        self.peek()
        while True:
            try:
                found, end = _decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if len(self._text) - self._at > LONGEST or not self._more():
                    raise BadFile(
                        f"{self._name}, after {self.count} objects: {error.msg} near"
                        f" {self._text[error.pos : error.pos + 40]!r}. The file is damaged or cut off."
                    ) from error
                continue
            # A number may go on in what is not read yet.
            if end < len(self._text) or not self._more():
                self._at = end
                self.count += 1
                return found

    def _more(self) -> bool:
        """Reads on, and forgets what is behind; False at the end of the file."""
        if self._ended:
            return False
        fresh = self._file.read(max(_WINDOW, len(self._text) - self._at))
        self._ended = not fresh
        self._text, self._at = self._text[self._at :] + fresh, 0
        return bool(fresh)


def _values(window: _Window) -> Iterator[Any]:
    """Objects one after the other, those of a list at the top, or of the first list in an object at the top."""
    opening = window.peek()
    if opening == "[":
        window.skip()
        yield from _until(window, "]")
        return
    if opening == "{" and (inside := _list_inside(window)) is not None:
        yield from inside
        return
    while window.peek():
        yield window.value()


def _until(window: _Window, end: str) -> Iterator[Any]:
    while window.peek() != end:
        yield window.value()
    window.skip()


def _list_inside(window: _Window) -> Iterator[Any] | None:
    """The values of the list in an object at the top, whichever key leads to it; where there is none, the object."""
    window.skip()
    seen: dict[str, Any] = {}
    while window.peek() not in {"}", ""}:
        key = window.value()
        if window.peek() != ":":
            raise BadFile(f"It begins like JSON and is none: no colon after {str(key)[:40]!r}.")
        window.skip()
        if key in _LISTS and window.peek() == "[":
            window.skip()
            window.count = 0
            return _rest(window)
        seen[str(key)] = window.value()
    if window.peek() == "":
        raise BadFile("The file is cut off within its first object.")
    window.skip()
    window.count = 1
    return _after(seen, window)


def _rest(window: _Window) -> Iterator[Any]:
    yield from _until(window, "]")
    # What stands behind the list is read, so that a file that is cut off is found out.
    while window.peek() not in {"}", ""}:
        window.value()
        if window.peek() == ":":
            window.skip()
    if window.peek() == "":
        raise BadFile("The file is cut off behind its list.")


def _after(first: dict[str, Any], window: _Window) -> Iterator[Any]:
    yield first
    while window.peek():
        yield window.value()


def _flat(value: dict[str, Any]) -> dict[str, Any]:
    """A feature's properties with its point as ``longitude`` and ``latitude``; objects within as ``outer.inner``."""
    if value.get("type") == "Feature":
        columns = dict(value.get("properties") or {})
        columns.setdefault("id", value.get("id"))
        return _inner({**_point(value.get("geometry")), **columns})
    return _inner(value)


def _point(geometry: Any) -> dict[str, Any]:
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        return {}
    places = geometry.get("coordinates")
    return {"longitude": places[0], "latitude": places[1]} if isinstance(places, list) and len(places) >= 2 else {}


def _inner(value: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, one in value.items():
        if isinstance(one, dict):
            found |= {f"{name}.{inner}": deeper for inner, deeper in one.items()}
        else:
            found[name] = one
    return found
