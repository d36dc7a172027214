from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geoserver_app.geocode.candidate import Candidate
from geoserver_app.geocode.locate import locate
from layers.models import Edition, Jurisdiction
from tests.layers.town import at

TODAY = date(2026, 11, 16)


def found(town: Jurisdiction, text: str, **more: int) -> list[Candidate]:
    return locate(town, text, on=TODAY, **more)


def place(one: Candidate) -> tuple[float, float]:
    return pytest.approx(one.lon, abs=1e-6), pytest.approx(one.lat, abs=1e-6)


@pytest.mark.parametrize(
    "text", ["410 Olive Ave", "410 olive avenue", "410 OLIVE", "  410   Ólive  ", "410 Olive Ave, Almendra CA 93000"]
)
def test_an_address_is_found_however_it_is_written(streets: Jurisdiction, text: str) -> None:
    best = found(streets, text)[0]
    assert (best.label, best.method) == ("410 Olive Ave", "address_point")
    assert at(4.4, 6.2) == place(best)


def test_a_house_with_two_units_is_one_place(streets: Jurisdiction) -> None:
    assert [one.label for one in found(streets, "410 Olive Ave unit B")] == ["410 Olive Ave", "410 N Olive Ave"]


def test_a_direction_that_was_given_comes_first(streets: Jurisdiction) -> None:
    assert found(streets, "410 N Olive")[0].label == "410 N Olive Ave"
    assert found(streets, "410 E Olive")[0].score < 1


def test_a_slip_of_the_finger_does_not_matter(streets: Jurisdiction) -> None:
    slipped = found(streets, "410 Olvie Ave")[0]
    assert slipped.label == "410 Olive Ave" and 0.6 <= slipped.score < 1


def test_the_beginning_of_a_name_is_enough(streets: Jurisdiction) -> None:
    assert found(streets, "412 oli")[0].label == "412 Olive Ave"


def test_accents_in_the_data_do_not_matter(streets: Jurisdiction) -> None:
    assert found(streets, "jose & olive")[0].label == "José Ave & Olive Ave"


def test_a_house_without_a_point_is_placed_along_its_range_beside_the_street(streets: Jurisdiction) -> None:
    (even,) = found(streets, "450 Olive Ave")
    (odd,) = found(streets, "451 Olive Ave")
    assert {even.method, odd.method} == {"range"} and even.score < 1
    west, south = at(4, 6)
    # 450 is a little more than half way from x=4 to x=8; even numbers are south of a line that runs east.
    assert west + 0.002 < even.lon < west + 0.0022
    assert even.lat < south < odd.lat
    assert abs(even.lat - south) < 0.0002


def test_no_range_holds_the_number(streets: Jurisdiction) -> None:
    assert found(streets, "4100 Olive Ave") == []


@pytest.mark.parametrize(
    "text",
    ["Olive & 4th", "Olive and 4th St", "Olive Ave / 4th St", "olive @ 4", "corner of Olive and Fourth",
     "esquina de Olive y la 4", "Calle Olive con la Cuarta", "Olive y 4ta"],
)  # fmt: skip
def test_a_corner_is_found_in_both_languages(streets: Jurisdiction, text: str) -> None:
    best = found(streets, text)[0]
    assert (best.label, best.method) == ("Olive Ave & 4th St", "intersection")
    assert at(4, 6) == place(best)


def test_streets_that_cross_without_a_common_end_meet_where_they_cross(streets: Jurisdiction) -> None:
    assert at(6, 6) == place(found(streets, "Canal & Olive")[0])


def test_streets_that_do_not_meet_have_no_corner(streets: Jurisdiction) -> None:
    assert found(streets, "Canal & 4th") == []


def test_both_corners_are_offered_where_a_name_is_two_streets(streets: Jurisdiction) -> None:
    assert {one.label for one in found(streets, "4th & Olive")} == {"4th St & Olive Ave", "4th St & N Olive Ave"}


@pytest.mark.parametrize("text", ["", "Olive", "410", "&", "' or 1=1 --", "%", "9" * 5000, "99999999 Olive", "\0 & \0"])
def test_what_is_no_address_finds_nothing(streets: Jurisdiction, text: str) -> None:
    assert found(streets, text) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60))
def test_nothing_that_people_type_is_an_error(streets: Jurisdiction, text: str) -> None:
    assert all(0 < one.score <= 1 for one in found(streets, f"4 {text}") + found(streets, f"{text} & Olive"))


def test_only_editions_in_force_on_the_day_count(streets: Jurisdiction) -> None:
    Edition.objects.filter(kind__code="address_point").update(in_force="[2026-12-01,)")
    assert [one.method for one in found(streets, "410 Olive")] == ["range"]


def test_another_city_is_not_searched(streets: Jurisdiction, db: None) -> None:
    other = Jurisdiction.objects.create(
        code="nogal", name="Nogal", time_zone="UTC", metric_srid=32611, outline=streets.outline
    )
    assert locate(other, "410 Olive Ave", on=TODAY) == []


def test_the_limit_is_kept(streets: Jurisdiction) -> None:
    assert len(found(streets, "410 Olive", limit=1)) == 1


def test_a_plain_address_is_one_round_trip(streets: Jurisdiction) -> None:
    found(streets, "410 Olive Ave")
    with CaptureQueriesContext(
        connection,
    ) as seen:
        found(streets, "410 Olive Ave")
    # The statement goes past Django's own cursors; none of those is needed besides.
    assert len(seen) == 0


def test_what_was_asked_is_read_in_parts() -> None:
    house, corner = read("12 1/2 N 4th Street"), read("4th St at Olive")
    assert isinstance(house, HouseOn) and (house.number, house.suffix, house.street.directional) == (12, "1/2", "N")
    assert isinstance(corner, Corner) and corner.one.post_type == "ST"
