"""Spans of time as the console says them: short ones to the minute, what an old system left open in years."""

from datetime import timedelta

import pytest
from django.utils import translation

from geoserver_app.console.clocks import office_span, span


@pytest.mark.parametrize(
    ("length", "told"),
    [
        (timedelta(seconds=20), "1 min"),
        (timedelta(hours=2, minutes=10), "2 h 10 min"),
        (timedelta(days=3, hours=4), "3 d 4 h"),
        (timedelta(days=99, hours=1), "99 d 1 h"),
        (timedelta(days=100, hours=1), "100 d"),
        (timedelta(days=730), "2 y"),
        (timedelta(days=3251, hours=10), "8 y 10 mo"),
    ],
)
def test_a_span_is_told_in_what_people_count(length: timedelta, told: str) -> None:
    with translation.override("en"):
        assert span(length) == told


def test_many_hours_of_office_time_are_grouped() -> None:
    with translation.override("en"):
        assert office_span(timedelta(hours=20_899)) == "20,899 h"
        assert office_span(timedelta(hours=22)) == "22 h"
