"""The invented history, without a database: the source's table, the same each time, people who are plainly invented."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import islice
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from fixtures.history import contacts
from fixtures.history.demand import Asked
from fixtures.history.ground import Ground
from fixtures.history.people import PEOPLE, person
from fixtures.history.photos import photo
from fixtures.history.reports import OLD_SYSTEM, History, Order, Report
from geoserver_app.intake.photos import read_photo
from tests.history.conftest import AS_OF

ZONE = ZoneInfo("America/Los_Angeles")
TABLE = """
    web          7      325    290    487    374    521
    conversation 8      16     16     12     23     24
    email        8      26     9      16     24     22
    fax          0      1      0      4      0      0
    walk_in      713    786    728    526    433    212
    phone        2510   3793   4574   5236   4675   5413
    mail         3      9      4      13     2      3
    voicemail    2      5      2      7      24     34
"""


def history(grid: Ground, offered: list[Asked], holidays: frozenset[date], requests: int = 3_000) -> History:
    return History(Order(requests, AS_OF, ZONE), grid, offered, holidays)


@pytest.fixture(scope="module")
def whole(grid: Ground, offered: list[Asked], holidays: frozenset[date]) -> Iterator[list[Report]]:
    yield list(history(grid, offered, holidays, contacts.TOTAL).reports())


def test_the_table_of_the_source_cell_by_cell(whole: list[Report]) -> None:
    found = Counter((report.channel, report.requested.year) for report in whole)
    for line in TABLE.strip().splitlines():
        channel, *cells = line.split()
        assert [found[channel, year] for year in range(2020, 2026)] == [int(cell) for cell in cells], channel


def test_the_running_year_has_requests_of_its_own_up_to_the_day(whole: list[Report]) -> None:
    running = [report for report in whole if report.requested.year == 2026]
    assert len(running) > 5_000
    assert max(report.requested for report in running).date() < AS_OF
    assert {report.channel for report in running} >= {"web", "phone", "walk_in", "voicemail"}


@pytest.mark.parametrize("requests", [1, 7, 311, 31_920, 100_000, 1_000_000])
def test_another_number_keeps_the_shares(requests: int) -> None:
    years = contacts.complete_years(requests)
    assert sum(sum(year.values()) for year in years) == requests
    for column, year in enumerate(years):
        for channel, count in year.items():
            assert abs(count - contacts.BY_CHANNEL[channel][column] * requests / contacts.TOTAL) <= 1


def test_the_same_order_gives_the_same_reports(grid: Ground, offered: list[Asked], holidays: frozenset[date]) -> None:
    first, again = (list(history(grid, offered, holidays).reports()) for _ in range(2))
    assert first == again
    other = History(Order(3_000, date(2026, 11, 19), ZONE), grid, offered, holidays)
    assert list(other.reports()) != first


def test_nobody_comes_when_city_hall_is_closed(whole: list[Report], holidays: frozenset[date]) -> None:
    for report in whole:
        if report.channel in {"phone", "walk_in", "conversation", "fax", "mail"}:
            assert report.requested.weekday() < 4
            assert report.requested.date() not in holidays
            assert 7 <= report.requested.hour < 18


def test_the_page_is_used_at_night_and_on_fridays(whole: list[Report]) -> None:
    page = [report for report in whole if report.channel == "web"]
    assert sum(report.requested.hour >= 19 or report.requested.hour < 6 for report in page) > len(page) / 5
    assert sum(report.requested.weekday() == 4 for report in page) > len(page) / 10


def test_weeds_grow_in_spring_and_fireworks_burn_in_july(whole: list[Report]) -> None:
    weeds = Counter(report.requested.month for report in whole if report.service == "weeds")
    assert weeds[4] > 3 * weeds[10]
    fireworks = [report for report in whole if report.service == "fireworks"]
    assert sum(report.requested.month in {6, 7} for report in fireworks) > len(fireworks) / 2


def test_messages_on_the_machine_are_taken_in_on_the_next_open_morning(whole: list[Report]) -> None:
    for report in whole:
        if report.channel == "voicemail":
            assert report.taken_in > report.requested
            assert report.taken_in.weekday() < 4 or report.taken_in.date() == AS_OF


def test_some_houses_call_often_and_most_never(whole: list[Report]) -> None:
    calls = Counter(report.address for report in whole if report.address)
    assert calls.most_common(1)[0][1] > 40
    assert np.median(list(calls.values())) < 20


def test_several_report_one_thing_soon_after_each_other(whole: list[Report]) -> None:
    by_key = {report.key: report for report in whole}
    further = [report for report in whole if report.same_as]
    assert 0.02 < len(further) / len(whole) < 0.12
    sizes = Counter(report.same_as for report in further)
    assert 10 < max(sizes.values()) <= 29
    for report in further:
        first = by_key[report.same_as]
        assert first.service == report.service
        assert not first.same_as
        assert 0 <= (report.requested - first.requested).total_seconds() <= 6 * 86_400 + 3_600


def test_old_years_come_from_the_old_system_with_its_numbers(whole: list[Report]) -> None:
    assert {report.source for report in whole if report.requested.year < 2025} == {OLD_SYSTEM}
    assert {report.source for report in whole if report.requested.year >= 2025} == {""}
    numbers = [report.external_id for report in whole if report.external_id]
    assert len(numbers) == len(set(numbers))


def test_places_are_wrong_now_and_then(whole: list[Report]) -> None:
    located = [report for report in whole if report.method != "none"]
    assert 0.5 < len(located) / len(whole) < 0.95
    assert any(report.method == "none" and report.address for report in whole)
    assert any(report.method == "pin" and report.address for report in whole)
    assert {report.method for report in whole} == {"none", "pin", "device", "address", "asset"}


def test_every_service_is_asked_for_and_has_its_words(whole: list[Report], offered: list[Asked]) -> None:
    asked = Counter(report.service for report in whole)
    assert len(asked) > 90
    spoken = {one.code for one in offered if one.texts}
    assert sum(count for code, count in asked.items() if code in spoken) > 0.98 * len(whole)
    for one in offered:
        assert set(one.texts) in ({"en", "es"}, set()), one.code


def test_photos_belong_to_the_lively_years(whole: list[Report]) -> None:
    shown = [report for report in whole if report.photo is not None]
    assert 100 < len(shown) <= 300
    assert {report.requested.year for report in shown} <= {2025, 2026}
    for report in islice(shown, 20):
        drawn, position = read_photo(photo(report.service, report.photo or 0))
        assert position is None
        assert len(drawn.content) < 60_000


def test_nobody_in_it_is_real(whole: list[Report]) -> None:
    people = [person(number, "1 Row 1, Almendra, CA 93299") for number in range(PEOPLE)]
    assert {report.person for report in whole} - set(people) - {person(number, "") for number in range(PEOPLE)} != set()
    for one in {report.person for report in whole} | set(people):
        assert not one.phone or re.fullmatch(r"\(\d{3}\) 555-01\d\d", one.phone)
        assert not one.email or one.email.endswith(".example")
        assert not one.postal_address or one.postal_address.endswith("Almendra, CA 93299")
        if one.name:
            assert one.name.split()[1] in {"Ejemplo", "Muestra", "Inventada", "Ficticio", "Prueba", "Sample", "Example",
                                           "Placeholder", "Testcase", "Madeup"}  # fmt: skip
    digits = re.compile(r"\d{3}[-. ]\d{4}")
    assert not [
        report.description for report in whole if digits.search(report.description) or "@" in report.description
    ]


def test_what_is_planted_is_there_to_be_found(
    whole: list[Report], grid: Ground, offered: list[Asked], holidays: frozenset[date]
) -> None:
    made = history(grid, offered, holidays, contacts.TOTAL)
    for spot in made.planted.hot_spots:
        mine = [
            report for report in whole if report.service == spot.service and report.lon is not None
            and (not spot.first or report.requested.date() >= spot.first)
            and (not spot.last or report.requested.date() <= spot.last)
        ]  # fmt: skip
        near = sum(_metres(report, spot.lon, spot.lat) < spot.radius_m for report in mine)
        assert near > 0.6 * spot.share * len(mine), spot
    for place in made.planted.repeat_places:
        mine = [report for report in whole if report.service == place.service]
        here = sum(_metres(report, place.lon, place.lat) < 15 for report in mine if report.lon is not None)
        assert here > 0.3 * place.share * len(mine), place
    json.dumps(made.planted.told())


def test_neighborhoods_report_at_their_planted_rates(
    whole: list[Report], grid: Ground, offered: list[Asked], holidays: frozenset[date]
) -> None:
    made = history(grid, offered, holidays, contacts.TOTAL)
    number = {address: at for at, address in enumerate(grid.addresses)}
    hidden = {place.address for place in made.planted.repeat_places}
    calls: Counter[str] = Counter()
    for report in whole:
        if report.method == "address" and report.address not in hidden and not report.same_as:
            calls[grid.zones[int(grid.houses.zone[number[report.address]])]] += 1
    rates = made.planted.rates
    for one in rates:
        for other in rates:
            assert calls[one] / calls[other] == pytest.approx(rates[one] / rates[other], rel=0.15)


def _metres(report: Report, lon: float, lat: float) -> float:
    assert report.lon is not None
    assert report.lat is not None
    return float(np.hypot((report.lon - lon) * 111_320 * np.cos(np.radians(lat)), (report.lat - lat) * 111_320))
