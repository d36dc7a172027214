"""Contract 5.2 D: sending a request."""

import base64
import json
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import SimpleUploadedFile

from geoserver_app.accounts import keys
from geoserver_app.accounts.models import ApiKey
from geoserver_app.intake.models import MediaLink, Reporter, ServiceRequest
from geoserver_app.notify.models import Message
from geoserver_app.open311.models import ServiceType
from tests import factories
from tests.link.squared import at
from tests.open311.conftest import NOW, OUTSIDE_KNOWN, OUTSIDE_UNKNOWN, V2, Endpoint, faults_of
from tests.report.conftest import picture


def test_a_report_by_point_is_answered_with_its_number_and_its_address(endpoint: Endpoint) -> None:
    answer = endpoint.send()
    assert answer.status_code == 201
    (said,) = json.loads(answer.content)
    request = ServiceRequest.objects.get(service_request_id=said["service_request_id"])
    assert set(said) == {"service_request_id", "service_notice", "account_id"}
    assert answer["Location"].endswith(f"/open311/v2/requests/{request}.json")
    assert request.channel == "open311"
    assert request.place_method == "pin"
    assert (round(request.geom.y, 6), round(request.geom.x, 6)) == tuple(
        round(one, 6) for one in reversed(at(350, 700))
    )
    assert request.state == "assigned"
    assert endpoint.client.get(answer["Location"]).status_code == 200


def test_the_answer_in_xml_is_one_request_in_its_wrapper(endpoint: Endpoint) -> None:
    root = fromstring(endpoint.send("xml").content)
    assert root.tag == "service_requests"
    assert [one.tag for one in root] == ["request"]
    assert ServiceRequest.objects.filter(service_request_id=root.findtext("request/service_request_id")).exists()


def test_the_status_of_what_was_created_can_be_200_for_old_clients(endpoint: Endpoint, settings: Any) -> None:
    settings.OPEN311_CREATED_STATUS = 200
    assert endpoint.send().status_code == 200


def test_numbers_may_come_as_numbers_or_texts_and_with_blanks(endpoint: Endpoint) -> None:
    lon, lat = at(350, 700)
    assert endpoint.sent(lat=f" {lat} ", long=f"{lon:.6f}").geom is not None


def test_a_report_by_address_is_placed_by_the_geocoder(endpoint: Endpoint) -> None:
    request = endpoint.sent(lat=None, long=None, address_string="120 Main St")
    assert request.geom is not None
    assert (request.address_text, request.place_method) != ("", "none")


def test_an_address_that_is_not_known_is_kept_as_written_for_a_person(endpoint: Endpoint) -> None:
    answer = endpoint.send(lat=None, long=None, address_string="Nowhere Lane 99999, Atlantis")
    (said,) = json.loads(answer.content)
    request = ServiceRequest.objects.get(service_request_id=said["service_request_id"])
    assert request.geom is None
    assert request.address_text == "Nowhere Lane 99999, Atlantis"
    assert request.in_review
    assert "person will look" in said["service_notice"]


def test_a_report_by_address_id_stands_at_that_address(endpoint: Endpoint) -> None:
    place = at(250, 520)
    kind = factories.kind(endpoint.city.hall.jurisdiction, "address_point", "address_point", "point")
    known = factories.address(kind, 250, Point(*place, srid=4326))
    request = endpoint.sent(lat=None, long=None, address_id=str(known.address_point))
    assert (request.geom.x, request.geom.y) == pytest.approx(place)
    assert request.address_text == "250 Main St"
    assert endpoint.assert_refused(lat=None, long=None, address_id="A9")[0]["code"] == 400


def test_a_point_outweighs_an_address_and_both_are_kept(endpoint: Endpoint) -> None:
    request = endpoint.sent(address_string="4512 W Olive Ave")
    assert request.place_method == "pin"
    assert request.address_text == "4512 W Olive Ave"


