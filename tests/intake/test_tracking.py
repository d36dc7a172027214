"""Numbers that are read over the telephone, codes that open one's own request, callers found by keyed hashes."""

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoserver_app.intake.contact import email_hash, phone_digits, phone_hash
from geoserver_app.intake.tracking import (
    CODE_ALPHABET,
    TrackingNumber,
    check_digit,
    new_access_code,
    parse_tracking_number,
    same_code,
)

numbers = st.builds(TrackingNumber, st.integers(0, 99), st.integers(1, 99_999_999))


@given(numbers, st.sampled_from(["-", " ", ".", "", " - ", "–"]))
def test_a_number_is_read_however_it_is_written(number: TrackingNumber, between: str) -> None:
    assert parse_tracking_number(f"  {str(number).replace('-', between)} ") == number


@given(numbers, st.data())
def test_every_single_wrong_digit_is_found(number: TrackingNumber, data: st.DataObject) -> None:
    digits = str(number).replace("-", "")
    at = data.draw(st.integers(0, len(digits) - 1))
    wrong = data.draw(st.sampled_from(sorted(set(string.digits) - {digits[at]})))
    assert parse_tracking_number(digits[:at] + wrong + digits[at + 1 :]) is None


@pytest.mark.parametrize("text", ["", "26", "abc", "26-004512-x", "26-0045-7777777777", "٢٦-٠٠٤٥١٢-٧", "26004512"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert parse_tracking_number(text) is None


def test_the_check_digit_is_that_of_the_standard() -> None:
    # ISO/IEC 7064, MOD 11,10: the example of the standard's text is 0794 -> 5.
    assert check_digit("0794") == 5


def test_codes_have_no_letters_that_sound_or_look_alike() -> None:
    for alike in ("B8", "G6", "I1", "O0", "S5", "Z2", "QU"):
        assert len(set(alike) & set(CODE_ALPHABET)) <= 1
    codes = {new_access_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(len(code) == 6 and set(code) <= set(CODE_ALPHABET) for code in codes)


def test_a_code_is_compared_without_case_and_separators() -> None:
    assert same_code("acd-efh", "ACDEFH")
    assert same_code(" ACD EFH", "ACDEFH")
    assert not same_code("ACDEFJ", "ACDEFH")
    assert not same_code("", "ACDEFH")


@pytest.mark.parametrize("spelling", ["(559) 555-0142", "559.555.0142", "+1 559 555 0142", "1-559-555-0142"])
def test_a_callers_number_has_one_hash_however_it_is_written(spelling: str) -> None:
    assert phone_digits(spelling) == "5595550142"
    assert phone_hash(spelling) == phone_hash("5595550142")


def test_hashes_are_keyed_and_tell_kinds_apart(settings: Any) -> None:
    before = phone_hash("5595550142")
    assert before != email_hash("5595550142")
    settings.SECRET_KEY = "another installation"
    assert phone_hash("5595550142") != before
    assert phone_hash("911") is None
    assert email_hash("  ") is None
    assert email_hash("Rosa@Example.org ") == email_hash("rosa@example.org")
