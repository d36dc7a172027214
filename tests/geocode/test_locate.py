from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geoserver_app.geocode.candidate import Candidate
from geoserver_app.geocode.locate import locate, locate_many
from geoserver_app.geocode.statements import planned_once
from geoserver_app.geocode.suggest import suggest
from layers.models import Edition, Jurisdiction
from tests.examples import examples
from tests.layers.town import at

TODAY = date(2026, 11, 16)


def found(town: Jurisdiction, text: str, **more: int) -> list[Candidate]:
    return locate(town, text, on=TODAY, **more)


def labels(town: Jurisdiction, text: str) -> list[str]:
    return [one.label for one in found(town, text)]


def place(one: Candidate) -> tuple[float, float]:
    return pytest.approx(one.lon, abs=1e-6), pytest.approx(one.lat, abs=1e-6)


@pytest.mark.parametrize(
    "text",
    [
        "410 Olive Ave", "410 olive avenue", "410 OLIVE", "  410   Ólive  ", "410 Olive Ave, Almendra CA 93000-1234",
        "410 Olive Ave #B", "410 Olive Ave Apt B, Almendra, CA 93000.0", "Calle Olive 410", "frente a 410 Olive",
        "in front of 410 Olive Ave", "410, Olive Ave", "0410 Olive Av.", "410 Olive Ave, Almendra, California, USA",
        "Acequia Cafe, 410 Olive Ave", "410 Olive Ave (rear gate)",
    ],
)  # fmt: skip
def test_an_address_in_any_of_its_forms_is_the_same_place(streets: Jurisdiction, text: str) -> None:
    best = found(streets, text)[0]
    assert (best.label, best.method, best.precision) == ("410 Olive Ave", "address_point", "rooftop")
    assert at(4.4, 6.2) == place(best)


def test_a_house_with_two_units_is_one_place(streets: Jurisdiction) -> None:
    assert labels(streets, "410 Olive Ave unit B") == ["410 Olive Ave", "410 N Olive Ave"]


def test_a_direction_that_was_given_comes_first(streets: Jurisdiction) -> None:
    assert found(streets, "410 N Olive")[0].label == "410 N Olive Ave"
    assert found(streets, "410 E Olive")[0].score < 90


def test_a_slip_of_the_finger_does_not_matter_and_is_said(streets: Jurisdiction) -> None:
    slipped = found(streets, "410 Olvie Ave")[0]
    assert slipped.label == "410 Olive Ave" and slipped.score < 80
    assert any(reason.startswith("similar_name") for reason in slipped.reasons)


def test_the_beginning_of_a_name_is_enough(streets: Jurisdiction) -> None:
    assert found(streets, "412 oli")[0].label == "412 Olive Ave"


def test_another_type_than_the_streets_costs_score(streets: Jurisdiction) -> None:
    other = found(streets, "412 Olive Blvd")[0]
    assert other.label == "412 Olive Ave" and other.score < 85 and "type_differs:AVE" in other.reasons


def test_a_zip_code_that_differs_is_said_and_costs_score(streets: Jurisdiction) -> None:
    same, other = found(streets, "412 Olive Ave, 93000")[0], found(streets, "412 Olive Ave, 93999")[0]
    assert "zip_fits" in same.reasons and "zip_differs:93000" in other.reasons
    assert other.score < 90 < same.score


def test_a_neighboring_citys_address_is_not_ours(streets: Jurisdiction) -> None:
    assert found(streets, "412 Olive Ave, Nogal, CA")[0].score < 60


def test_a_house_between_known_numbers_stands_between_them(streets: Jurisdiction) -> None:
    Edition.objects.filter(kind__code="centerline").update(in_force="[2030-01-01,)")
    best = found(streets, "416 Olive Ave")[0]
    assert (best.label, best.precision, best.reasons[0]) == ("416 Olive Ave", "interpolated", "between:412-420")
    assert at(4.8, 6.2) == place(best)
    assert 80 <= best.score < 90


def test_a_house_without_a_point_is_placed_along_its_range_beside_the_street(streets: Jurisdiction) -> None:
    even, odd = found(streets, "450 Olive Ave")[0], found(streets, "451 Olive Ave")[0]
    assert {even.method, odd.method} == {"range"} and even.score < 95
    west, south = at(4, 6)
    # 450 is a little more than half way from x=4 to x=8; even numbers are south of a line that runs east.
    assert west + 0.002 < even.lon < west + 0.0022
    assert even.lat < south < odd.lat
    assert abs(even.lat - south) < 0.0002


