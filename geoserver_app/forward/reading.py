"""What an Open311 endpoint answers, read from XML: without entities, whatever namespace or order it comes in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from geoserver_app.forward.wire import Heard, NoAnswer


class Refused(Exception):
    """The endpoint understood us and says no; the same will not succeed later."""


@dataclass(frozen=True)
class Theirs:
    """A request as they see it; empty where they did not say."""

    number: str = ""
    token: str = ""
    status: str = ""
    status_notes: str = ""


def first_request(heard: Heard) -> Theirs:
    """The first request of an answer. Refused for errors that will stay, NoAnswer for any other failure."""
    root = _root(heard)
    if not 200 <= heard.status < 300:
        said = "; ".join(f"{_text(one, 'code')}: {_text(one, 'description')}" for one in _all(root, "error"))
        if heard.status in {400, 401, 403, 404, 410, 422}:
            raise Refused(said or f"HTTP status {heard.status}")
        raise NoAnswer(said or f"HTTP status {heard.status}")
    found = next(iter(_all(root, "request")), None)
    if found is None:
        return Theirs()
    number, token = _text(found, "service_request_id"), _text(found, "token")
    return Theirs(number[:200], token[:200], _text(found, "status").lower()[:6], _text(found, "status_notes")[:4000])


def _root(heard: Heard) -> Any:
    try:
        return fromstring(heard.body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        if 200 <= heard.status < 300 or heard.status >= 500:
            raise NoAnswer(f"The answer is no XML that can be read (HTTP status {heard.status}).") from error
        return None


def _all(root: Any, name: str) -> list[Any]:
    return [one for one in root.iter() if _bare(one) == name] if root is not None else []


def _text(element: Any, name: str) -> str:
    found = next((one for one in element if _bare(one) == name), None)
    return (found.text or "").strip() if found is not None else ""


def _bare(element: Any) -> str:
    """An element's name without a namespace."""
    return str(element.tag).rpartition("}")[2]
