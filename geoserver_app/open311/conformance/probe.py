"""An endpoint under examination: asked by HTTP, its answers read strictly, what is found written down by rule."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol
from xml.etree.ElementTree import Element

import requests
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from layers.errors import OneMapError

TIMEOUT_S = (10, 60)
TYPES = {"xml": "text/xml", "json": "application/json"}
Result = Literal["ok", "FAIL", "skipped"]


class Unreachable(OneMapError):
    """Nobody answers at the address at all."""


@dataclass(frozen=True)
class Heard:
    """An answer. ``headers`` have lower-case names."""

    status: int
    body: bytes
    headers: Mapping[str, str]


class Way(Protocol):
    """How an endpoint is asked: over the network, or in tests where the test says."""

    def __call__(self, method: str, url: str, fields: Mapping[str, Any], headers: Mapping[str, str]) -> Heard: ...


def over_network(method: str, url: str, fields: Mapping[str, Any], headers: Mapping[str, str]) -> Heard:
    """The answer of whatever address the operator names. Unreachable where there is none."""
    in_body = method == "POST"
    try:
        answer = requests.request(
            method, url, headers=dict(headers), timeout=TIMEOUT_S, data=fields if in_body else None,
            params=None if in_body else fields,
        )  # fmt: skip
    except requests.RequestException as error:
        raise Unreachable(f"{url} does not answer: {type(error).__name__}.") from error
    return Heard(answer.status_code, answer.content, {name.lower(): value for name, value in answer.headers.items()})


@dataclass(frozen=True)
class Finding:
    """What was found about one rule. ``level`` is must (the specification) or should (what good servers do)."""

    rule: str
    level: Literal["must", "should"]
    result: Result
    detail: str = ""


# What reading an answer raises that is of another shape than the rule expects.
_ODD = (AttributeError, IndexError, KeyError, TypeError, ValueError)


class _Broken(Exception):
    """A rule that does not hold; the message says what was seen instead."""


@dataclass
class Probe:
    """``base`` ends in a slash. ``where`` goes with every call."""

    base: str
    ask_by: Way
    where: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @contextmanager
    def rule(self, rule: str, level: Literal["must", "should"] = "must") -> Iterator[None]:
        """What is claimed inside holds, or the rule fails with what was seen."""
        try:
            yield
        except _Broken as seen:
            self.findings.append(Finding(rule, level, "FAIL", str(seen)))
        except _ODD as odd:
            self.findings.append(Finding(rule, level, "FAIL", f"what was answered makes no sense here: {odd!r}"))
        else:
            self.findings.append(Finding(rule, level, "ok"))

    def skip(self, rule: str, why: str) -> None:
        self.findings.append(Finding(rule, "must", "skipped", why))

    def ask(self, path: str, method: str = "GET", headers: Mapping[str, str] | None = None, **fields: Any) -> Heard:
        """The answer of an address below the base."""
        return self.ask_by(method, self.base + path, {**self.where, **fields}, headers or {})

    def read(self, path: str, **fields: Any) -> Any:
        """What a 200 holds: JSON as Python values, XML as its root; the rule fails for anything else."""
        return content(self.ask(path, **fields), path)


def claim(holds: object, otherwise: str) -> None:
    """Fails the rule around it."""
    if not holds:
        raise _Broken(otherwise)


def content(heard: Heard, path: str, status: int = 200) -> Any:
    """The content of an answer with a status, in the form that its path names."""
    claim(heard.status == status, f"{path}: status {heard.status} instead of {status}")
    form = "json" if path.endswith(".json") else "xml"
    return _parsed(heard, path, form)


def _parsed(heard: Heard, path: str, form: str) -> Any:
    kind = heard.headers.get("content-type", "").lower().replace(" ", "")
    claim(kind.split(";")[0] == TYPES[form], f"{path}: Content-Type {kind or 'missing'} instead of {TYPES[form]}")
    claim("charset=utf-8" in kind, f"{path}: Content-Type without charset=utf-8")
    try:
        if form == "json":
            return json.loads(heard.body.decode("utf-8"), parse_constant=_no_constant)
        return fromstring(heard.body, forbid_dtd=True)
    except (ValueError, ParseError, DefusedXmlException) as error:
        raise _Broken(f"{path}: no {form.upper()} that can be read: {error}") from error


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def is_plain(root: Element) -> bool:
    """Whether XML has neither namespaces nor attributes."""
    return all("}" not in str(one.tag) and not one.attrib for one in root.iter())


def errors_of(heard: Heard, path: str, status: int) -> list[tuple[int, str]]:
    """Code and description of the faults in an answer with a status; the rule fails where it lists none."""
    found = content(heard, path, status)
    if path.endswith(".json"):
        claim(isinstance(found, list) and found, f"{path}: errors are no bare list")
        claim(all(isinstance(one, dict) for one in found), f"{path}: an error is no object")
        pairs = [(one.get("code"), one.get("description")) for one in found]
    else:
        claim(found.tag == "errors", f"{path}: root {found.tag} instead of errors")
        pairs = [(one.findtext("code"), one.findtext("description")) for one in found.iter("error")]
    claim(pairs and all(str(code).isdigit() and said for code, said in pairs), f"{path}: an error lacks code or text")
    return [(int(str(code)), str(said)) for code, said in pairs]