def test_a_number_that_no_range_holds_is_not_found(streets: Jurisdiction) -> None:
    assert found(streets, "4100 Olive Ave") == []


@pytest.mark.parametrize("text", ["14 Hollis St", "16 Hollis St", "14-18 Hollis Street", "18 hollis"])
def test_the_range_of_a_parcels_situs_holds_its_numbers(streets: Jurisdiction, text: str) -> None:
    best = found(streets, text)[0]
    assert (best.method, best.precision) == ("parcel", "parcel")
    assert at(2, 3) == place(best)


@pytest.mark.parametrize(
    "text",
    ["Olive & 4th", "Olive and 4th St", "Olive Ave / 4th St", "olive @ 4", "corner of Olive and Fourth",
     "INTERSECTION of OLIVE AVE & 04TH ST", "OLIVE AVE AT 4TH ST", "Intersection of Olive Av and 4TH STREET, 93000",
     "esquina de Olive y la 4", "Calle Olive con la Cuarta", "Olive y 4ta", "en la esquina de la 4 con Olive Ave"],
)  # fmt: skip
def test_a_corner_is_found_in_both_languages(streets: Jurisdiction, text: str) -> None:
    best = found(streets, text)[0]
    assert best.label in {"Olive Ave & 4th St", "4th St & Olive Ave"}
    assert (best.method, best.precision) == ("intersection", "intersection")
    assert at(4, 6) == place(best)


def test_accents_in_the_data_do_not_matter(streets: Jurisdiction) -> None:
    assert found(streets, "jose & olive")[0].label == "José Ave & Olive Ave"


@pytest.mark.parametrize("text", ["Hwy 99 & 4th", "Highway 99 at 4th", "US 99 / 4th St", "Route 99 and 4th"])
def test_a_highway_is_known_under_all_its_names(streets: Jurisdiction, text: str) -> None:
    assert at(4, 1) == place(found(streets, text)[0])


def test_streets_that_cross_without_a_common_end_meet_where_they_cross(streets: Jurisdiction) -> None:
    assert at(6, 6) == place(found(streets, "Canal & Olive")[0])


def test_streets_that_do_not_meet_have_no_corner(streets: Jurisdiction) -> None:
    assert found(streets, "Canal & 4th") == []


def test_streets_that_cross_twice_are_asked_back(streets: Jurisdiction) -> None:
    twice = found(streets, "Ring Rd & Jose Ave")
    assert len(twice) == 2 and {one.score for one in twice} == {twice[0].score}
    assert twice[0].score <= 50 and "ambiguous" in twice[0].reasons


def test_both_corners_are_offered_where_a_name_is_two_streets(streets: Jurisdiction) -> None:
    assert set(labels(streets, "4th & Olive")) == {"4th St & Olive Ave", "4th St & N Olive Ave"}


@pytest.mark.parametrize(
    "text", ["400 block of Olive Ave", "400 Blk Olive", "cuadra 400 de Olive Ave", "Block of 400 Olive Ave"]
)
def test_a_hundred_block_is_the_middle_of_it(streets: Jurisdiction, text: str) -> None:
    best = found(streets, text)[0]
    assert (best.label, best.precision) == ("400 block of Olive Ave", "block")
    assert at(6, 6) == place(best)


def test_a_block_between_two_cross_streets(streets: Jurisdiction) -> None:
    for text in ("Olive Ave between 4th St and Jose Ave", "Olive entre la 4 y Jose"):
        assert at(6, 6) == place(found(streets, text)[0])


def test_places_are_found_by_their_names(streets: Jurisdiction) -> None:
    school, park = found(streets, "olive grove scool")[0], found(streets, "Acequia Park")[0]
    assert (school.label, school.precision) == ("Olive Grove School", "rooftop")
    assert (park.label, park.reasons) == ("Acequia Park", ("name", "category:park"))


@pytest.mark.parametrize("text", ["mile post 41.5 on Hwy 99", "MP 41.5 US 99", "milla 41.5 de la carretera 99"])
def test_a_mile_between_two_posts_lies_between_them(streets: Jurisdiction, text: str) -> None:
    assert at(5, 1) == place(found(streets, text)[0])


def test_a_street_alone_is_offered_and_is_nobodys_answer(streets: Jurisdiction) -> None:
    assert found(streets, "Olive Ave")[0].precision == "street"
    assert found(streets, "Olive Ave")[0].score < 80


