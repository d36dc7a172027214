"""Rules about what is read: discovery, services, definitions, requests, tokens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from geoserver_app.open311.conformance.probe import Probe, claim, content, errors_of, is_plain

SERVICE = {"service_code", "service_name", "description", "metadata", "type", "keywords", "group"}
ATTRIBUTE = {"variable", "code", "datatype", "required", "datatype_description", "order", "description"}
DATATYPES = {"string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"}
REQUEST = {
    "service_request_id", "status", "service_name", "service_code", "description", "requested_datetime",
    "updated_datetime", "address", "address_id", "zipcode", "lat", "long", "media_url",
}  # fmt: skip
OPTIONAL = {"status_notes", "agency_responsible", "service_notice", "expected_datetime"}
PERSONAL = {"email", "phone", "first_name", "last_name", "device_id", "account_id"}
MOMENTS = ("requested_datetime", "updated_datetime", "expected_datetime")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
_FEW = 5


def discovery(probe: Probe, address: str) -> None:
    """``address`` is that of the discovery document without its suffix."""
    with probe.rule("discovery.json has every field"):
        found = content(probe.ask_by("GET", f"{address}.json", {}, {}), "discovery.json")
        claim(isinstance(found, dict), "discovery.json is no object")
        missing = {"changeset", "contact", "key_service", "endpoints"} - set(found)
        claim(not missing, f"discovery.json lacks {sorted(missing)}")
        for one in found["endpoints"]:
            missing = {"specification", "url", "changeset", "type", "formats"} - set(one)
            claim(not missing, f"an endpoint lacks {sorted(missing)}")
            claim(isinstance(one["formats"], list), "formats is no list of texts")
        claim(any(one["specification"] == _SPECIFICATION for one in found["endpoints"]), "no endpoint is GeoReport v2")
    with probe.rule("discovery.xml has every field"):
        root = content(probe.ask_by("GET", f"{address}.xml", {}, {}), "discovery.xml")
        claim(root.tag == "discovery", f"root {root.tag}")
        for path in ("changeset", "contact", "key_service", "endpoints/endpoint/url", "endpoints/endpoint/changeset",
                     "endpoints/endpoint/specification", "endpoints/endpoint/type"):  # fmt: skip
            claim(root.findtext(path), f"{path} is missing or empty")
        formats = [one.text for one in root.findall("endpoints/endpoint/formats/format")]
        claim("text/xml" in formats, f"formats {formats} lack text/xml")


def services(probe: Probe) -> list[dict[str, Any]]:
    """The services as JSON; empty where they cannot be read."""
    found: list[dict[str, Any]] = []
    with probe.rule("services.json is a bare list with every field and its type"):
        listed = probe.read("services.json")
        claim(isinstance(listed, list), "services.json is no bare list")
        for one in listed:
            _check_service(one)
        found = listed
    with probe.rule("services.xml is plain XML with every field"):
        root = probe.read("services.xml")
        claim(root.tag == "services", f"root {root.tag}")
        claim(is_plain(root), "namespaces or attributes in the XML")
        claim(all(one.tag == "service" for one in root), "an element that is no service")
        claim(all({part.tag for part in one} >= SERVICE for one in root), "a service lacks an element")
        codes = [one.findtext("service_code") for one in root]
        claim(len(codes) == len(set(codes)), "a service_code stands twice")
        if found:
            claim(codes == [one["service_code"] for one in found], "XML and JSON list different services")
    return found


def _check_service(one: Any) -> None:
    claim(isinstance(one, dict) and set(one) >= SERVICE, f"a service lacks {sorted(SERVICE - set(one))}")
    claim(isinstance(one["service_code"], str), f"service_code {one['service_code']!r} is no text")
    claim(isinstance(one["metadata"], bool), f"metadata {one['metadata']!r} is no truth value")
    claim(one["type"] in {"realtime", "batch", "blackbox"}, f"type {one['type']!r} is unknown")
    claim(not isinstance(one["keywords"], list), "keywords is a list instead of one text with commas")


def definitions(probe: Probe, found: Sequence[dict[str, Any]]) -> None:
    asked = [one["service_code"] for one in found if one["metadata"]][:_FEW]
    if not asked:
        probe.skip("definitions have every field and its type", "no service has metadata")
        return
    with probe.rule("definitions have every field and its type"):
        for code in asked:
            _check_definition(code, probe.read(f"services/{code}.json"))
    with probe.rule("definitions in XML wrap attributes and values"):
        for code in asked:
            root = probe.read(f"services/{code}.xml")
            claim(root.tag == "service_definition", f"{code}: root {root.tag}")
            claim(root.findtext("service_code") == code, f"{code}: service_code {root.findtext('service_code')!r}")
            claim(root.find("attributes/attribute/code") is not None, f"{code}: no attributes/attribute")
            claim(is_plain(root), f"{code}: namespaces or attributes in the XML")


def _check_definition(code: str, found: Any) -> None:
    claim(isinstance(found, dict) and isinstance(found.get("attributes"), list), f"{code}: attributes is no list")
    claim(found.get("service_code") == code, f"{code}: service_code {found.get('service_code')!r}")
    for one in found["attributes"]:
        claim(set(one) >= ATTRIBUTE, f"{code}: an attribute lacks {sorted(ATTRIBUTE - set(one))}")
        claim(one["datatype"] in DATATYPES, f"{code}: datatype {one['datatype']!r}")
        claim(isinstance(one["variable"], bool) and isinstance(one["required"], bool), f"{code}: no truth values")
        claim(isinstance(one["order"], int), f"{code}: order {one['order']!r} is no whole number")
        if one["datatype"].endswith("list"):
            claim(
                one.get("values") and all({"key", "name"} <= set(each) for each in one["values"]), f"{code}: no values"
            )
    orders = [one["order"] for one in found["attributes"]]
    claim(len(set(orders)) == len(orders) and all(order >= 1 for order in orders), f"{code}: orders {orders}")


def requests(probe: Probe) -> None:
    listed: list[dict[str, Any]] = []
    with probe.rule("requests.json is a bare list with every field and its type"):
        found = probe.read("requests.json")
        claim(isinstance(found, list), "requests.json is no bare list")
        listed = [one for one in found if isinstance(one, dict)]
        for one in found:
            check_request(one)
    with probe.rule("without a window: 90 days and 1,000 requests at most"):
        claim(len(listed) <= 1000, f"{len(listed)} requests")
        oldest = datetime.now(UTC) - timedelta(days=91)
        old = [one for one in listed if moment(one["requested_datetime"]) < oldest]
        claim(not old, f"{len(old)} requests are older than 90 days")
    with probe.rule("no personal data is read"):
        seen = {name for one in listed for name in one} & PERSONAL
        claim(not seen, f"requests have {sorted(seen)}")
    _requests_xml(probe, [str(one.get("service_request_id")) for one in listed])
    _one(probe, listed)
    _narrowed(probe, listed)


def check_request(one: Any) -> None:
    """A request in JSON has the fields of the contract, in their types."""
    claim(isinstance(one, dict) and set(one) >= REQUEST, f"a request lacks {sorted(REQUEST - set(one))}")
    strange = set(one) - REQUEST - OPTIONAL
    claim(not strange, f"fields that nobody asked for: {sorted(strange)}")
    for name in ("service_request_id", "service_code"):
        claim(isinstance(one[name], str), f"{name} {one[name]!r} is no text")
    claim(one["status"] in {"open", "closed"}, f"status {one['status']!r}")
    for name in MOMENTS:
        value = one.get(name)
        claim(value is None or _MOMENT.fullmatch(value), f"{name} {value!r} is no moment with seconds and zone")
    for name, most in (("lat", 90), ("long", 180)):
        value = one[name]
        claim(value is None or (isinstance(value, int | float) and abs(value) <= most), f"{name} {value!r}")


def moment(text: str) -> datetime:
    """A moment that was checked."""
    return datetime.fromisoformat(text)


def _requests_xml(probe: Probe, numbers: Sequence[str]) -> None:
    with probe.rule("requests.xml is plain XML and lists the same"):
        root = probe.read("requests.xml")
        claim(root.tag == "service_requests", f"root {root.tag}")
        claim(is_plain(root), "namespaces or attributes in the XML")
        claim(all(one.tag == "request" for one in root), "an element that is no request")
        claim(all({part.tag for part in one} >= REQUEST for one in root), "a request lacks an element")
        found = {one.findtext("service_request_id") for one in root}
        # What came in or was hidden in between may differ.
        claim(len(found ^ set(numbers)) <= max(5, len(numbers) // 50), "XML and JSON list different requests")
        claim(b"&amp;amp;" not in probe.ask("requests.xml").body, "texts are escaped twice")


def _one(probe: Probe, listed: Sequence[dict[str, Any]]) -> None:
    if not listed:
        probe.skip("one request is a list of one", "there are no requests")
        return
    number = str(listed[0].get("service_request_id"))
    with probe.rule("one request is a list of one"):
        found = probe.read(f"requests/{number}.json")
        claim(isinstance(found, list) and len(found) == 1, "no bare list of one")
        claim(found[0]["service_request_id"] == number, f"another number: {found[0]['service_request_id']}")
        root = probe.read(f"requests/{number}.xml")
        claim(root.tag == "service_requests" and len(root) == 1, f"root {root.tag} with {len(root)} elements")


def _narrowed(probe: Probe, listed: Sequence[dict[str, Any]]) -> None:
    numbers = [str(one.get("service_request_id")) for one in listed[:3]]
    with probe.rule("service_request_id takes several, and overrides the rest"):
        if numbers:
            found = probe.read("requests.json", service_request_id=",".join(numbers), start_date="1999-01-01T00:00:00Z",
                               end_date="1999-01-02T00:00:00Z")  # fmt: skip
            claim({one["service_request_id"] for one in found} == set(numbers), f"{len(found)} of {len(numbers)} found")
        claim(
            probe.read("requests.json", service_request_id="no-such-number") == [], "an unknown number is no empty list"
        )
    for status in ("open", "closed"):
        with probe.rule(f"status={status} lists no other"):
            found = probe.read("requests.json", status=status)
            claim(all(one["status"] == status for one in found), "others are listed")
    with probe.rule("a window lists what lies in it"):
        end = datetime.now(UTC).replace(microsecond=0)
        start = end - timedelta(days=30)
        found = probe.read("requests.json", start_date=_stamp(start), end_date=_stamp(end))
        claim(all(start <= moment(one["requested_datetime"]) <= end for one in found), "others are listed")
    with probe.rule("more than 90 days are refused"):
        errors_of(
            probe.ask("requests.json", start_date="2020-01-01T00:00:00Z", end_date="2021-01-01T00:00:00Z"),
            "requests.json", 400,
        )  # fmt: skip
    with probe.rule("a moment without a zone is refused", "should"):
        errors_of(probe.ask("requests.json", start_date="2020-01-01T00:00:00"), "requests.json", 400)
    with probe.rule("nothing found is an empty list", "must"):
        root = probe.read("requests.xml", service_request_id="no-such-number")
        claim(root.tag == "service_requests" and not len(root), f"root {root.tag} with {len(root)} elements")


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
