"""Repeat places that everybody may know of: never a house whose service shows only its block."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.http import QueryDict

from geoserver_app.brief.areas import NEIGHBORHOODS, Place, find
from geoserver_app.brief.asked import since
from geoserver_app.brief.spots import Spot, spots
from geoserver_app.intake.store import place_columns
from tests import factories
from tests.density.counted_town import NOW, CountedTown

HOUSE = (-119.722, 36.002)


@pytest.fixture
def place(town: CountedTown) -> Place:
    return find(town.town.jurisdiction, NEIGHBORHOODS, "neighborhood-0")


@pytest.fixture
def parcel(town: CountedTown) -> int:
    kind = factories.kind(town.town.jurisdiction, "parcel", "parcel")
    shape = factories.box(HOUSE[0] - 1e-4, HOUSE[1] - 1e-4, HOUSE[0] + 1e-4, HOUSE[1] + 1e-4)
    return factories.parcel(kind, "421-7", shape, situs_address="77 SECRET LN", owner_class="private").parcel_id


def happened(town: CountedTown, place: Place, times: int, **given: Any) -> None:
    """So many incidents at the house; public as they are shown."""
    for day in range(1, times + 1):
        town.town.request(**{
            "at": NOW - timedelta(days=day), "geom": Point(*HOUSE, srid=4326), "area_ids": [place.pk],
            "public_area_ids": [place.pk], "is_public": True, "state": "assigned", **given,
        })  # fmt: skip


def found(place: Place) -> list[Spot]:
    day = since(QueryDict(""), place.jurisdiction, NOW)
    return list(spots(place, day, NOW, "en"))


def where(lon: float, lat: float) -> dict[str, Any]:
    return {**place_columns(lon, lat), "public_geom": Point(lon, lat, srid=4326)}


def test_ground_whose_exact_place_is_public_is_named(town: CountedTown, place: Place, parcel: int) -> None:
    happened(town, place, 3, parcel_id=parcel, **where(*HOUSE))
    told = [one for one in found(place) if one.incidents == 3]
    assert [(one.title, one.open) for one in told] == [("77 Secret Ln", 3)]


def test_a_house_whose_service_shows_the_block_counts_at_the_block(
    town: CountedTown, place: Place, parcel: int
) -> None:
    block = {
        **where(*HOUSE),
        "public_geom": Point(-119.721, 36.002, srid=4326),
        "public_address": "0 block of Secret Ln",
    }
    happened(town, place, 4, parcel_id=parcel, **block)
    told = found(place)
    assert [one.title for one in told if one.incidents == 4] == ["0 block of Secret Ln"]
    assert not [one for one in told if "77" in one.title or "421-7" in one.title]


def test_what_nobody_may_see_makes_no_place(town: CountedTown, place: Place, parcel: int) -> None:
    before = found(place)
    happened(town, place, 5, parcel_id=parcel, is_public=False, **{**where(*HOUSE), "public_geom": None})
    assert found(place) == before


def test_one_thing_reported_thirty_times_is_no_repeat_place(town: CountedTown, place: Place, parcel: int) -> None:
    before = found(place)
    first = town.town.request(
        at=NOW - timedelta(days=3), area_ids=[place.pk], public_area_ids=[place.pk], is_public=True, parcel_id=parcel,
        **where(*HOUSE),
    )  # fmt: skip
    happened(town, place, 29, parcel_id=parcel, incident=first.incident, leads=False, **where(*HOUSE))
    assert found(place) == before


def test_each_place_has_its_letter_most_incidents_first(town: CountedTown, place: Place, parcel: int) -> None:
    happened(town, place, 6, parcel_id=parcel, **where(*HOUSE))
    told = found(place)
    assert [one.letter for one in told] == list("ABCDEF")[: len(told)]
    assert [one.incidents for one in told] == sorted((one.incidents for one in told), reverse=True)
