"""Somebody who reads every public answer, quarter after quarter, while requests are changed behind them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geoserver_app.intake.models import ServiceRequest
from geoserver_app.published.quarters import Quarter
from geoserver_app.published.sensitive import publish
from tests import proofs
from tests.life import ZONE
from tests.sensitive.counted import Districts, by_quarter, plainly, published

QUARTERS = [Quarter.of(datetime(2026, month, 1, tzinfo=ZONE).date()) for month in (1, 4, 7)]
CHANGES = st.lists(st.sampled_from(["late", "move", "withdraw", "erase", "follow", "public", "when"]), max_size=4)
COUNTS = st.lists(st.lists(st.sampled_from([0, 1, 2, 4, 5, 6, 9]), min_size=3, max_size=3), min_size=3, max_size=3)
few = settings(deadline=None, max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
many = settings(few, max_examples=proofs.EXAMPLES // 2)
Answer = dict[str, dict[str, int | None]]


def lived(place: Districts, counts: list[list[int]], changes: list[list[str]], seed: int) -> Iterator[Answer]:
    """Three quarters pass; after each one it is published, changed behind it, and read again."""
    draw, browser = Random(seed), Client()
    for quarter, numbers, those in zip(QUARTERS, counts, changes, strict=True):
        begin = datetime.combine(quarter.first, datetime.min.time(), ZONE)
        for district, n in zip("123", numbers, strict=True):
            place.tips(n, district, at=begin + timedelta(days=draw.randrange(80)))
        publish(place.town.jurisdiction, at=begin + timedelta(days=105))
        agrees_with_what_was_linked(place, quarter, by_quarter(published(browser)))
        yield by_quarter(published(browser))
        for change in those:
            changed(place, draw, change, begin)
        publish(place.town.jurisdiction, at=begin + timedelta(days=106))
        yield by_quarter(published(browser))


def agrees_with_what_was_linked(place: Districts, quarter: Quarter, answer: Answer) -> None:
    """What is shown of the newest quarter is what plain Python counts, and nothing below the minimum is."""
    told = plainly(place, quarter.first)
    for area, n in answer.get(quarter.code, {}).items():
        assert n is None or n == (told[area] if area else told.total())
        assert n is None or n >= 5


def changed(place: Districts, draw: Random, change: str, begin: datetime) -> None:
    """Something becomes of a few requests that were counted already."""
    ids = list(ServiceRequest.objects.values_list("pk", flat=True))
    some = ServiceRequest.objects.filter(pk__in=draw.sample(ids, min(3, len(ids))))
    match change:
        case "late":
            place.tips(draw.randrange(1, 4), draw.choice("123"), at=begin + timedelta(days=draw.randrange(80)))
        case "move":
            some.update(area_ids=[place.areas[draw.choice("123")].pk])
        case "withdraw":
            some.update(state="cancelled")
        case "erase":
            some.delete()
        case "follow":
            some.update(leads=False)
        case "public":
            some.update(service=place.town.pothole, is_public=True)
        case "when":
            some.update(requested_datetime=begin + timedelta(days=draw.randrange(80)))


def could_be(answer: Answer, quarter: str) -> dict[str, tuple[int, int]]:
    """Between which numbers each hidden one lies: they are none below zero, and add up to what is left of the total."""
    cells = {area: n for area, n in answer[quarter].items() if area}
    total = answer[quarter][""]
    assert total is not None
    left = total - sum(n for n in cells.values() if n is not None)
    hidden = [area for area, n in cells.items() if n is None]
    return {area: (0, left) if len(hidden) > 1 else (left, left) for area in hidden}


def assert_learns_nothing(place: Districts, counts: list[list[int]], changes: list[list[str]], seed: int) -> None:
    with transaction.atomic():
        known: Answer = {}
        for answer in lived(place, counts, changes, seed):
            for quarter, cells in known.items():
                assert answer[quarter] == cells, "two answers about one quarter differ"
            known |= answer
            for quarter in answer:
                assert all(high - low >= 5 for low, high in could_be(answer, quarter).values())
        transaction.set_rollback(True)


@few
@given(counts=COUNTS, changes=st.tuples(CHANGES, CHANGES, CHANGES), seed=st.integers(0, 10**6))
def test_all_answers_together_tell_no_hidden_number(place: Districts, counts: Any, changes: Any, seed: int) -> None:
    assert_learns_nothing(place, counts, changes, seed)


@pytest.mark.slow
@many
@given(counts=COUNTS, changes=st.tuples(CHANGES, CHANGES, CHANGES), seed=st.integers(0, 10**6))
def test_all_answers_together_tell_no_hidden_number_at_length(
    place: Districts, counts: Any, changes: Any, seed: int
) -> None:
    assert_learns_nothing(place, counts, changes, seed)
