"""Rules about sending, tried only where a key was given and the operator says that requests may be made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from geoserver_app.open311.conformance.probe import Probe, claim, content, errors_of

WORDS = "Conformance check: Ñandú & <3 “quotes” 深い 🕳"


@dataclass(frozen=True)
class Trial:
    """What is sent: a service without required questions, and a place (degrees) that the endpoint serves."""

    api_key: str
    service_code: str
    lat: float
    long: float

    def fields(self, **changed: Any) -> dict[str, Any]:
        given = {**vars(self), "description": WORDS, **changed}
        return {name: value for name, value in given.items() if value is not None}


def sending(probe: Probe, trial: Trial) -> None:
    with probe.rule("a wrong key is 403"):
        _refused(probe, trial, 403, api_key="wrong")
    with probe.rule("a missing service_code is 400, an unknown one 404"):
        _refused(probe, trial, 400, service_code=None)
        _refused(probe, trial, 404, service_code="no-such-service")
    with probe.rule("half a point, or no place, is 400"):
        _refused(probe, trial, 400, long=None)
        _refused(probe, trial, 400, lat=None, long=None)
    with probe.rule("more than 4,000 characters are 400"):
        _refused(probe, trial, 400, description="x" * 4001)
    for form in ("json", "xml"):
        _sent(probe, trial, form)


def _refused(probe: Probe, trial: Trial, status: int, **changed: Any) -> None:
    for form in ("xml", "json"):
        errors_of(probe.ask(f"requests.{form}", "POST", **trial.fields(**changed)), f"requests.{form}", status)


def _sent(probe: Probe, trial: Trial, form: str) -> None:
    found: dict[str, Any] = {}
    with probe.rule(f"a request is taken, and answered with a number or a token ({form})"):
        heard = probe.ask(f"requests.{form}", "POST", **trial.fields())
        claim(heard.status in {200, 201}, f"status {heard.status}: {heard.body[:200]!r}")
        said = content(heard, f"requests.{form}", heard.status)
        found = _first(said, form)
        both = bool(found.get("service_request_id")) + bool(found.get("token"))
        claim(both < 2, "both a number and a token")
    number = found.get("service_request_id")
    if not number:
        return
    with probe.rule(f"what was sent reads back as it was ({form})"):
        heard = probe.ask(f"requests/{number}.json")
        if heard.status == 404:
            return  # not public, or not at once
        one = content(heard, f"requests/{number}.json")[0]
        claim(one["description"] in {None, "", WORDS}, f"description {one['description']!r}")
        # A service may show a coarser place than the one that was sent.
        near = one["lat"] is None or abs(one["lat"] - trial.lat) + abs(one["long"] - trial.long) < 0.05
        claim(near, f"lat {one['lat']}, long {one['long']} instead of {trial.lat}, {trial.long}")


def _first(said: Any, form: str) -> dict[str, Any]:
    if form == "json":
        claim(isinstance(said, list) and len(said) == 1, "the answer is no bare list of one")
        return dict(said[0])
    claim(said.tag == "service_requests" and len(said) == 1 and said[0].tag == "request", f"root {said.tag}")
    return {part.tag: part.text for part in said[0]}
