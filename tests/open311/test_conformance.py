"""Our own examination of an endpoint: ours passes it, and each broken one is found out (contract 5.6)."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest

from geoserver_app.open311 import door
from geoserver_app.open311.conformance.probe import Heard, Way
from geoserver_app.open311.conformance.run import broken, examine, printed
from geoserver_app.open311.conformance.sending import Trial
from geoserver_app.report import pace
from tests.link.squared import at
from tests.open311.conftest import Endpoint
from tests.open311.test_listing import report

DISCOVERY = "http://testserver/open311/discovery.xml"


def way(endpoint: Endpoint, spoil: Callable[[str, str, Heard], Heard] | None = None) -> Way:
    """The way to our own server, which may spoil an answer on its way back."""

    def ask(method: str, url: str, fields: Mapping[str, Any], headers: Mapping[str, str]) -> Heard:
        send = getattr(endpoint.client, method.lower())
        answer = send(urlsplit(url).path, dict(fields), headers=dict(headers))
        named = {name.lower(): value for name, value in answer.headers.items()}
        heard = Heard(answer.status_code, bytes(answer.content), named)
        return spoil(method, _path(url), heard) if spoil else heard

    return ask


@pytest.fixture
def lively(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    """The endpoint by the clock of the examination, with a few requests."""
    monkeypatch.undo()
    monkeypatch.setattr(pace, "may", lambda *_a, **_k: True)
    now = door.now()
    for _ in range(3):
        report(endpoint, now, service="every", answers={"singlevaluelist": "a"})
    return endpoint


def trial(endpoint: Endpoint) -> Trial:
    lon, lat = at(350, 700)
    return Trial(endpoint.key, "pothole", lat, lon)


@pytest.fixture(scope="module")
def tape() -> dict[Any, Heard]:
    return {}


@pytest.fixture
def recorded(tape: dict[Any, Heard], request: pytest.FixtureRequest) -> Way:
    """The way to what our own server answers, asked once for all broken doubles: they differ in what they do to it."""

    def ask(method: str, url: str, fields: Mapping[str, Any], headers: Mapping[str, str]) -> Heard:
        asked = method, url, tuple(sorted(fields.items())), tuple(sorted(headers.items()))
        if asked not in tape:
            live = way(request.getfixturevalue("lively"))
            tape[asked] = live(method, url, fields, headers)
        return tape[asked]

    return ask


def spoilt(good: Way, spoil: Callable[[str, str, Heard], Heard]) -> Way:
    """The way to a double that spoils an answer on its way back."""
    return lambda method, url, *more: spoil(method, _path(url), good(method, url, *more))


def _path(url: str) -> str:
    return urlsplit(url).path.removeprefix("/open311/v2/")


def test_our_own_server_keeps_every_rule(lively: Endpoint) -> None:
    findings = examine(DISCOVERY, trial=trial(lively), way=way(lively))
    assert [(one.rule, one.detail) for one in findings if one.result != "ok"] == []
    assert len(findings) > 30
    assert "0 are broken" in printed(findings)


def test_nothing_is_sent_unless_that_was_said(lively: Endpoint) -> None:
    sent: list[str] = []

    def watch(method: str, path: str, heard: Heard) -> Heard:
        sent.extend([path] if method == "POST" and heard.status < 300 else [])
        return heard

    findings = examine(DISCOVERY, way=way(lively, watch))
    assert sent == []
    assert [one.rule for one in findings if one.result == "skipped"] == ["sending"]


def changed_json(path: str, change: Callable[[Any], Any]) -> Callable[[str, str, Heard], Heard]:
    """Spoils the JSON of one address."""

    def spoil(method: str, asked: str, heard: Heard) -> Heard:
        if asked != path or heard.status != 200 or method != "GET":
            return heard
        return Heard(200, json.dumps(change(json.loads(heard.body))).encode(), heard.headers)

    return spoil


def replaced(path: str, old: bytes, new: bytes) -> Callable[[str, str, Heard], Heard]:
    """Spoils the bytes of one address."""

    def spoil(_method: str, asked: str, heard: Heard) -> Heard:
        return Heard(heard.status, heard.body.replace(old, new), heard.headers) if asked == path else heard

    return spoil


def each(change: Callable[[dict[str, Any]], None]) -> Callable[[Any], Any]:
    def changed(found: Any) -> Any:
        for one in found:
            change(one)
        return found

    return changed


def reheaded(**headers: str) -> Callable[[str, str, Heard], Heard]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _method, _path, heard: Heard(heard.status, heard.body, {**heard.headers, **named})


def only(status: int, to: Heard) -> Callable[[str, str, Heard], Heard]:
    return lambda _method, _path, heard: to if heard.status == status else heard


HTML = Heard(404, b"<html>404</html>", {"content-type": "text/html"})
EMPTY = Heard(200, b"[]", {"content-type": "application/json; charset=utf-8"})
OLD = "2010-01-01T00:00:00Z"
DOUBLES: list[tuple[str, Callable[[str, str, Heard], Heard]]] = [
    ("services.json is a bare list", changed_json("services.json", lambda found: {"services": found})),
    ("services.json is a bare list", changed_json("services.json", each(lambda one: one.update(metadata="true")))),
    ("services.json is a bare list", changed_json("services.json", each(lambda one: one.pop("group")))),
    ("services.json is a bare list", changed_json("services.json", each(lambda one: one.update(type="maybe")))),
    ("services.json is a bare list", changed_json("services.json", each(lambda one: one.update(keywords=["a"])))),
    ("services.xml is plain XML", replaced("services.xml", b"<services>", b'<services xmlns="http://x.example/">')),
    ("services.xml is plain XML", replaced("services.xml", b"<service>", b'<service id="1">')),
    ("services.xml is plain XML", replaced("services.xml", b"service_name>", b"name>")),
    ("definitions have every field", changed_json("services/every.json", lambda found: {**found, "attributes": {}})),
    ("definitions have every field", replaced("services/every.json", b'"order": 2', b'"order": 1')),
    ("definitions have every field", replaced("services/every.json", b'"multivaluelist"', b'"many"')),
    ("definitions in XML wrap", replaced("services/every.xml", b"<attributes>", b"<list>")),
    ("requests.json is a bare list", changed_json("requests.json", lambda found: {"requests": found})),
    ("requests.json is a bare list", changed_json("requests.json", each(lambda one: one.update(status="OPEN")))),
    ("requests.json is a bare list", changed_json(
        "requests.json", each(lambda one: one.update(requested_datetime="2026-11-16T09:00:00")))),
    ("requests.json is a bare list", changed_json("requests.json", each(lambda one: one.update(lat="36")))),
    ("requests.json is a bare list", changed_json("requests.json", each(lambda one: one.update(service_code=1)))),
    ("without a window: 90 days", changed_json("requests.json", each(lambda one: one.update(requested_datetime=OLD)))),
    ("without a window: 90 days", changed_json("requests.json", lambda found: found * 400)),
    ("no personal data", changed_json("requests.json", each(lambda one: one.update(email="a@example.org")))),
    ("requests.xml is plain XML", replaced("requests.xml", b"Everything", b"Every &amp;amp; thing")),
    ("status=open lists no other", changed_json("requests.json", each(lambda one: one.update(status="closed")))),
    ("discovery.json has every field", replaced("/open311/discovery.json", b"key_service", b"keys")),
    ("discovery.xml has every field", replaced("/open311/discovery.xml", b"changeset", b"change")),
    ("requests: what does not exist is 404", only(404, HTML)),
    ("sending without a key is 403", only(403, Heard(401, b"[]", {"content-type": "application/json; charset=utf-8"}))),
    ("sending without a key is 403", only(403, Heard(403, b"", {"content-type": "text/xml; charset=utf-8"}))),
    ("more than 90 days are refused", only(400, EMPTY)),
    ("services.json is a bare list", reheaded(content_type="text/html")),
    ("services.json is a bare list", reheaded(content_type="application/json")),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "spoil"), DOUBLES, ids=[f"{n}-{rule[:24]}" for n, (rule, _s) in enumerate(DOUBLES)])
def test_a_broken_double_is_found_out(recorded: Way, rule: str, spoil: Callable[[str, str, Heard], Heard]) -> None:
    failed = [one.rule for one in broken(examine(DISCOVERY, way=spoilt(recorded, spoil)))]
    assert any(one.startswith(rule) for one in failed), failed


@pytest.mark.parametrize("body", [
    b'[{"service_request_id": "1", "token": "2"}]', b"[]",
    *(pytest.param(one, marks=pytest.mark.slow) for one in (b'{"service_request_id": "1"}', b"<html>")),
])  # fmt: skip
def test_a_broken_answer_to_a_request_is_found_out(lively: Endpoint, body: bytes) -> None:
    def spoil(method: str, path: str, heard: Heard) -> Heard:
        taken = method == "POST" and path == "requests.json" and heard.status == 201
        return Heard(201, body, heard.headers) if taken else heard

    failed = [one.rule for one in broken(examine(DISCOVERY, trial=trial(lively), way=way(lively, spoil)))]
    assert "a request is taken, and answered with a number or a token (json)" in failed


def test_what_only_good_servers_do_is_advice(lively: Endpoint) -> None:
    findings = examine(DISCOVERY, way=way(lively, reheaded(access_control_allow_origin="none")))
    assert broken(findings) == []
    assert "1 pieces of advice" in printed(findings)
