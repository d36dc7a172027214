"""What is said of an area is what one counts by hand: over every request, in plain Python."""

from datetime import datetime, timedelta
from statistics import median

import pytest
from django.http import QueryDict

from geoserver_app.brief.areas import BLOCK_WATCH, NEIGHBORHOODS, Pages, Place, find
from geoserver_app.brief.asked import NotADay, Since, since
from geoserver_app.brief.facts import Facts, facts
from geoserver_app.intake.models import ServiceRequest
from tests.density.counted_town import NOW, CountedTown

BOTH = [pytest.param(NEIGHBORHOODS, id="counted by the cube"), pytest.param(BLOCK_WATCH, id="counted from the table")]


def place_of(town: CountedTown, pages: Pages) -> Place:
    return find(town.town.jurisdiction, pages, f"{pages.kind}-1")


def asked(town: CountedTown, text: str = "2026-10-22") -> Since:
    return since(QueryDict(f"since={text}"), town.town.jurisdiction, NOW)


def here(place: Place) -> list[ServiceRequest]:
    """The public incidents of an area."""
    rows = ServiceRequest.objects.filter(jurisdiction=place.jurisdiction, is_public=True, leads=True)
    return [one for one in rows.select_related("service") if place.pk in one.public_area_ids]


def told(place: Place, day: Since) -> Facts:
    return facts(place, day, "en")


@pytest.mark.parametrize("pages", BOTH)
@pytest.mark.parametrize("text", ["2026-10-22", "2026-11-20", "2025-11-20", "2026-11-01"])
def test_opened_closed_and_open_are_counted_by_hand(town: CountedTown, pages: Pages, text: str) -> None:
    place, day = place_of(town, pages), asked(town, text)
    end, begin = day.midnight(day.today + timedelta(days=1)), day.midnight(day.before)
    rows, found = here(place), told(place, day)
    assert found.opened == sum(one.requested_datetime >= day.moment for one in rows)
    assert found.before == sum(begin <= one.requested_datetime < day.moment for one in rows)
    assert found.closed == sum(one.closed_at is not None and day.moment <= one.closed_at < end for one in rows)
    assert found.open == sum(one.status == "open" for one in rows) == len(found.standing)


@pytest.mark.parametrize("pages", BOTH)
def test_the_oldest_come_first_as_everybody_sees_them(town: CountedTown, pages: Pages) -> None:
    place, day = place_of(town, pages), asked(town)
    waiting = sorted(
        (one for one in here(place) if one.status == "open"), key=lambda one: (one.requested_datetime, one.pk)
    )
    found = told(place, day).standing
    assert [one.service_request_id for one in found] == [one.service_request_id for one in waiting]
    assert [one.lon for one in found] == [one.public_geom.x if one.public_geom else None for one in waiting]
    assert all(one.days == (day.today - one.day).days for one in found)


def days_of(rows: list[ServiceRequest], begin: datetime) -> list[float]:
    done = [one for one in rows if one.state == "closed" and one.closed_at is not None and one.closed_at >= begin]
    return [(one.closed_at - one.requested_datetime).total_seconds() / 86_400 for one in done if one.closed_at]


@pytest.mark.parametrize("pages", BOTH)
def test_medians_stand_on_what_was_done_in_twelve_months(town: CountedTown, pages: Pages) -> None:
    place, day = place_of(town, pages), asked(town)
    everywhere = ServiceRequest.objects.filter(jurisdiction=place.jurisdiction, is_public=True, leads=True)
    city, own, found = days_of(list(everywhere), day.year_ago), days_of(here(place), day.year_ago), told(place, day)
    assert found.overall is not None
    assert (found.overall.here, found.overall.city) == (len(own), len(city))
    assert found.overall.here_days == pytest.approx(median(own))
    assert found.overall.city_days == pytest.approx(median(city))
    for one in found.paces:
        of_service = days_of([row for row in here(place) if row.service.name == one.service], day.year_ago)
        assert (one.here, one.here_days) == (len(of_service), pytest.approx(median(of_service)))


def test_what_was_withdrawn_is_closed_but_took_no_time(town: CountedTown) -> None:
    place, day = place_of(town, NEIGHBORHOODS), asked(town)
    before = told(place, day)
    town.town.request(
        at=NOW - timedelta(days=2), state="cancelled", closed_at=NOW - timedelta(days=1), is_public=True,
        public_area_ids=[place.pk],
    )  # fmt: skip
    after = told(place, day)
    assert (after.opened, after.closed) == (before.opened + 1, before.closed + 1)
    assert after.overall == before.overall


@pytest.mark.parametrize("text", ["tomorrow", "2026-11-21", "2025-11-18", "2026-02-30", "0001-01-01"])
def test_a_day_that_makes_no_sense_is_refused_with_a_sentence(town: CountedTown, text: str) -> None:
    with pytest.raises(NotADay, match=r"a day from 2025-11-19 to 2026-11-20\."):
        asked(town, text)


def test_thirty_days_are_usual_and_today_is_the_citys(town: CountedTown) -> None:
    usual = since(QueryDict(""), town.town.jurisdiction, datetime.fromisoformat("2026-11-20T07:59:00+00:00"))
    assert str(usual.today) == "2026-11-19"
    assert usual.days == 30