@pytest.mark.parametrize(("lat", "long"), [("36.0", None), (None, "-119.72")])
def test_half_a_point_is_refused(endpoint: Endpoint, lat: str | None, long: str | None) -> None:
    (fault,) = endpoint.assert_refused(lat=lat, long=long)
    assert "belong together" in fault["description"]


@pytest.mark.parametrize("lat", ["north", "nan", "inf", "91", "1e400", "36,0"])
def test_a_latitude_that_is_none_is_refused(endpoint: Endpoint, lat: str) -> None:
    assert endpoint.assert_refused(lat=lat)[0]["code"] == 400


def test_swapped_coordinates_are_told_so(endpoint: Endpoint) -> None:
    lon, lat = at(350, 700)
    assert "swapped" in endpoint.assert_refused(lat=lon, long=lat)[0]["description"]


def test_no_place_at_all_is_refused_but_for_a_service_without_one(endpoint: Endpoint) -> None:
    assert "Say where" in endpoint.assert_refused(lat=None, long=None)[0]["description"]
    assert endpoint.sent(service_code="question", lat=None, long=None).geom is None
    assert "description" in endpoint.assert_refused(service_code="question", description=None)[0]["description"]


def test_a_place_in_a_known_neighbor_is_refused_with_whom_to_ask(endpoint: Endpoint) -> None:
    lon, lat = OUTSIDE_KNOWN
    (fault,) = endpoint.assert_refused(lat=lat, long=lon)
    assert fault["code"] == 4001
    assert "encina" in fault["description"].lower()
    assert "(559) 555-0170" in fault["description"]


@pytest.mark.parametrize(("lon", "lat"), [(150, 0.04), (-29.7, 0), (0, 90)])
def test_a_place_at_the_other_end_of_the_world_is_taken_for_a_person(
    endpoint: Endpoint, lon: float, lat: float
) -> None:
    request = endpoint.sent(long=lon, lat=lat)
    assert request.state == "triage"
    assert request.reviews.filter(reason="outside").exists()


def test_a_place_outside_that_nobody_knows_is_taken_for_a_person(endpoint: Endpoint) -> None:
    lon, lat = OUTSIDE_UNKNOWN
    answer = endpoint.send(lat=lat, long=lon)
    assert answer.status_code == 201
    assert "outside of the city" in json.loads(answer.content)[0]["service_notice"]
    assert ServiceRequest.objects.get().in_review


def test_service_code_is_needed_and_must_exist(endpoint: Endpoint) -> None:
    assert endpoint.assert_refused(service_code=None)[0]["code"] == 400
    assert endpoint.assert_refused(404, service_code="nothing")[0]["code"] == 404
    assert endpoint.assert_refused(404, service_code="gone")[0]["code"] == 404


def test_every_required_answer_that_is_missing_is_a_fault_of_its_own(endpoint: Endpoint) -> None:
    (fault,) = endpoint.assert_refused(service_code="need")
    assert fault["description"].startswith("attribute[which]:")
    faults = endpoint.assert_refused(service_code="need", **{"attribute[which]": "b"})
    assert [one["description"].split(":")[0] for one in faults] == ["attribute[more]"]
    both = endpoint.assert_refused(service_code="need", lat=None, long=None)
    assert len(both) == 2
    assert endpoint.sent(service_code="need", **{"attribute[which]": "b", "attribute[more]": "x"}).answers.count() == 2


def test_an_answer_that_means_not_through_us_is_refused_with_the_telephone(endpoint: Endpoint) -> None:
    faults = endpoint.assert_refused(service_code="need", **{"attribute[which]": "z"})
    assert "Stay away. 911" in faults[-1]["description"]


def test_an_unknown_attribute_and_an_unknown_value_are_refused(endpoint: Endpoint) -> None:
    assert "attribute[no]" in endpoint.assert_refused(service_code="every", **{"attribute[no]": "1"})[0]["description"]
    assert "attribute[singlevaluelist]" in endpoint.assert_refused(
        service_code="every", **{"attribute[singlevaluelist]": "q"}
    )[0]["description"]  # fmt: skip


