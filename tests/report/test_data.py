"""What the page's scripts ask for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from geoserver_app.report import pace, waiting
from geoserver_app.report.models import Pace
from tests.link.squared import at
from tests.report.conftest import BESIDE_A_LINE, MIDDLE_OF_MAIN_STREET, OUTSIDE, Hall, photo_file, picture


def ask(hall: Hall, path: str, **query: Any) -> Any:
    return hall.client.get(f"/report/{path}", query, headers={"accept": "application/json"})


def place(spot: tuple[float, float]) -> dict[str, float]:
    return {"lon": spot[0], "lat": spot[1]}


def test_services_are_found_in_the_words_of_both_languages(hall: Hall) -> None:
    assert ask(hall, "services", q="broken bran").json()["services"][0]["code"] == "tree"
    spanish = ask(hall, "services", q="rama quebrada", lang="es").json()["services"][0]
    assert (spanish["code"], spanish["name"], spanish["group"]) == ("tree", "Problema con un árbol", "Calles")


def test_nothing_typed_finds_nothing(hall: Hall) -> None:
    assert ask(hall, "services").json() == {"services": []}


def test_a_form_is_given_with_all_its_questions(hall: Hall) -> None:
    page = ask(hall, "form", service="tree").content.decode()
    assert 'name="answer.tree.where"' in page and 'data-if="where" data-in="wires "' in page
    assert 'data-ground-question="where"' in page


def test_a_form_that_is_not_there_is_said_to_be_so(hall: Hall) -> None:
    assert ask(hall, "form", service="nothing").status_code == 404


def test_places_are_found_while_typing(hall: Hall) -> None:
    found = ask(hall, "places", q="151 Main St").json()["places"]
    assert found[0]["label"].startswith("151 Main") and found[0]["method"] == "pin"
    assert ask(hall, "places", q="x").json() == {"places": []}


def test_here_says_the_address_and_asks_beside_a_line(hall: Hall) -> None:
    here = ask(hall, "here", service="weeds", accuracy=8, **place(BESIDE_A_LINE)).json()
    assert here == {"headline": "1200 Main St", "neighbor": None, "question": "where", "asset": None}
    answered = {"answer.weeds.where": "yard"}
    assert ask(hall, "here", service="weeds", accuracy=8, **place(BESIDE_A_LINE), **answered).json()["question"] == ""


def test_here_says_whose_it_is_outside(hall: Hall) -> None:
    neighbor = ask(hall, "here", **place(OUTSIDE)).json()["neighbor"]
    assert (neighbor["name"], neighbor["telephone"]) == ("encina", "(559) 555-0170")


def test_here_names_the_street_light_that_is_meant(hall: Hall) -> None:
    asset = ask(hall, "here", service="street_light", **place(MIDDLE_OF_MAIN_STREET)).json()["asset"]
    assert (asset["label"], round(asset["metres"])) == ("L-utility", 9)


@pytest.mark.parametrize(
    "query", [{}, {"lon": "x", "lat": "y"}, {"lon": 36, "lat": -119}, {"lon": "nan", "lat": "nan"}]
)
def test_here_without_a_place_is_refused(hall: Hall, query: dict[str, Any]) -> None:
    assert ask(hall, "here", **query).status_code == 400


def test_things_of_the_service_s_kind_are_given_for_a_small_box(hall: Hall) -> None:
    west, south = at(300, 450)
    east, north = at(500, 550)
    things = ask(hall, "assets", service="street_light", bbox=f"{west},{south},{east},{north}").json()["assets"]
    assert [one["label"] for one in things] == ["L-utility"]
    assert ask(hall, "assets", service="street_light", bbox="-120,35,-119,37").json() == {"assets": []}
    assert ask(hall, "assets", service="pothole", bbox=f"{west},{south},{east},{north}").json() == {"assets": []}
    assert ask(hall, "assets", service="street_light", bbox="1,2,3").status_code == 400


def test_a_photo_is_kept_and_its_place_told(hall: Hall) -> None:
    answer = hall.client.post("/report/photos", {"photo": photo_file(content=picture((36, 119)))})
    kept = answer.json()
    assert answer.status_code == 201 and kept["position"] == {"lon": -119.0, "lat": 36.0}
    small = hall.client.get(kept["thumbnail"])
    assert small.status_code == 200 and small["Content-Type"] == "image/jpeg"
    assert b"Exif" not in waiting.photo(kept["token"]).content


def test_a_photo_is_not_shown_for_a_token_that_was_not_given(hall: Hall) -> None:
    assert hall.client.get("/report/photos/0123:abc:def").status_code == 404


def test_what_is_no_photo_is_refused_in_words(hall: Hall) -> None:
    answer = hall.client.post("/report/photos", {"photo": photo_file("notes.txt", b"hello")})
    assert answer.status_code == 422 and "“notes.txt” could not be taken" in answer.json()["error"]["message"]
    assert hall.client.post("/report/photos").status_code == 400


def test_photos_that_nobody_sent_are_swept_after_a_day(hall: Hall) -> None:
    token = waiting.keep(photo_file()).token
    assert waiting.sweep(at=datetime.now(UTC)) == 0
    assert waiting.sweep(at=datetime.now(UTC) + timedelta(hours=25)) == 3
    assert waiting.find([token]) == []


def test_uploads_are_counted_too(hall: Hall, one_stretch: None, settings: Any) -> None:
    settings.PHOTOS_PER_ADDRESS = 1
    codes = [hall.client.post("/report/photos", {"photo": photo_file()}).status_code for _ in range(2)]
    assert codes == [201, 429]


def test_visitors_are_counted_without_being_known(hall: Hall) -> None:
    hall.post()
    (row,) = Pace.objects.all()
    assert b"127.0.0.1" not in bytes(row.visitor) and len(bytes(row.visitor)) == 16


def test_the_address_behind_our_own_proxy_counts(hall: Hall, settings: Any, rf: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    now = datetime.now(UTC)
    said = [rf.get("/", headers={"X-Forwarded-For": text}) for text in ("6.6.6.6, 192.0.2.1", "7.7.7.7, 192.0.2.1")]
    assert pace.visitor(said[0], now) == pace.visitor(said[1], now)


def test_old_counts_are_dropped(hall: Hall, rf: Any) -> None:
    now = datetime.now(UTC)
    pace.may(rf.get("/"), pace.SENDING, at=now - timedelta(days=2))
    pace.may(rf.get("/"), pace.SENDING, at=now)
    assert Pace.objects.count() == 1
