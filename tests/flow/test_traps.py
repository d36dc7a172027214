"""Mistakes that real systems made in the life of a request (the numbers are those of the list of traps)."""

from datetime import datetime
from typing import Any

import pytest

from geoserver_app import flow, flow_placing
from geoserver_app.accounts.rights import Rights
from geoserver_app.accounts.roles import Role
from geoserver_app.intake.models import Review, ServiceRequest
from geoserver_app.link.one import FAR_M
from geoserver_app.work.models import StatusChange
from tests import life
from tests.flow.conftest import Report
from tests.link.squared import at
from tests.route.city import City, rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def dispatcher(city: City) -> Rights:
    city.hall.person("dora", Role.DISPATCHER)
    return city.hall.rights("dora")


def reasons(request: ServiceRequest) -> set[str]:
    return set(Review.objects.filter(request=request, resolved_at=None).values_list("reason", flat=True))


def submitted(report: Report, **given: Any) -> ServiceRequest:
    return flow.submit(report(**given), at=life.MONDAY).request


def test_trap_6_the_gate_to_the_city_stands_on_every_path(
    city: City, report: Report, dispatcher: Rights, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = at(1400, 500)
    pinned = submitted(report, x=1400, y=500)
    by_device = submitted(report, x=1400, y=500, place_method="device", accuracy_m=4.0)
    by_api = submitted(report, x=1400, y=500, channel="open311")
    monkeypatch.setattr(flow_placing, "locate", lambda *_, **__: [_candidate(*outside)])
    typed = submitted(report, x=None, address_text="1400 Main St")
    assert typed.geom is not None
    dragged = submitted(report, x=350, y=700)
    assert "outside" not in reasons(dragged)
    flow.move(dragged.pk, flow.Place(*outside), by=dispatcher, at=life.MONDAY)
    changed = flow.recategorise(pinned.pk, city.services["signal"], {}, by=dispatcher, at=life.MONDAY)
    for request in (pinned, by_device, by_api, typed, dragged, changed):
        request.refresh_from_db()
        assert "outside" in reasons(request), request
        assert request.state == "triage", request
        found = Review.objects.get(request=request, reason="outside", resolved_at=None)
        assert found.detail["municipality"]["telephone"] == "(559) 555-0170"


def _candidate(lon: float, lat: float) -> Any:
    from geoserver_app.geocode.candidate import Candidate

    return Candidate("1400 Main St", lon, lat, 99.0, "address_point")


def test_trap_7_a_pin_moved_across_a_border_takes_the_areas_and_the_desk_of_the_other_side(
    city: City, report: Report, dispatcher: Rights
) -> None:
    request = submitted(report, x=450, y=700)
    flow.move(request.pk, flow.Place(*at(650, 700)), by=dispatcher, at=life.MONDAY)
    request.refresh_from_db()
    one, two = city.squared.area("beat:1"), city.squared.area("beat:2")
    assert one not in request.area_ids
    assert two in request.area_ids
    assert two in request.public_area_ids
    assert StatusChange.objects.filter(request=request, kind="moved", by__username="dora").count() == 1


def test_trap_15_a_border_belongs_to_one_side_for_one_service_and_to_another_for_the_next(
    city: City, report: Report, tmp_path: Any
) -> None:
    posts = city.posts
    city.load(
        tmp_path / "rules.yaml",
        rule("north-weeds", {"services": ["weeds"], "areas": ["beat:2"]}, post="parks/desk"),
        rule("north-lights", {"services": ["signal"], "areas": ["council_district:C1"]}, post="utilities/desk"),
    )
    # x=510 lies in beat 2, and in council district 1, which goes before 2 in the strip that both claim.
    weeds, lights = (submitted(report, service=service, x=510, y=700) for service in ("weeds", "signal"))
    assert (weeds.post_id, lights.post_id) == (posts["parks"].pk, posts["utilities"].pk)


def test_trap_16_a_locator_that_is_down_leaves_the_report_to_a_person(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: Any, **__: Any) -> Any:
        raise TimeoutError

    monkeypatch.setattr(flow_placing, "locate", down)
    request = submitted(report, x=None, address_text="12 Main St")
    assert (request.state, reasons(request)) == ("triage", {"stage_failed"})
    assert request.address_text == "12 Main St"


def test_trap_19_address_and_pin_that_disagree_are_both_kept_and_staff_choose(
    report: Report, dispatcher: Rights, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow_placing, "locate", lambda *_, **__: [_candidate(*at(350, 700))])
    request = submitted(report, x=350, y=700 + FAR_M + 20, address_text="350 Almond Way")
    assert reasons(request) == {"address_far_from_pin"}
    review = Review.objects.get(request=request)
    assert review.detail["metres"] == pytest.approx(FAR_M + 20, abs=1)
    assert (request.address_text, request.geom.coords) == (
        "350 Almond Way",
        pytest.approx(at(350, 700 + FAR_M + 20)),
    )
    lon, lat = review.detail["lon"], review.detail["lat"]
    moved = flow.move(request.pk, flow.Place(lon, lat, method="address"), by=dispatcher, at=life.MONDAY)
    assert reasons(moved) == set()


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("2026-11-19 17:00", "2026-11-25"),  # a Thursday, three open days: Monday, Tuesday, Wednesday
        ("2026-11-24 17:00", "2026-12-01"),  # Wednesday, then Thanksgiving and a Friday, Monday, Tuesday
        ("2026-03-05 17:00", None),
        ("2028-02-28 09:00", None),  # a leap day is a Tuesday
    ],
)
def test_trap_20_what_is_promised_is_on_a_day_on_which_somebody_is_there(
    city: City, report: Report, asked: str, expected: str | None
) -> None:
    moment: datetime = life.local(asked)
    request = flow.submit(report(requested_datetime=moment), at=moment).request
    due = request.expected_datetime
    assert due is not None
    assert due > moment
    calendar = city.hall.calendar
    assert calendar.is_open_day(calendar.day_of(due))
    assert expected is None or calendar.day_of(due).isoformat() == expected


def test_trap_28_without_a_place_it_counts_and_stands_on_no_map(report: Report) -> None:
    request = submitted(report, x=None)
    assert (request.geom, request.tile_x, request.morton, request.public_geom) == (None, None, None, None)
    assert request.is_public
    assert ServiceRequest.objects.public().count() == 1
    assert ServiceRequest.objects.public().filter(public_geom__isnull=False).count() == 0


def test_trap_31_a_pin_that_is_less_exact_than_the_line_does_not_decide_whose_tree_it_is(
    city: City, report: Report
) -> None:
    # Two metres behind the sidewalk, by a telephone that knows where it is within twelve.
    unsure = submitted(report, service="tree", x=225, y=512, place_method="device", accuracy_m=12.0)
    assert unsure.near_border
    assert "near_line" in reasons(unsure)
    assert unsure.post_id == city.posts["triage"].pk  # the rules' safe desk
    asked = submitted(
        report, service="tree", x=225, y=512, place_method="device", accuracy_m=12.0, answers={"where": "strip"}
    )
    assert reasons(asked) == set()
    assert asked.post_id == city.posts["forestry"].pk