@pytest.mark.parametrize("name", ["attribute[multivaluelist][]", "attribute[multivaluelist]"])
def test_several_values_come_with_brackets_or_repeated(endpoint: Endpoint, name: str) -> None:
    request = endpoint.sent(service_code="every", **{name: ["b", "a"]})
    assert request.answers.get(attribute__code="multivaluelist").value == ["a", "b"]


def test_every_datatype_is_taken_as_its_type(endpoint: Endpoint) -> None:
    request = endpoint.sent(service_code="every", **{
        "attribute[string]": "one line", "attribute[number]": "2.5", "attribute[datetime]": "2026-11-01T10:00:00-07:00",
        "attribute[text]": "two\nlines", "attribute[singlevaluelist]": "a",
    })  # fmt: skip
    answers = dict(request.answers.values_list("attribute__code", "value"))
    assert answers == {
        # The same moment by the clock of the city, where winter time began that night.
        "string": "one line", "number": 2.5, "datetime": "2026-11-01T09:00:00-08:00", "text": "two\nlines",
        "singlevaluelist": "a",
    }  # fmt: skip


def test_four_thousand_characters_with_line_breaks_are_taken_and_one_more_is_not(endpoint: Endpoint) -> None:
    assert len(endpoint.sent(description="é\n" + "x" * 3998).description) == 4000
    assert "4000" in endpoint.assert_refused(description="x" * 4001)[0]["description"].replace(",", "")


def test_markup_goes_and_plain_brackets_stay(endpoint: Endpoint) -> None:
    said = "<p>Hole <b>here</b></p><script>alert(1)</script> wider than <5 ft, a < b & c"
    assert endpoint.sent(description=said).description == "Hole here wider than <5 ft, a < b & c"


def test_every_script_and_emoji_comes_back_as_it_was_sent(endpoint: Endpoint) -> None:
    said = "Ñandú & <3 “quotes” 深い穴 🕳️ ]]>"
    request = endpoint.sent(description=said)
    assert request.description == said
    assert endpoint.get(f"requests/{request}")[0]["description"] == said
    answer = endpoint.ask(f"requests/{request}.xml")
    assert fromstring(answer.content).findtext("request/description") == said
    assert b"&amp;amp;" not in answer.content


def test_characters_that_xml_does_not_know_never_break_a_list(endpoint: Endpoint) -> None:
    endpoint.sent(description="a\x00b\x0b\ufffe\uffffc")
    text = endpoint.xml("requests").findtext("request/description")
    assert text == "abc"


def test_who_reports_is_kept_and_told_by_mail(endpoint: Endpoint) -> None:
    request = endpoint.sent(first_name="Rosa", last_name="Invented", email="rosa@example.org", phone="559 555 0142")
    reporter = Reporter.objects.get(request=request)
    assert (reporter.name, reporter.email, reporter.tell_by) == ("Rosa Invented", "rosa@example.org", "email")
    assert Message.objects.filter(request=request, recipient="reporter").exists()


def test_a_program_that_tells_its_people_itself_lets_us_be_silent(endpoint: Endpoint) -> None:
    ApiKey.objects.update(tells_reporters=True)
    request = endpoint.sent(first_name="Rosa", email="rosa@example.org")
    assert Reporter.objects.get(request=request).tell_by == "none"
    assert not Message.objects.filter(request=request, recipient="reporter").exists()


@pytest.mark.parametrize("given", [{"email": "no mail"}, {"phone": "12"}, {"media_url": "file:///etc/passwd"},
                                   {"media_url": "javascript:alert(1)"}])  # fmt: skip
def test_an_optional_field_that_makes_no_sense_is_named(endpoint: Endpoint, given: dict[str, str]) -> None:
    (fault,) = endpoint.assert_refused(**given)
    assert next(iter(given)) in fault["description"]


def test_an_empty_optional_field_is_one_that_was_not_sent(endpoint: Endpoint) -> None:
    request = endpoint.sent(email="", phone="", media_url="", address_string="", address_id="", first_name="",
                            account_id="", device_id="")  # fmt: skip
    assert not Reporter.objects.filter(request=request).exists()


