"""Street names and numbers in parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.addresses import (
    AddressRange,
    StreetName,
    block_number,
    display_name,
    parse_range,
    split_address,
    split_street,
)


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("W Olive Ave", ("W", "OLIVE", "AVE", "")),
        ("West Olive Avenue", ("W", "OLIVE", "AVE", "")),
        ("04th Street", ("", "4TH", "ST", "")),
        ("NORTH ST", ("", "NORTH", "ST", "")),
        ("4TH ST N", ("", "4TH", "ST", "N")),
        ("AVENUE E", ("", "AVENUE E", "", "")),
        ("Avenue of the Oaks", ("", "AVENUE OF THE OAKS", "", "")),
        ("El Camino Real", ("", "EL CAMINO REAL", "", "")),
        ("St. James St.", ("", "ST JAMES", "ST", "")),
        ("Broadway", ("", "BROADWAY", "", "")),
        ("", ("", "", "", "")),
    ],
)
def test_street_is_split_into_parts(written: str, parts: tuple[str, str, str, str]) -> None:
    assert split_street(written) == StreetName(*parts)


@given(st.text(max_size=80))
def test_splitting_never_fails_and_splitting_again_changes_nothing(written: str) -> None:
    once = split_street(written)
    assert split_street(str(once)) == once


def test_address_keeps_number_unit_and_zip_apart() -> None:
    found = split_address("4512 W Olive Ave Apt 3, 93230-1234")
    assert (found.number, str(found.street), found.unit, found.zip_code) == (4512, "W OLIVE AVE", "3", "93230")


def test_first_number_of_a_written_range_counts() -> None:
    assert split_address("14-18 HOLLIS ST").number == 14


def test_half_number_keeps_its_fraction() -> None:
    found = split_address("12 1/2 Elm St # 4")
    assert (found.number, found.number_suffix, found.unit) == (12, "1/2", "4")


def test_street_without_number_has_none() -> None:
    assert split_address("Main St").number is None


@given(st.text(max_size=200))
def test_any_text_gives_an_address(written: str) -> None:
    found = split_address(written)
    assert found.number is None or found.number >= 0


def test_sign_shows_the_name_as_people_read_it() -> None:
    assert display_name(split_street("W OLIVE AVE")) == "W Olive Ave"
    assert display_name(split_street("CALLE DE LA LUNA")) == "Calle de la Luna"
    assert display_name(split_street("MCALLISTER ST")) == "McAllister St"


def test_range_knows_its_parity_and_what_it_holds() -> None:
    odd = AddressRange(4599, 4501)
    assert odd.parity == "odd"
    assert odd.holds(4511)
    assert not odd.holds(4512)
    assert not odd.holds(4601)
    assert AddressRange(1, 100).parity == "mixed"


@pytest.mark.parametrize("ends", [(None, 99), ("0", "0"), ("", "12"), ("A", "B"), (float("nan"), 3)])
def test_a_range_without_two_numbers_is_none(ends: tuple[object, object]) -> None:
    assert parse_range(*ends) is None


def test_range_reads_what_files_hold() -> None:
    assert parse_range("101", 199.0) == AddressRange(101, 199)
    assert parse_range("14-18", "20A") == AddressRange(14, 20)


def test_block_is_the_hundred_of_the_lowest_number() -> None:
    assert block_number(4599, 4501) == 4500
    assert block_number(None, 12) == 0
    assert block_number(None, 0) is None
