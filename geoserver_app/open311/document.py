"""One document in two forms: XML as Open311 shows it, and JSON by its "Spark" mapping of that XML.

A document is written once, of plain values: mappings, lists, texts, numbers, truth values and None. In JSON it is what
it is. In XML a mapping's entries are elements, and each member of a list is an element named by the list's own name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias
from xml.etree import ElementTree as ET

Form: TypeAlias = Literal["xml", "json"]
Value: TypeAlias = Mapping[str, "Value"] | Sequence["Value"] | str | float | bool | None

CONTENT_TYPES: Mapping[Form, str] = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
_DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>\n'
# What a member of a list is called.
_MEMBER = {
    "areas": "area",
    "attributes": "attribute",
    "endpoints": "endpoint",
    "errors": "error",
    "formats": "format",
    "jurisdictions": "jurisdiction",
    "media_urls": "media_url",
    "notes": "note",
    "service_request_updates": "request_update",
    "service_requests": "request",
    "services": "service",
    "values": "value",
}
# XML 1.0 (section 2.2) knows no other characters, not even written as a reference.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Document:
    """``root`` is the name of the outermost element, which JSON drops; ``content`` a mapping or a list."""

    root: str
    content: Value

    def write(self, form: Form) -> bytes:
        """The bytes in a form, UTF-8."""
        return _json(self.content) if form == "json" else _xml(self)


def _json(content: Value) -> bytes:
    # A lone half of a pair (half an emoji that somebody cut) is no Unicode and cannot be written as UTF-8.
    return json.dumps(_nulls(content), ensure_ascii=False, allow_nan=False).encode("utf-8", errors="replace")


def _nulls(value: Value) -> Value:
    """What is an empty element in XML is null."""
    if isinstance(value, Mapping):
        return {name: _nulls(part) for name, part in value.items()}
    if isinstance(value, str):
        return value or None
    return [_nulls(part) for part in value] if isinstance(value, Sequence) else value


def _xml(document: Document) -> bytes:
    root = ET.Element(document.root)
    _fill(root, document.content)
    written: bytes = ET.tostring(root, encoding="utf-8", short_empty_elements=False)
    return _DECLARATION + written


def _fill(element: ET.Element, value: Value) -> None:
    if isinstance(value, Mapping):
        for name, part in value.items():
            _fill(ET.SubElement(element, name), part)
    elif isinstance(value, str):
        element.text = _NOT_XML.sub("", value)
    elif isinstance(value, Sequence):
        for part in value:
            _fill(ET.SubElement(element, _MEMBER[element.tag]), part)
    elif value is not None:
        element.text = _plain(value)


def _plain(value: float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)


def moment(at: Any, zone: Any) -> str | None:
    """A moment in W3C's form of ISO 8601, with seconds and zone, by a city's wall clock; None stays None."""
    return at.astimezone(zone).isoformat(timespec="seconds") if at is not None else None