@pytest.mark.parametrize(
    "text", ["", "410", "&", "' or 1=1 --", "%", "9" * 5000, "99999999 Olive", "\0 & \0", "🚧🚧", "N/A",
             "sin dirección", "Not associated with a specific address", "x" * 10_000]
)  # fmt: skip
def test_what_is_no_place_finds_nothing(streets: Jurisdiction, text: str) -> None:
    assert found(streets, text) == []


@settings(
    max_examples=examples(60),
    deadline=timedelta(seconds=5),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=st.text(max_size=60) | st.text(min_size=200, max_size=10_000))
def test_nothing_that_people_type_is_an_error(streets: Jurisdiction, text: str) -> None:
    for one in found(streets, f"4 {text}") + found(streets, f"{text} & Olive") + suggest(streets, text, on=TODAY):
        assert 0 <= one.score <= 100


BLANKS = st.sampled_from([" ", "  ", "\t"])
FORMS = st.builds(
    lambda blank, before, number, street, kind, unit, city: (
        f"{before}{number}{blank}{street}{blank}{kind}{unit}{city}".strip()
    ),
    BLANKS,
    st.sampled_from(["", " ", "in front of ", "FRENTE A ", "near "]),
    st.sampled_from(["412", "0412", "412.0"]),
    st.sampled_from(["Olive", "OLIVE", "ólive", "Olíve", "olive"]),
    st.sampled_from(["Ave", "avenue", "AVE.", "Av", "aven"]),
    st.sampled_from(["", " Apt 3", ", Unit B", " #12", " 2nd floor"]),
    st.sampled_from(["", ", Almendra", ", Almendra, CA 93000", ", Almendra CA 93000-1234", ", 93000", ", 93000.0"]),
)


@settings(
    max_examples=examples(80),
    deadline=timedelta(seconds=5),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=FORMS)
def test_an_address_put_together_in_any_of_its_forms_is_one_place(streets: Jurisdiction, text: str) -> None:
    best = found(streets, text)[0]
    assert (best.label, best.method) == ("412 Olive Ave", "address_point"), text
    assert best.score >= 90


def test_only_editions_in_force_on_the_day_count(streets: Jurisdiction) -> None:
    Edition.objects.filter(kind__code="address_point").update(in_force="[2026-12-01,)")
    assert found(streets, "410 Olive")[0].method == "range"


def test_another_city_is_not_searched(streets: Jurisdiction, db: None) -> None:
    other = Jurisdiction.objects.create(
        code="nogal", name="Nogal", time_zone="UTC", metric_srid=32611, outline=streets.outline
    )
    assert locate(other, "410 Olive Ave", on=TODAY) == []


def test_the_limit_is_kept(streets: Jurisdiction) -> None:
    assert len(found(streets, "410 Olive", limit=1)) == 1


def test_many_at_once_get_what_each_would_get_alone(streets: Jurisdiction) -> None:
    texts = [
        "410 Olive Ave",
        "Olive & 4th",
        "",
        "410 Olvie",
        "14 Hollis",
        "Acequia Park",
        "410 Olive Ave",
        "MP 41 Hwy 99",
    ]
    alone = [locate(streets, text, on=TODAY, limit=3) for text in texts]
    assert locate_many(streets, texts, on=TODAY, limit=3) == alone


@pytest.mark.parametrize(
    ("typed", "first"),
    [("410 ol", "410 Olive Ave"), ("oli", "Olive Ave"), ("oliv & 4", "Olive Ave & 4th St"), ("aceq", "Acequia Park"),
     ("olive and four", "Olive Ave & 4th St"),
     ("olive gro", "Olive Grove School"), ("esquina de oliv y 4", "Olive Ave & 4th St")],
)  # fmt: skip
def test_suggestions_follow_what_is_being_typed(streets: Jurisdiction, typed: str, first: str) -> None:
    assert first in [one.label for one in suggest(streets, typed, on=TODAY)][:2]


def test_other_statements_are_planned_as_before(streets: Jurisdiction) -> None:
    found(streets, "410 Olive Ave")
    suggest(streets, "410 oli", on=TODAY)
    with pytest.raises(DatabaseError), transaction.atomic(), planned_once(), connection.cursor() as cursor:
        cursor.execute("select 1 / 0")
    with connection.cursor() as cursor:
        cursor.execute("show plan_cache_mode")
        assert cursor.fetchone() == ("auto",)
