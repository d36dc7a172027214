"""Pages of Open311's XML, one request at a time; nothing that a document declares is ever followed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

from layers.errors import BadFile

_CHUNK = 1 << 18
_DECLARED = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_LONGEST = 4 * 1024 * 1024  # characters within one request


def requests(path: Path, name: str) -> Iterator[dict[str, Any]]:
    """The elements ``request`` as column to text. BadFile for what is no sound XML in UTF-8, or declares entities."""
    parser, depth, count = XMLPullParser(("start", "end")), 0, 0
    for chunk in _chunks(path, name):
        try:
            parser.feed(chunk)
            for event, element in cast("Iterator[tuple[str, Element]]", parser.read_events()):
                depth += 1 if event == "start" else -1
                if event == "end" and _tag(element) == "request":
                    count += 1
                    yield _columns(element)
                if event == "end" and depth <= 1:
                    element.clear()
        except ParseError as error:
            raise BadFile(f"{name} is no sound XML after {count} requests: {error}.") from error
    try:
        parser.close()
    except ParseError as error:
        raise BadFile(f"{name} is cut off after {count} requests: {error}.") from error


def _chunks(path: Path, name: str) -> Iterator[bytes]:
    before = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if b"\x00" in chunk:
                raise BadFile(f"{name} is no XML in UTF-8. Save it as UTF-8.")
            if _DECLARED.search(before + chunk):
                raise BadFile(f"{name} declares a document type or entities, which are not read. Take that part out.")
            before = chunk[-10:]
            yield chunk


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _columns(element: Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    room = _LONGEST
    for inner in element.iter():
        text = (inner.text or "").strip()
        room -= len(text)
        if inner is not element and not len(inner):
            found.setdefault(_tag(inner), text)
    if room < 0:
        raise BadFile(f"A request holds more than {_LONGEST} characters: it is no request.")
    return found
