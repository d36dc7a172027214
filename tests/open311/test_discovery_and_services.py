"""Contract 5.2 A to C: discovery, the list of services, the definition of one."""

import json
from datetime import timedelta

import pytest
from defusedxml.ElementTree import fromstring

from geoserver_app.catalog.models import Service, ServiceAttribute
from geoserver_app.open311.models import ServiceType
from tests.link.squared import at
from tests.open311.conftest import OUTSIDE_KNOWN, Endpoint

ALL_FIELDS = {"service_code", "service_name", "description", "metadata", "type", "keywords", "group"}


def discovery(endpoint: Endpoint, form: str = "json") -> bytes:
    answer = endpoint.client.get(f"/open311/discovery.{form}")
    assert answer.status_code == 200
    return bytes(answer.content)


def test_discovery_has_every_field_in_json(endpoint: Endpoint) -> None:
    found = json.loads(discovery(endpoint))
    assert set(found) == {"changeset", "contact", "key_service", "endpoints"}
    assert "(559) 555-0131" in found["contact"]
    (one,) = found["endpoints"]
    assert set(one) == {"specification", "url", "changeset", "type", "formats"}
    assert one["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert one["url"].endswith("/open311/v2/")
    assert one["type"] in {"production", "test"}
    assert one["formats"] == ["text/xml", "application/json"]


def test_discovery_has_every_field_in_xml(endpoint: Endpoint) -> None:
    root = fromstring(discovery(endpoint, "xml"))
    assert root.tag == "discovery"
    assert root.findtext("endpoints/endpoint/url", "").endswith("/open311/v2/")
    assert [one.text for one in root.findall("endpoints/endpoint/formats/format")] == ["text/xml", "application/json"]
    assert all(root.findtext(name) for name in ("changeset", "contact", "key_service"))


def changeset(endpoint: Endpoint) -> str:
    return str(json.loads(discovery(endpoint))["endpoints"][0]["changeset"])


def test_the_changeset_moves_with_a_service_and_with_a_question_and_not_by_itself(endpoint: Endpoint) -> None:
    first = changeset(endpoint)
    endpoint.now += timedelta(days=1)
    assert changeset(endpoint) == first
    Service.objects.filter(code="pothole").update(names={"es": "Hoyo"})
    second = changeset(endpoint)
    assert second > first
    endpoint.now += timedelta(days=1)
    ServiceAttribute.objects.filter(code="string").update(required=True)
    assert changeset(endpoint) > second


def test_the_changeset_moves_when_the_day_comes_on_which_a_service_ends(endpoint: Endpoint) -> None:
    Service.objects.filter(code="weeds").update(retired_on=(endpoint.now + timedelta(days=2)).date())
    first = changeset(endpoint)
    endpoint.now += timedelta(days=3)
    assert changeset(endpoint) > first


def test_services_in_json_are_a_bare_list_with_every_field_and_its_type(endpoint: Endpoint) -> None:
    found = {one["service_code"]: one for one in endpoint.get("services")}
    assert "gone" not in found
    every = found["every"]
    assert set(every) == ALL_FIELDS
    assert every["metadata"] is True
    assert every["type"] == "realtime"
    assert every["keywords"] == "all,every"
    assert every["group"] == "Streets"
    assert found["pothole"]["metadata"] is False
    assert found["pothole"]["keywords"] is None


def test_services_in_xml_have_the_same_fields_in_one_element_each(endpoint: Endpoint) -> None:
    root = endpoint.xml("services")
    assert root.tag == "services"
    by_code = {one.findtext("service_code"): one for one in root}
    assert {one.tag for one in root} == {"service"}
    assert {part.tag for part in by_code["every"]} == ALL_FIELDS
    assert by_code["every"].findtext("metadata") == "true"
    assert not root.attrib
    assert "{" not in root.tag


def test_services_speak_the_language_that_is_asked_for(endpoint: Endpoint) -> None:
    names = {one["service_code"]: one["service_name"] for one in endpoint.get("services", lang="es")}
    assert names["every"] == "Todo"
    assert endpoint.get("services")[0]["service_name"] != ""


def test_services_of_a_place_outside_are_none_and_inside_all(endpoint: Endpoint) -> None:
    lon, lat = at(500, 500)
    assert endpoint.get("services", lat=lat, long=lon) == endpoint.get("services")
    lon, lat = OUTSIDE_KNOWN
    assert endpoint.get("services", lat=lat, long=lon) == []
    assert endpoint.ask("services.json", {"lat": lat}).status_code == 400


def test_a_type_other_than_realtime_is_said(endpoint: Endpoint) -> None:
    ServiceType.objects.create(service=Service.objects.get(code="weeds"), type="batch")
    assert {one["service_code"]: one["type"] for one in endpoint.get("services")}["weeds"] == "batch"


def test_a_definition_has_each_datatype_in_order_with_the_types_of_its_fields(endpoint: Endpoint) -> None:
    found = endpoint.get("services/every")
    assert found["service_code"] == "every"
    attributes = found["attributes"]
    assert [one["order"] for one in attributes] == list(range(1, len(attributes) + 1))
    assert [one["datatype"] for one in attributes][:6] == list(ServiceAttribute.Datatype.values)
    by_code = {one["code"]: one for one in attributes}
    assert "old" not in by_code
    assert by_code["note"]["variable"] is False
    assert by_code["string"]["required"] is False
    assert by_code["string"]["values"] == []
    assert by_code["multivaluelist"]["values"] == [
        {"key": "a", "name": "First & last"}, {"key": "b", "name": "Second"}
    ]  # fmt: skip
    assert by_code["string"]["description"] == "Question string?"
    assert set(by_code["string"]) == {
        "variable", "code", "datatype", "required", "datatype_description", "order", "description", "values"
    }  # fmt: skip


def test_a_definition_in_xml_wraps_attributes_and_values(endpoint: Endpoint) -> None:
    root = endpoint.xml("services/every")
    assert root.tag == "service_definition"
    assert root.findtext("service_code") == "every"
    assert root.find("attributes/attribute/values") is not None
    names = [
        one.findtext("name") for one in root.findall("attributes/attribute[datatype='singlevaluelist']/values/value")
    ]
    assert names == ["First & last", "Second"]


def test_a_question_that_hangs_on_another_is_not_required_of_everybody(endpoint: Endpoint) -> None:
    more = endpoint.get("services/need")["attributes"][1]
    assert more["required"] is False
    assert more["datatype_description"] == "(Question which? Second)"
    assert "condition" not in more
    extended = endpoint.get("services/need", extensions="true")["attributes"][1]
    assert extended["condition"] == {"code": "which", "keys": "b"}
    assert extended["required_if_asked"] is True


def test_the_definition_of_a_service_without_questions_has_no_attributes(endpoint: Endpoint) -> None:
    assert endpoint.get("services/pothole") == {"service_code": "pothole", "attributes": []}


@pytest.mark.parametrize("code", ["nothing", "gone", "%00", "a%20b", "ñ"])
def test_an_unknown_service_is_404(endpoint: Endpoint, code: str) -> None:
    assert endpoint.ask(f"services/{code}.json").status_code == 404


def test_the_successor_of_a_retired_service_is_named(endpoint: Endpoint) -> None:
    assert b"'pothole' takes its place" in endpoint.ask("services/gone.xml").content
