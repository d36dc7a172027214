"""The management's tables, cell by cell against plain Python over every report there is."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fixtures.history import contacts as source
from geoserver_app.accounts.roles import Role
from geoserver_app.intake.models import Incident, ServiceRequest
from geoserver_app.measure.asked import NotAReport, Report, Stretch, report
from geoserver_app.measure.counted import contacts, running_average, year_to_date
from tests import life
from tests.console.conftest import BACKEND
from tests.kept import built
from tests.life import ZONE, Town
from tests.planned import as_new

TODAY = date(2026, 11, 20)
# Local midnights, leap days, both ends of years and of fiscal years.
MOMENTS = [
    life.local(text) for text in (
        "2023-02-28 12:00", "2024-02-29 23:59", "2024-03-01 00:00", "2024-12-31 23:59", "2025-01-01 00:00",
        "2025-06-30 23:59", "2025-07-01 00:00", "2025-11-20 23:59", "2025-11-21 00:00", "2025-12-31 23:59",
        "2026-01-01 00:00", "2026-06-30 23:59", "2026-07-01 00:00", "2026-10-01 00:00", "2026-10-31 23:59",
        "2026-11-01 01:30", "2026-11-20 00:00", "2026-11-20 23:59", "2026-11-21 00:00",
    )
]  # fmt: skip


def filled() -> Town:
    """A town with 200 reports, some of which follow others."""
    made, draw = life.town(), Random(3)
    made.person("manager", Role.MANAGER, sensitive=True)
    made.person("half", Role.MANAGER)
    made.person("planner", Role.PLANNER)
    add(made, [(draw.choice(MOMENTS), draw.choice(list(ServiceRequest.Channel.values)),
                draw.choice([made.pothole, made.driveway, made.tip])) for _ in range(200)])  # fmt: skip
    return made


def add(made: Town, rows: list[tuple[datetime, str, Any]]) -> None:
    """One report each, in as few statements as can be."""
    place = made.jurisdiction
    incidents = Incident.objects.bulk_create([Incident(jurisdiction=place, created_at=at) for at, _, _ in rows])
    begin = ServiceRequest.objects.count()
    ServiceRequest.objects.bulk_create(
        [
            ServiceRequest(
                jurisdiction=place, service_request_id=f"T-{begin + n}", access_code="ACDEFH", incident=incident,
                service=service, channel=channel, requested_datetime=at, received_at=at, updated_datetime=at,
                place_method="none",
            )
            for n, ((at, channel, service), incident) in enumerate(zip(rows, incidents, strict=True))
        ],
        batch_size=2_000,
    )  # fmt: skip


@pytest.fixture(scope="module")
def _town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    with built(django_db_blocker, filled) as made:
        yield made


@pytest.fixture
def town(_town: Town, db: None, settings: Any) -> Town:
    settings.ALLOWED_HOSTS = ["almendra.example"]
    return _town


def asked(text: str) -> Report:
    return report(QueryDict(text), TODAY)


def everything() -> list[ServiceRequest]:
    return list(ServiceRequest.objects.select_related("service__department"))


def inside(stretch: Stretch, rows: list[ServiceRequest]) -> int:
    return sum(stretch.first <= one.requested_datetime.astimezone(ZONE).date() <= stretch.last for one in rows)


@pytest.mark.parametrize(
    "text",
    ["", "printed=2024-02-29", "printed=2025-02-28", "printed=2026-01-01", "printed=2026-07-01&fiscal_month=7",
     "printed=2026-06-30&fiscal_month=7", "requested_from=2023-01-01&requested_to=2026-11-21",
     "requested_from=2026-11-01&requested_to=2026-11-01&fiscal_month=1"],
)  # fmt: skip
def test_every_cell_is_what_plain_python_counts(town: Town, text: str) -> None:
    wanted, rows = asked(text), everything()
    found = year_to_date(ServiceRequest.objects.all(), wanted, ZONE, "en")
    told = {line.code: line for group in found for line in group.lines}
    plain = {
        code: {name: inside(stretch, [one for one in rows if one.service.code == code])
               for name, stretch in wanted.columns.items()}
        for code in ("pothole", "blocked-driveway", "drug-house")
    }  # fmt: skip
    assert {code: dict(line.counts) for code, line in told.items()} == {
        code: counts for code, counts in plain.items() if any(counts.values())
    }
    assert all(line.average == line.counts["fiscal_year"] // 12 for line in told.values())
    for group in found:
        own = [one for one in rows if one.service.department.code == group.code]
        assert dict(group.total.counts) == {name: inside(stretch, own) for name, stretch in wanted.columns.items()}


def test_the_days_are_those_of_the_source() -> None:
    """Range November 2003, fiscal year from 1 January 2008, printed 6 March 2008."""
    one = asked("requested_from=2003-11-01&requested_to=2003-11-30&printed=2008-03-06&fiscal_month=1")
    assert one.chosen == Stretch(date(2003, 11, 1), date(2003, 11, 30))
    assert one.fiscal == one.calendar == Stretch(date(2008, 1, 1), date(2008, 3, 6))
    assert one.twelve_months == Stretch(date(2007, 3, 7), date(2008, 3, 6))
    assert asked("printed=2008-03-06").fiscal.first == date(2007, 7, 1)
    assert asked("printed=2024-02-29").twelve_months.first == date(2023, 3, 1)


def test_the_running_average_is_cut_off_as_in_the_source() -> None:
    assert [running_average(count) for count in (0, 480, 28, 1)] == [0, 40, 2, 0]


def test_a_printed_row_of_the_source_comes_out(town: Town) -> None:
    """Illegal Construction 27 | 28 | 248 | 2.00"""
    ServiceRequest.objects.all().delete()
    days = [(datetime(2003, 11, 5, 12, tzinfo=ZONE), 27), (datetime(2008, 2, 5, 12, tzinfo=ZONE), 28),
            (datetime(2007, 6, 5, 12, tzinfo=ZONE), 220), (datetime(2007, 3, 6, 12, tzinfo=ZONE), 9)]  # fmt: skip
    add(town, [(at, "phone", town.pothole) for at, count in days for _ in range(count)])
    text = "requested_from=2003-11-01&requested_to=2003-11-30&printed=2008-03-06&fiscal_month=1"
    (group,) = year_to_date(ServiceRequest.objects.all(), asked(text), ZONE, "en")
    (line,) = group.lines
    assert [*line.counts.values(), line.average] == [27, 28, 28, 248, 2]


def test_contacts_are_counted_by_channel_and_local_year(town: Town) -> None:
    plain = Counter((one.channel, one.requested_datetime.astimezone(ZONE).year) for one in everything())
    found = contacts(ServiceRequest.objects.all(), ZONE)
    cells = {
        (channel, year): n for channel, numbers in found.rows for year, n in zip(found.years, numbers, strict=True)
    }
    assert {key: n for key, n in cells.items() if n} == dict(plain)
    assert sum(found.totals) == len(everything())


def test_contacts_are_counted_without_a_look_at_the_rows(town: Town) -> None:
    as_new("intake")
    add(town, [(MOMENTS[0], "web", town.pothole)])
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off; set local enable_bitmapscan = off")
    with CaptureQueriesContext(connection) as asked_:
        assert contacts(ServiceRequest.objects.filter(jurisdiction=town.jurisdiction), ZONE).totals == (1,)
    counted = [one["sql"] for one in asked_.captured_queries if "width_bucket" in one["sql"]]
    with connection.cursor() as cursor:
        cursor.execute("explain " + counted[0])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Only Scan using request_by_time" in plan, plan


@pytest.mark.slow
def test_the_table_of_the_source_comes_out_cell_by_cell(town: Town) -> None:
    """31,920 contacts as the history of the demo has them, at any moment of their years."""
    ServiceRequest.objects.all().delete()
    draw, years = Random(7), source.years(TODAY)
    rows = []
    for year, counts in zip(years, source.complete_years(source.TOTAL), strict=True):
        begin, end = (datetime(one, 1, 1, tzinfo=ZONE) for one in (year, year + 1))
        for channel, count in counts.items():
            at = [begin + timedelta(seconds=draw.randrange(int((end - begin).total_seconds()))) for _ in range(count)]
            rows += [(one, channel, town.pothole) for one in at]
    add(town, rows)
    found = contacts(ServiceRequest.objects.all(), ZONE)
    assert dict(found.rows) == source.BY_CHANNEL
    assert found.totals == (3_251, 4_961, 5_623, 6_301, 5_555, 6_229)


@pytest.mark.parametrize(
    "text",
    ["printed=never", "fiscal_month=13", "fiscal_month=x", "requested_from=2026-11-02&requested_to=2026-11-01",
     "requested_from=1999-01-01&requested_to=2026-01-01", "printed=0003-01-01"],
)  # fmt: skip
def test_days_that_make_no_sense_are_refused(town: Town, text: str) -> None:
    with pytest.raises(NotAReport):
        asked(text)
    assert client(town, "manager").get(f"/performance/?{text}").status_code == 400


def client(town: Town, name: str) -> Client:
    browser = Client(HTTP_HOST="almendra.example")
    browser.force_login(town.people[name], backend=BACKEND)
    return browser


def sheet(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode())))


def test_page_and_file_say_the_same(town: Town) -> None:
    query = "?requested_from=2026-10-01&requested_to=2026-10-31&printed=2026-11-20"
    browser = client(town, "manager")
    page = browser.get(f"/performance/{query}")
    rows = sheet(browser.get(f"/performance/requests.csv{query}"))
    lines = [(group.name, line) for group in page.context["groups"] for line in group.lines]
    assert [row[0] for row in rows[1:]] == [name for name, _ in lines]
    assert [list(map(int, row[3:7])) for row in rows[1:]] == [list(line.counts.values()) for _, line in lines]
    years = sheet(browser.get("/performance/contacts.csv"))
    assert [int(row[-1]) for row in years[1:]] == [total for _, _, total in page.context["rows"]]


def test_sensitive_services_count_for_those_alone_who_may_see_them(town: Town) -> None:
    whole, half = (client(town, name).get("/performance/?requested_from=2023-01-01") for name in ("manager", "half"))
    names = [{line.code for group in page.context["groups"] for line in group.lines} for page in (whole, half)]
    assert names[0] - names[1] == {"drug-house"}
    tips = ServiceRequest.objects.filter(service=town.tip).count()
    assert whole.context["sum"] - half.context["sum"] == tips
    assert "Without sensitive services" in half.content.decode()
    assert client(town, "planner").get("/performance/").status_code == 403
