"""The public row by the service's policy: never finer than it."""

import re
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from geoserver_app.link.privacy import E_MAIL, TELEPHONE, Policy, PublicRow, grade, mask, mask_sql
from layers.metric import plane_point
from tests.examples import examples
from tests.factories import METRIC_SRID
from tests.link.squared import Squared, at
from tests.link.test_link_one import linked


def public(squared: Squared, x: float, y: float, privacy: str, **fields: Any) -> PublicRow:
    policy = Policy(privacy, is_public=True, text_at_once=True)
    return linked(squared, x, y, policy=policy, **fields).public


def metres(row: PublicRow, x: float, y: float) -> float:
    assert row.lon is not None
    assert row.lat is not None
    return float(plane_point(row.lon, row.lat, METRIC_SRID).distance(plane_point(*at(x, y), METRIC_SRID)))


def test_exact_shows_the_place_and_its_address(squared: Squared) -> None:
    row = public(squared, 230, 530, "exact")
    assert metres(row, 230, 530) < 0.001
    assert row.address == "1220 Main St"
    assert {"beat:1", "council_district:C1"} <= squared.names(row.area_ids)


def test_block_face_shows_the_middle_of_the_block(squared: Squared) -> None:
    row = public(squared, 230, 530, "block_face")
    assert metres(row, 250, 500) < 0.1
    assert row.address == "100 block of Main St"


def test_areas_shown_with_a_block_are_those_of_its_middle_not_of_the_place(squared: Squared) -> None:
    row = public(squared, 990, 530, "block_face")
    assert metres(row, 750, 500) < 0.1
    assert row.area_ids == linked(squared, 750, 500).area_ids


def test_block_face_without_a_street_falls_to_the_cell(squared: Squared) -> None:
    row = public(squared, 300, 800, "block_face")
    assert row.address == ""
    assert row.lon == public(squared, 300, 800, "cell").lon


def test_cell_shows_the_center_of_a_fixed_cell(squared: Squared) -> None:
    row = public(squared, 230, 530, "cell")
    assert 0 < metres(row, 230, 530) < 180
    assert row.address == ""
    neighbor = public(squared, 231, 531, "cell")
    assert (row.lon, row.lat) == (neighbor.lon, neighbor.lat)


def test_area_only_shows_large_areas_and_no_place(squared: Squared) -> None:
    row = public(squared, 230, 547, "area_only")
    assert (row.lon, row.lat, row.address) == (None, None, "")
    assert squared.names(row.area_ids) == {"municipality:own", "beat:1", "neighborhood:N1", "council_district:C1"}


def test_hidden_shows_nothing(squared: Squared) -> None:
    assert public(squared, 230, 530, "hidden") == PublicRow()


def test_what_is_for_staff_only_shows_nothing(squared: Squared) -> None:
    policy = Policy("exact", is_public=False, text_at_once=True)
    assert linked(squared, 230, 530, policy=policy).public == PublicRow()


def test_text_waits_for_a_look_where_the_service_says_so(squared: Squared) -> None:
    waits = Policy("exact", is_public=True, text_at_once=False)
    assert linked(squared, 230, 530, policy=waits, description="Big hole").public.description == ""
    assert public(squared, 230, 530, "exact", description="Big hole").description == "Big hole"


@pytest.mark.parametrize("privacy", ["exact", "block_face", "cell", "area_only"])
def test_a_policy_that_cannot_be_computed_falls_to_the_coarser(privacy: str) -> None:
    assert grade(privacy, has_place=False, has_block=False) == "area_only"


def test_telephone_numbers_and_addresses_of_mail_are_masked() -> None:
    text = "Call (559) 555-0131, +1 559.555.0164 or ana.luz@correo.example.mx; house 4512, 2 dogs."
    assert mask(text) == "Call [telephone], [telephone] or [e-mail]; house 4512, 2 dogs."


class TestMaskInSql(TestCase):
    """The same mask in Python and in SQL."""

    @settings(max_examples=examples(150), deadline=None)
    @given(st.text(alphabet="ab@.+-_ ()/0123456789áñ\n[]", max_size=60))
    def test_mask_is_the_same_in_sql(self, text: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"select {mask_sql('t')} from (select %s::text as t) q", [text])
            found = cursor.fetchone()[0]
        assert found == mask(text)
        assert not re.search(E_MAIL, found)
        assert not re.search(TELEPHONE, found)
