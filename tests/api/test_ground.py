"""Services, resolutions, areas, places; and what every address of the API has in common."""

import pytest

from geoserver_app.accounts.models import ApiKey
from tests.api.conftest import Programs, assert_refused
from tests.link.squared import at

LON, LAT = at(350, 700)


def test_services_come_with_their_questions(programs: Programs) -> None:
    listed = {one["service_code"]: one for one in programs.get("services")["items"]}
    assert "gone" not in listed
    assert listed["every"]["has_questions"]
    form = programs.get("services/need", lang="es")
    assert [one["code"] for one in form["questions"]] == ["which", "more"]
    assert form["questions"][0]["options"][0] == {"key": "a", "name": "Primera"}
    assert form["questions"][1]["condition"] == {"code": "which", "keys": ["b"]}
    assert "takes its place" in assert_refused(programs.ask("services/gone"), 404)["detail"]


def test_resolutions_are_those_that_close_a_request(programs: Programs) -> None:
    codes = {one["code"] for one in programs.get("resolutions")["items"]}
    assert "repaired" in codes


def test_areas_are_listed_by_kind_page_by_page_and_have_shapes(programs: Programs) -> None:
    kinds = {one["code"]: one["areas"] for one in programs.get("area-kinds")["items"]}
    assert kinds["beat"] >= 2
    everything = programs.get("areas", kind="beat")["items"]
    first = programs.get("areas", kind="beat", limit=1)
    assert first["next"] == everything[0]["code"]
    assert programs.get("areas", kind="beat", after=first["next"])["items"] == everything[1:]
    one = programs.get("areas/beat/1")
    assert (one["type"], one["id"], one["properties"]["kind"]) == ("Feature", "beat:1", "beat")
    assert one["geometry"]["type"] in {"Polygon", "MultiPolygon"}
    here = programs.get("areas-here", long=LON, lat=LAT)["items"]
    assert {"beat:1"} <= {f"{area['kind']}:{area['code']}" for area in here}
    for missing in ("areas?kind=nonsense", "areas/beat/99", "areas/nonsense/1"):
        assert_refused(programs.ask(missing), 404)


def test_places_are_found_and_named(programs: Programs) -> None:
    found = programs.get("geocode", q="120 Main St")["items"]
    assert all(set(one) >= {"label", "long", "lat", "score"} for one in found)
    named = programs.get("reverse-geocode", long=LON, lat=LAT)
    assert (named["long"], named["lat"]) == (LON, LAT)
    for wrong in ({"long": "200", "lat": "1"}, {"long": "nan", "lat": "1"}, {"lat": "1"}):
        assert_refused(programs.ask("reverse-geocode", **wrong), 400)
    assert_refused(programs.ask("geocode", q=""), 400)


@pytest.mark.parametrize(("lon", "lat"), [(150, 0.04), (-29.7, 0), (180, -90)])
def test_far_away_nothing_is_known(programs: Programs, lon: float, lat: float) -> None:
    assert programs.get("areas-here", long=lon, lat=lat) == {"items": []}
    assert programs.get("reverse-geocode", long=lon, lat=lat)["address"] == ""


def test_what_did_not_change_is_not_sent_again(programs: Programs) -> None:
    answer = programs.ask("requests")
    again = programs.client.get("/api/requests", headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = programs.client.head("/api/requests")
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", answer["ETag"])
    assert head["Content-Length"] == str(len(answer.content))
    assert answer["Cache-Control"] == "no-cache"
    assert programs.ask("requests", programs.key("report"))["Cache-Control"] == "private, no-cache"


def test_any_web_page_may_call_and_nothing_is_kept_in_its_browser(programs: Programs) -> None:
    answer = programs.client.get("/api/services?lang=es", headers={"accept-language": "es"})
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert not answer.cookies
    assert "Vary" not in answer.headers
    asked = programs.client.options("/api/requests")
    assert (asked.status_code, asked["Access-Control-Allow-Methods"]) == (204, "GET, HEAD, POST, OPTIONS")
    assert "X-Api-Key" in asked["Access-Control-Allow-Headers"]


def test_who_is_logged_in_makes_no_difference(programs: Programs) -> None:
    browser = programs.story.client("trusted")
    assert browser.get(f"/api/requests/{programs.story.sensitive}").status_code == 404
    posted = browser.post("/api/requests", {}, content_type="application/json")
    assert_refused(posted, 401)


@pytest.mark.parametrize(
    "path", ["nowhere", "requests/", "requests/1/transitions/2", "areas/beat", "services//", "x.json"]
)
def test_an_address_that_is_none_is_a_problem_too(programs: Programs, path: str) -> None:
    assert_refused(programs.ask(path), 404)


def test_a_wrong_method_host_or_character_is_a_problem_too(programs: Programs) -> None:
    answer = programs.client.delete("/api/requests")
    assert_refused(answer, 405)
    assert set(answer["Allow"].split(", ")) == {"GET", "POST"}
    assert_refused(programs.client.get("/api/requests/1/transitions"), 405)
    assert_refused(programs.client.get("/api/requests", HTTP_HOST="evil.example"), 400)
    assert_refused(programs.client.get("/api/requests?area=beat:%00"), 400)
    assert_refused(programs.client.get("/api/services/%00"), 400)


def test_a_fault_of_ours_is_told_without_its_insides(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("geoserver_app.api.catalog.offered", broken)
    answer = programs.ask("services")
    assert_refused(answer, 500)
    assert b"secret" not in answer.content


def test_a_key_of_staff_without_a_person_cannot_be(programs: Programs) -> None:
    from django.db import IntegrityError, transaction

    programs.key("report")
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiKey.objects.update(scopes=["read"])


def test_the_landing_says_where_to_go_on(programs: Programs) -> None:
    landing = programs.client.get("/api/").json()
    assert programs.client.get(landing["openapi"]).json()["openapi"] == "3.1.0"
    assert programs.client.get(landing["docs"]).status_code == 200


def test_the_page_to_read_says_all_of_the_document_in_two_languages(programs: Programs) -> None:
    page = programs.client.get("/api/docs", headers={"accept-language": "en"}).content.decode()
    document = programs.client.get("/api/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert f"{method.upper()} {path}<" in page
            assert f'id="{operation["operationId"]}"' in page
            assert all(f"<code>{one['name']}</code>" in page for one in operation["parameters"])
    assert "<script" not in page
    assert "Lo que se envía" in programs.client.get("/api/docs?lang=es").content.decode()