def test_the_account_is_said_back_and_neither_it_nor_the_device_is_kept(endpoint: Endpoint) -> None:
    (said,) = json.loads(endpoint.send(account_id="user-7", device_id="imei-secret").content)
    assert said["account_id"] == "user-7"


def test_addresses_of_media_are_kept_and_never_fetched(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*_: Any, **__: Any) -> None:
        raise AssertionError("something was fetched")

    monkeypatch.setattr("socket.getaddrinfo", no_network)
    request = endpoint.sent(media_url=["https://photos.example/1.jpg", "https://photos.example/2.jpg"])
    assert [one.url for one in request.media_links.all()] == [
        "https://photos.example/1.jpg", "https://photos.example/2.jpg"
    ]  # fmt: skip
    assert endpoint.get(f"requests/{request}")[0]["media_url"] == "https://photos.example/1.jpg"
    extended = endpoint.get(f"requests/{request}", extensions="true")[0]["extended_attributes"]
    assert len(extended["media_urls"]) == 2


def test_an_address_of_a_photo_that_needs_a_look_is_not_shown(endpoint: Endpoint) -> None:
    request = endpoint.sent(service_code="every", media_url="https://photos.example/1.jpg")
    assert MediaLink.objects.get(request=request).is_public is False
    assert endpoint.get(f"requests/{request}")[0]["media_url"] is None


def test_photos_come_as_files_or_as_base64(endpoint: Endpoint) -> None:
    file = SimpleUploadedFile("a.jpg", picture(), content_type="image/jpeg")
    request = endpoint.sent(media=file)
    shown = endpoint.get(f"requests/{request}")[0]["media_url"]
    assert shown.startswith("http://testserver/requests/")
    assert endpoint.client.get(shown.removeprefix("http://testserver")).status_code == 200
    assert endpoint.sent(media="data:image/jpeg;base64," + base64.b64encode(picture()).decode()).media.count() == 1


def test_a_file_that_is_no_photo_is_refused_and_nothing_is_stored(endpoint: Endpoint) -> None:
    assert "media" in endpoint.assert_refused(media=SimpleUploadedFile("a.jpg", b"no photo"))[0]["description"]
    assert "base64" in endpoint.assert_refused(media="!!!")[0]["description"]
    many = [SimpleUploadedFile(f"{n}.jpg", picture(), content_type="image/jpeg") for n in range(6)]
    assert "Up to 5" in endpoint.assert_refused(media=many)[0]["description"]


@pytest.mark.parametrize("form", ["xml", "json"])
def test_without_a_key_or_with_a_wrong_one_it_is_403(endpoint: Endpoint, form: str) -> None:
    for key in (None, "wrong", "x" * 5000):
        answer = endpoint.send(form, api_key=key)
        assert answer.status_code == 403
        assert [code for code, _said in faults_of(answer, form)] == [403]


def test_a_revoked_key_and_one_for_something_else_are_403(endpoint: Endpoint) -> None:
    place = endpoint.city.hall.jurisdiction
    _key, text = keys.make(place, "Updates only", scopes=["update"], at=NOW)
    assert "update" in endpoint.assert_refused(403, api_key=text)[0]["description"]
    revoked, text = keys.make(place, "Old", scopes=["report"], at=NOW)
    assert endpoint.sent(api_key=text)
    keys.revoke(revoked, at=NOW)
    endpoint.assert_refused(403, api_key=text)


def test_the_text_of_a_key_is_nowhere_in_the_database(endpoint: Endpoint) -> None:
    key = ApiKey.objects.get(name="An app")
    assert endpoint.key not in str(vars(key))
    assert len(bytes(key.key_hash)) == 32
    assert endpoint.key.startswith(key.start)


def test_a_key_comes_as_a_header_or_in_the_address_with_a_warning(endpoint: Endpoint) -> None:
    lon, lat = at(350, 700)
    body = {"service_code": "pothole", "lat": lat, "long": lon}
    for headers in ({"x-api-key": endpoint.key}, {"authorization": f"Bearer {endpoint.key}"}):
        answer = endpoint.client.post(f"{V2}requests.json", body, headers=headers)
        assert answer.status_code == 201
        assert "Warning" not in answer
    answer = endpoint.client.post(f"{V2}requests.json?api_key={endpoint.key}", body)
    assert answer.status_code == 201
    assert "ends in logs" in answer["Warning"]


