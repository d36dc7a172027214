"""Rules about what is refused, and about headers."""

from __future__ import annotations

from geoserver_app.open311.conformance.probe import Probe, claim, errors_of

_MISSING = ("requests/no-such-number", "services/no-such-service", "tokens/no-such-token")


def errors(probe: Probe) -> None:
    for path in _MISSING:
        with probe.rule(f"{path.partition('/')[0]}: what does not exist is 404 with a list of errors, in both forms"):
            for form in ("xml", "json"):
                errors_of(probe.ask(f"{path}.{form}"), f"{path}.{form}", 404)
    with probe.rule("an address that does not exist is 404 with a list of errors", "should"):
        for form in ("xml", "json"):
            errors_of(probe.ask(f"nowhere.{form}"), f"nowhere.{form}", 404)
    with probe.rule("an unknown jurisdiction is 404"):
        for form in ("xml", "json"):
            heard = probe.ask(f"services.{form}", jurisdiction_id="no-such-jurisdiction.example")
            if heard.status != 200:  # one that serves a single jurisdiction may ignore it
                errors_of(heard, f"services.{form}", 404)
    with probe.rule("sending without a key is 403 with a list of errors, in both forms"):
        for form in ("xml", "json"):
            found = errors_of(probe.ask(f"requests.{form}", "POST", service_code="x"), f"requests.{form}", 403)
            claim(found[0][0] // 10 % 100 == 40 or found[0][0] == 403, f"code {found[0][0]}")
    with probe.rule("another suffix is 404", "should"):
        claim(probe.ask("services.csv").status == 404, "services.csv is answered")


def headers(probe: Probe) -> None:
    with probe.rule("any web page may read (Access-Control-Allow-Origin: *)", "should"):
        claim(probe.ask("services.json").headers.get("access-control-allow-origin") == "*", "the header is missing")
    with probe.rule("HEAD is answered", "should"):
        heard = probe.ask("services.json", "HEAD")
        claim(heard.status == 200 and not heard.body, f"status {heard.status}, {len(heard.body)} bytes")
    with probe.rule("an answer that is known is 304 (ETag)", "should"):
        tag = probe.ask("services.json").headers.get("etag")
        claim(tag, "no ETag")
        heard = probe.ask("services.json", headers={"If-None-Match": str(tag)})
        claim(heard.status == 304, f"status {heard.status}")
