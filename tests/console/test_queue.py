"""The lists: what stands on them in which order, filters, pages, clocks, and what came since."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.utils import timezone

from geoserver_app.console import lists
from tests.console.conftest import Hall, address


def numbers(page: str) -> list[str]:
    """The tracking numbers of a list, from top to bottom."""
    rows = page.partition('<table class="rows"')[2].split('data-number="')[1:]
    return [row.partition('"')[0] for row in rows]


def test_the_newest_stands_on_top(hall: Hall) -> None:
    old = hall.request(at=timezone.now() - timedelta(hours=2))
    new = hall.request()
    assert numbers(hall.get("liaison", "/console/")) == [new.service_request_id, old.service_request_id]


def test_the_longest_waiting_decision_stands_above_the_queue_with_what_to_do(hall: Hall) -> None:
    hall.review(hall.request(), "outside", municipality={"name": "Encina Verde", "telephone": "(559) 555-0170"})
    page = hall.get("dispatcher", "/console/")
    assert "Encina Verde looks after it, telephone (559) 555-0170." in page
    assert "Refer it to whoever looks after the place" in page and "of office time" in page


@pytest.mark.parametrize(
    ("reason", "detail", "words"),
    [
        ("in_gap", {"kind": "beat"}, "Police beat: none covers this place."),
        ("address_far_from_pin", {"metres": 200, "address": "1 A St"}, "The pin is 660 ft from its address, 1 A St."),
        ("near_line", {"doubt": ["park"]}, "the map does not decide (park)"),
        ("no_rule", {}, "No rule says who gets it."),
        ("nobody_to_tell", {"desks": ["Sweeping"]}, "Nobody could be told at: Sweeping."),
        ("mail_failed", {"kind": "receipt", "to": "reporter"}, "A message could not be delivered: Receipt"),
        ("stage_failed", {"error": "KeyError"}, "A step failed with an error"),
        ("something_new", {}, "It waits for a decision (something_new)."),
    ],
)
def test_reasons_are_told_in_words(hall: Hall, reason: str, detail: dict[str, Any], words: str) -> None:
    hall.review(hall.request(), reason, **detail)
    assert words in hall.get("dispatcher", "/console/?tab=review")


def test_tabs(hall: Hall) -> None:
    now = timezone.now()
    late = hall.request(expected_datetime=now - timedelta(days=2))
    soon = hall.request(expected_datetime=now + timedelta(hours=3), state="accepted")
    mine = hall.request(state="in_progress", assignee=hall.town.people["liaison"])
    closed = hall.request(state="closed", closed_at=now - timedelta(days=3), resolution="repaired")
    hall.request(state="closed", closed_at=now - timedelta(days=90))
    expected = {"new": {late}, "overdue": {late}, "soon": {soon}, "mine": {mine}, "closed": {closed}}
    for tab, requests in expected.items():
        shown = numbers(hall.get("liaison", f"/console/?tab={tab}"))
        assert set(shown) == {one.service_request_id for one in requests}, tab


def test_an_overdue_request_says_so_in_words(hall: Hall) -> None:
    hall.request(expected_datetime=timezone.now() - timedelta(days=2, hours=3, minutes=1))
    assert "Overdue by 2 d 3 h" in hall.get("liaison", "/console/")


def test_a_deadline_ahead_says_how_long_there_is(hall: Hall) -> None:
    hall.request(expected_datetime=timezone.now() + timedelta(hours=5, minutes=30, seconds=30))
    assert "Due in 5 h 30 min" in hall.get("liaison", "/console/")


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ("service_code=pothole", 1), ("service_code=blocked-driveway", 1), ("group=streets", 2), ("group=trees", 0),
        ("state=accepted", 1), ("channel=phone", 1), ("q=olive", 2), ("q=elm", 0), ("department=public-works", 2),
        ("department=parking-control", 0), ("area=beat:1", 1), ("area=beat:9", 0), ("area=nonsense", 0),
        ("state=accepted&channel=phone", 0), ("q=%00", 2), ("q=%25", 0), ("tab=nonsense", 2),
    ],
)  # fmt: skip
def test_filters(hall: Hall, query: str, hits: int) -> None:
    hall.request(channel="phone", area_ids=[hall.paper.area("beat:1")])
    hall.request(service=hall.town.driveway, state="accepted")
    assert len(numbers(hall.get("liaison", f"/console/?tab=open&{query}"))) == hits


def test_a_tracking_number_leads_to_its_request_however_it_is_written(hall: Hall) -> None:
    request = hall.request()
    spoken = request.service_request_id.replace("-", " ")
    answer = hall.client("liaison").get(f"/console/?q={quote(spoken)}")
    assert answer.status_code == 302 and answer["Location"] == address(request)


def test_a_number_of_others_leads_nowhere(hall: Hall) -> None:
    request = hall.request()
    page = hall.get("warden", f"/console/?q={request.service_request_id}")
    assert "No request on this list fits these filters." in page


@pytest.mark.parametrize("tab", ["open", "overdue", "mine", "closed"])
def test_pages_follow_each_other_without_gap_or_repetition(
    hall: Hall, tab: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    me = hall.town.people["liaison"]
    for hours in (5, 4, 3, 3, 2):
        then = now - timedelta(hours=hours)
        ended = {"state": "closed", "closed_at": then} if tab == "closed" else {}
        hall.request(at=then, expected_datetime=None if tab == "mine" and hours == 3 else then, assignee=me, **ended)
    whole = numbers(hall.get("liaison", f"/console/?tab={tab}"))
    monkeypatch.setattr(lists.page_of, "__defaults__", ("", 2))
    shown: list[str] = []
    path = f"/console/?tab={tab}"
    while path:
        page = hall.get("liaison", path)
        shown += numbers(page)
        path = page.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0] if 'rel="next"' in page else ""
        path = path.replace("&amp;", "&")
    assert shown == whole and len(whole) == 5


def test_the_map_shows_the_requests_of_the_list_and_their_signs(hall: Hall) -> None:
    late = hall.request(expected_datetime=timezone.now() - timedelta(days=1))
    hall.request(geom=None, place_method="none", tile_x=None, tile_y=None, morton=None)
    answer = hall.client("liaison").get("/console/pins.json?tab=open")
    (feature,) = answer.json()["features"]
    assert feature["properties"]["number"] == late.service_request_id
    assert feature["properties"]["sign"] == "overdue"
    assert feature["geometry"]["coordinates"] == [-119.72, 36.0]
    assert "no-store" in answer["Cache-Control"]


def since(moment: Any) -> str:
    return quote(moment.isoformat())


def test_what_came_since_is_counted_and_told(hall: Hall) -> None:
    before = timezone.now() - timedelta(minutes=5)
    hall.request(at=before - timedelta(days=1))
    hall.request(at=before - timedelta(days=1), updated_datetime=timezone.now())
    hall.request()
    found = hall.client("liaison").get(f"/console/newer.json?since={since(before)}").json()
    assert (found["new"], found["changed"], found["words"]) == (1, 1, "1 new, 1 changed")


def test_what_fits_the_filters_alone_is_new(hall: Hall) -> None:
    before = timezone.now() - timedelta(minutes=5)
    hall.request()
    found = hall.client("liaison").get(f"/console/newer.json?service_code=blocked-driveway&since={since(before)}")
    assert found.json()["words"] == ""


@pytest.mark.parametrize("text", ["", "yesterday", "2026-11-19", "2026-13-45T10:00:00Z"])
def test_a_moment_that_is_none_is_refused(hall: Hall, text: str) -> None:
    assert hall.client("liaison").get(f"/console/newer.json?since={text}").status_code == 400


def test_a_new_decision_is_new_on_its_tab(hall: Hall) -> None:
    before = timezone.now() - timedelta(minutes=5)
    hall.review(hall.request(at=before - timedelta(days=2)), "no_place")
    found = hall.client("dispatcher").get(f"/console/newer.json?tab=review&since={since(before)}").json()
    assert found["new"] == 1


def test_queries_do_not_grow_with_the_list(hall: Hall, django_assert_max_num_queries: Any) -> None:
    for _ in range(30):
        hall.review(hall.request(), "no_place")
    client = hall.client("dispatcher")
    with django_assert_max_num_queries(28):
        client.get("/console/")
    with django_assert_max_num_queries(14):
        client.get("/console/pins.json?tab=open")


def test_a_page_in_spanish(hall: Hall) -> None:
    hall.request()
    page = hall.get("liaison", "/console/?lang=es")
    assert 'lang="es"' in page and "Bache" in page and "Obras Públicas" in page
