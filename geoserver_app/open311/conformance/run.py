"""The whole examination of an endpoint, and its report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from geoserver_app.open311.conformance import reading, refusing, sending
from geoserver_app.open311.conformance.probe import Finding, Probe, Way, content, over_network


def examine(
    url: str, *, jurisdiction_id: str = "", trial: sending.Trial | None = None, way: Way = over_network
) -> list[Finding]:
    """Everything found at an endpoint: ``url`` is its discovery document, or the base that ends in v2."""
    where = {"jurisdiction_id": jurisdiction_id} if jurisdiction_id else {}
    probe = Probe("", way, where)
    address = _discovery(url)
    if address:
        reading.discovery(probe, address)
    probe.base = _base(probe, url, address)
    found = reading.services(probe)
    reading.definitions(probe, found)
    reading.requests(probe)
    refusing.errors(probe)
    refusing.headers(probe)
    if trial is None:
        probe.skip("sending", "give --api-key and --send to have requests made")
    else:
        sending.sending(probe, trial)
    return probe.findings


def _discovery(url: str) -> str:
    name = url.rpartition("/")[2]
    return url.rpartition(".")[0] if name.startswith("discovery.") else ""


def _base(probe: Probe, url: str, discovery: str) -> str:
    """The address that calls begin with; where discovery names none, the one beside it."""
    if not discovery:
        return url.rstrip("/") + "/"
    probe.base = discovery.rpartition("/")[0] + "/v2/"
    with probe.rule("discovery leads to the endpoint"):
        found = content(probe.ask_by("GET", f"{discovery}.json", {}, {}), "discovery.json")
        return str(found["endpoints"][0]["url"]).rstrip("/") + "/"
    return probe.base


def printed(findings: Sequence[Finding]) -> str:
    """The report: a line for each rule, failures with what was seen, and the tally."""
    lines = [_line(one) for one in findings]
    tally = Counter(one.result if one.level == "must" or one.result != "FAIL" else "advice" for one in findings)
    return "\n".join([
        *lines, "",
        f"{tally['ok']} rules hold, {tally['FAIL']} are broken, {tally['advice']} pieces of advice,"
        f" {tally['skipped']} not tried.",
    ])  # fmt: skip


def broken(findings: Sequence[Finding]) -> list[Finding]:
    """The rules of the specification that do not hold."""
    return [one for one in findings if one.result == "FAIL" and one.level == "must"]


def _line(one: Finding) -> str:
    word = "advice" if one.result == "FAIL" and one.level == "should" else one.result
    return f"{word:8} {one.rule}" + (f"\n         {one.detail}" if one.detail else "")