def test_a_key_may_only_be_used_so_often_and_is_told_when_to_come_again(endpoint: Endpoint) -> None:
    ApiKey.objects.update(per_minute=2)
    assert [endpoint.send().status_code for _ in range(3)] == [201, 201, 429]
    answer = endpoint.send("xml")
    assert 1 <= int(answer["Retry-After"]) <= 61
    assert faults_of(answer, "xml")[0][0] == 429
    endpoint.now = NOW.replace(minute=1)
    assert endpoint.send().status_code == 201
    ApiKey.objects.update(per_minute=1000, per_day=3)
    answer = endpoint.send()
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 60


def test_the_same_idempotency_key_gives_the_same_request(endpoint: Endpoint) -> None:
    first, second = (endpoint.sent(idempotency_key="abc") for _ in range(2))
    assert first == second
    assert endpoint.sent(idempotency_key="abd") != first
    assert "Use a new one" in endpoint.assert_refused(idempotency_key="abc", description="Another")[0]["description"]
    _other, text = keys.make(endpoint.city.hall.jurisdiction, "Other", scopes=["report"], at=NOW)
    assert endpoint.sent(idempotency_key="abc", api_key=text) != first


def test_without_an_idempotency_key_each_report_is_a_new_one(endpoint: Endpoint) -> None:
    assert endpoint.sent() != endpoint.sent()


def test_a_batch_service_gives_a_token_and_a_black_box_nothing(endpoint: Endpoint) -> None:
    ServiceType.objects.create(service=endpoint.city.services["pothole"], type="batch")
    (said,) = json.loads(endpoint.send().content)
    assert "service_request_id" not in said
    found = endpoint.get(f"tokens/{said['token']}")
    assert found == [{"service_request_id": ServiceRequest.objects.get().service_request_id, "token": said["token"]}]
    ServiceType.objects.update(type="blackbox")
    (said,) = json.loads(endpoint.send().content)
    assert set(said) == {"service_notice", "account_id"}


def test_a_token_is_pending_until_somebody_has_the_request(endpoint: Endpoint) -> None:
    ServiceType.objects.create(service=endpoint.city.services["pothole"], type="batch")
    lon, lat = OUTSIDE_UNKNOWN
    (said,) = json.loads(endpoint.send(lat=lat, long=lon).content)
    assert endpoint.get(f"tokens/{said['token']}") == [{"service_request_id": None, "token": said["token"]}]
    pending = endpoint.xml(f"tokens/{said['token']}")
    assert (pending.findtext("request/token"), pending.findtext("request/service_request_id")) == (said["token"], "")
    ServiceRequest.objects.update(state="assigned")
    assert endpoint.get(f"tokens/{said['token']}")[0]["service_request_id"] is not None


@pytest.mark.parametrize("token", ["1", "1-" + "0" * 32, "x", "9" * 40, "é"])
def test_an_unknown_token_is_404(endpoint: Endpoint, token: str) -> None:
    assert endpoint.ask(f"tokens/{token}.json").status_code == 404


def test_a_broken_form_is_a_fault_in_the_asked_form(endpoint: Endpoint) -> None:
    answer = endpoint.client.post(f"{V2}requests.xml", data=b"--x\r\nbad", content_type="multipart/form-data")
    assert answer.status_code == 400
    assert faults_of(answer, "xml")[0][0] == 400
    answer = endpoint.client.post(f"{V2}requests.json", data=b"a=b", content_type="text/plain")
    assert answer.status_code == 403
    answer = endpoint.client.post(
        f"{V2}requests.json", data=b"a=%E9", content_type="application/x-www-form-urlencoded; charset=latin-1"
    )
    assert faults_of(answer, "json")[0][0] == 400
