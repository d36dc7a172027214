"""Placing, changing and lifting a notice: by whom, about what, where, and what stays to be read of it."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from geoserver_app.duplicates import notices
from geoserver_app.duplicates.models import Notice, NoticeChange
from tests.link import squared
from tests.notices.conftest import IN_BEAT_1, IN_BEAT_2, STORM, TORMENTA, Office


def known(office: Office, at: tuple[float, float], hours: float = 0.0) -> list[int]:
    moment = timezone.now() + timedelta(hours=hours)
    return [one.pk for one in notices.known(office.town.pothole, *at, at=moment)]


def test_a_notice_holds_in_its_area_for_its_services(office: Office) -> None:
    made = office.placed()
    assert known(office, IN_BEAT_1) == [made.pk]
    assert known(office, IN_BEAT_2) == []
    assert notices.known(office.town.driveway, *IN_BEAT_1, at=timezone.now()) == []


def test_a_notice_ends_by_its_time_and_begins_at_its_time(office: Office) -> None:
    made = office.placed()
    assert known(office, IN_BEAT_1, hours=-2) == [] == known(office, IN_BEAT_1, hours=25)
    assert known(office, IN_BEAT_1, hours=23) == [made.pk]
    Notice.objects.update(begins_at=timezone.now() - timedelta(days=2), ends_at=timezone.now() - timedelta(days=1))
    assert "Ended by its time" in office.page("dispatcher", f"/console/notices/{made.pk}/")


def test_around_a_corner_within_so_many_feet(office: Office) -> None:
    made = office.placed(where="circle", address="150 Main St", radius_ft=300)
    place = office.map
    assert made.ground is not None and made.ground.num_coords > 40
    center = made.ground.centroid
    assert known(office, (center.x, center.y)) == [made.pk]
    plane = made.ground.transform(place.jurisdiction.metric_srid, clone=True)
    assert plane.area == pytest.approx(3.14159 * 91.44**2, rel=0.01)


def test_on_ground_that_was_drawn(office: Office) -> None:
    shape = squared.square(50, 250, 150, 350)
    made = office.placed(where="drawn", shape=shape.json)
    assert known(office, IN_BEAT_1) == [made.pk] and known(office, squared.at(160, 300)) == []
    assert "drawn on the map" in office.page("dispatcher", "/console/notices/")


def test_in_the_whole_city(office: Office) -> None:
    made = office.placed(where="city")
    assert known(office, IN_BEAT_1) == known(office, IN_BEAT_2) == [made.pk]


BOW_TIE = {"type": "Polygon", "coordinates": [[[-119.72, 36], [-119.71, 36.01], [-119.71, 36], [-119.72, 36.01],
                                               [-119.72, 36]]]}  # fmt: skip
FAR = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"services": []}, "at least one service"),
        ({"services": ["drug-house"]}, "Select a valid choice"),
        ({"text_es": ""}, "This field is required"),
        ({"ends_at": "2020-01-01T10:00"}, "It must end after it begins"),
        ({"area": "beat:99"}, "Choose the area"),
        ({"where": "circle", "address": "Nowhere at all"}, "We do not find"),
        ({"where": "drawn", "shape": "{"}, "cannot be read"),
        ({"where": "drawn", "shape": '{"type": "Point", "coordinates": [1, 2]}'}, "cannot be read"),
        ({"where": "drawn", "shape": json.dumps(BOW_TIE)}, "must not cross"),
        ({"where": "drawn", "shape": json.dumps(FAR)}, "outside the city"),
    ],
)
def test_what_cannot_stand_is_said_and_nothing_is_placed(office: Office, changes: dict[str, str], said: str) -> None:
    answer = office.post(**changes)
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not Notice.objects.exists() and not NoticeChange.objects.exists()


def test_every_step_stays_in_the_history(office: Office) -> None:
    made = office.placed()
    path = f"/console/notices/{made.pk}/"
    sent = office.form(text_en="Storm: 12 lights still out.")
    assert office.client("dispatcher").post(path, sent).status_code == 303
    assert office.client("dispatcher").post(f"{path}lift/").status_code == 303
    assert known(office, IN_BEAT_1) == []
    page = office.page("dispatcher", path)
    assert "before (en): " + STORM in page and "Lifted. Reports come in again as usual." not in page
    assert [one.kind for one in NoticeChange.objects.order_by("pk")] == ["placed", "changed", "lifted"]


def test_of_two_who_lift_it_one_is_told(office: Office) -> None:
    path = f"/console/notices/{office.placed().pk}/lift/"
    first, second = office.client("dispatcher"), office.client("dispatcher")
    assert "Lifted." in first.post(path, follow=True).content.decode()
    assert "was lifted already" in second.post(path, follow=True).content.decode()
    assert NoticeChange.objects.filter(kind="lifted").count() == 1


def test_a_liaison_places_notices_about_the_own_department_only(office: Office) -> None:
    assert office.post("liaison").status_code == 303
    assert office.post("liaison", services=["blocked-driveway"]).status_code == 422
    made = Notice.objects.get()
    assert office.client("warden").post(f"/console/notices/{made.pk}/lift/").status_code == 403
    assert office.client("warden").post(f"/console/notices/{made.pk}/", office.form()).status_code == 403
    assert "Lift it now" not in office.page("warden", f"/console/notices/{made.pk}/")


def test_who_may_not_place_reads_them(office: Office) -> None:
    made = office.placed()
    assert office.post("council").status_code == office.client("agent").get("/console/notices/new/").status_code == 403
    page = office.page("council", "/console/notices/")
    assert STORM in page and "Place a notice" not in page
    assert office.client("council").get(f"/console/notices/{made.pk}/").status_code == 200
    assert office.client().get("/console/notices/").status_code == 302


def test_the_map_page_lists_what_holds(office: Office) -> None:
    made = office.placed()
    page = office.client().get("/").content.decode()
    assert STORM in page and "Known problems" in page
    assert TORMENTA in office.client().get("/?lang=es").content.decode()
    Notice.objects.filter(pk=made.pk).update(lifted_at=timezone.now())
    assert "Known problems" not in office.client().get("/").content.decode()
