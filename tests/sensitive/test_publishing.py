"""A quarter is published once, after its end, from what was linked by then; nothing changes it afterwards."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from psycopg.types.range import DateRange

from geoserver_app.catalog.models import Service
from geoserver_app.intake.models import Incident, ServiceRequest
from geoserver_app.past.belonging import tables
from geoserver_app.published.models import SensitiveCount, SensitivePlan, SensitiveQuarter
from geoserver_app.published.quarters import Quarter, ended
from geoserver_app.published.sensitive import LaidOpen, WrongPlan, choose, publish, refuse_laid_open
from layers.errors import NotFound
from layers.models import Edition
from tests import factories
from tests.life import ZONE
from tests.sensitive.counted import AFTER_Q3, IN_Q3, Q3, Districts, by_quarter, plainly, published


def enough(place: Districts) -> None:
    """A quarter in which every number can be shown."""
    for n, district in ((5, "1"), (7, "2"), (11, "3")):
        place.tips(n, district)


def test_what_is_published_are_the_incidents_of_a_local_quarter(place: Districts, client: Client) -> None:
    enough(place)
    last_moment, next_moment = datetime(2026, 9, 30, 23, 59, tzinfo=ZONE), datetime(2026, 10, 1, tzinfo=ZONE)
    place.tips(1, "1", at=last_moment)  # October 1 in UTC already
    place.tips(20, "1", at=next_moment)
    place.tips(2, "1", at=datetime(2026, 7, 1, tzinfo=ZONE))
    place.tips(3, "2", state="cancelled")
    place.tips(9, "2", service=place.town.pothole)
    place.tips(4, "")
    first = place.tips(1, "3")[0]
    place.tips(6, "3", incident=first.incident, leads=False)
    publish(place.town.jurisdiction, at=AFTER_Q3)
    told = plainly(place, Q3)
    assert by_quarter(published(client)) == {"2026-Q3": {**told, "": told.total()}}
    assert told == {"1": 8, "2": 10, "3": 12}


def test_an_incident_in_two_areas_is_counted_in_the_first_alone(place: Districts, client: Client) -> None:
    enough(place)
    place.tips(5, area_ids=[place.areas["2"].pk, place.areas["3"].pk])
    publish(place.town.jurisdiction, at=AFTER_Q3)
    assert by_quarter(published(client))["2026-Q3"] == {"1": 5, "2": 12, "3": 11, "": 28}


def test_small_numbers_and_zeros_are_hidden_with_one_more(place: Districts, client: Client) -> None:
    place.tips(4, "1")
    place.tips(30, "2")
    place.tips(30, "3")
    publish(place.town.jurisdiction, at=AFTER_Q3)
    found = by_quarter(published(client))["2026-Q3"]
    assert (found["1"], found[""]) == (None, 64)
    assert sorted(str(found[code]) for code in "23") == ["30", "None"]


def test_a_quarter_with_too_little_is_not_published_and_looked_at_again(place: Districts, client: Client) -> None:
    place.tips(8, "1")
    place.tips(0, "2")
    done = publish(place.town.jurisdiction, at=AFTER_Q3)
    assert done[-1].cells == 0
    assert published(client) == []
    place.tips(10, "2")  # imported late
    publish(place.town.jurisdiction, at=AFTER_Q3 + timedelta(days=30))
    assert by_quarter(published(client))["2026-Q3"][""] == 18


def test_the_running_quarter_and_one_that_just_ended_wait(place: Districts) -> None:
    enough(place)
    for at in (IN_Q3, datetime(2026, 10, 10, 23, 59, tzinfo=ZONE)):
        publish(place.town.jurisdiction, at=at)
        assert not SensitiveQuarter.objects.filter(first_day=Q3).exists()
    publish(place.town.jurisdiction, at=datetime(2026, 10, 11, tzinfo=ZONE))
    assert SensitiveQuarter.objects.filter(first_day=Q3).exists()


def test_later_changes_of_requests_change_nothing(place: Districts, client: Client) -> None:
    enough(place)
    publish(place.town.jurisdiction, at=AFTER_Q3)
    before = client.get("/requests/sensitive/counts.csv").content
    tips = ServiceRequest.objects.filter(service=place.town.tip)
    tips.filter(area_ids__contains=[place.areas["1"].pk]).update(area_ids=[place.areas["2"].pk], state="cancelled")
    tips.first().delete()
    place.tips(3, "3")
    assert publish(place.town.jurisdiction, at=AFTER_Q3 + timedelta(days=60)) != []
    assert client.get("/requests/sensitive/counts.csv").content == before


@pytest.mark.parametrize("table", [SensitiveQuarter, SensitiveCount])
@pytest.mark.parametrize("statement", ["update {} set id = id", "delete from {}"])
def test_the_database_refuses_to_change_what_was_published(place: Districts, table: type, statement: str) -> None:
    enough(place)
    publish(place.town.jurisdiction, at=AFTER_Q3)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table._meta.db_table))


def test_numbers_behind_hidden_ones_are_kept_nowhere(place: Districts) -> None:
    place.tips(4, "1")
    place.tips(30, "2")
    publish(place.town.jurisdiction, at=AFTER_Q3)
    hidden = SensitiveCount.objects.get(area=place.areas["1"])
    assert hidden.n is None
    kept = {field.name for field in SensitiveCount._meta.get_fields()}
    assert kept == {"id", "quarter", "area", "name", "names", "n"}


def test_a_service_that_becomes_sensitive_counts_from_the_next_whole_quarter(place: Districts, client: Client) -> None:
    """Of earlier quarters everybody had its numbers from the map: the rest would be what is left."""
    enough(place)
    publish(place.town.jurisdiction, at=AFTER_Q3)
    Service.objects.filter(code="pothole").update(
        sensitive=True, privacy="hidden", text_publication="never", photo_publication="never"
    )
    publish(place.town.jurisdiction, at=datetime(2026, 11, 20, tzinfo=ZONE))
    for first, month in (("2026-Q4", 12), ("2027-Q1", 2)):
        at = datetime(int(first[:4]), month, 5, tzinfo=ZONE)
        for district in "123":
            place.tips(6, district, at=at)
            place.tips(10, district, at=at, service=place.town.pothole)
    publish(place.town.jurisdiction, at=datetime(2027, 5, 1, tzinfo=ZONE))
    found = by_quarter(published(client))
    assert (found["2026-Q4"]["1"], found["2027-Q1"]["1"]) == (6, 16)


def test_areas_are_those_that_were_in_force_in_the_quarter(place: Districts, client: Client) -> None:
    enough(place)
    Edition.objects.filter(kind=place.kind).update(in_force=DateRange(None, date(2026, 9, 15)), is_current=False)
    Edition.objects.create(
        kind=place.kind, seq=2, source="drawn by hand", source_sha256="0" * 64, source_crs="EPSG:4326",
        loaded_at=factories.LOADED_AT, is_current=True, state="active", in_force=DateRange(date(2026, 9, 15), None),
    )  # fmt: skip
    new = factories.area(place.kind, "4", factories.box(-119.77, 35.95, -119.67, 36.05), "District 4")
    place.tips(9, area_ids=[new.area_id], at=datetime(2026, 9, 20, tzinfo=ZONE))
    publish(place.town.jurisdiction, at=AFTER_Q3)
    assert by_quarter(published(client))["2026-Q3"] == {"1": 5, "2": 7, "3": 11, "4": 9, "": 32}


def test_a_first_run_goes_two_years_back(place: Districts, client: Client) -> None:
    for year in (2023, 2024, 2025):
        for district in "123":
            place.tips(6, district, at=datetime(year, 11, 5, tzinfo=ZONE))
    publish(place.town.jurisdiction, at=AFTER_Q3)
    assert sorted(by_quarter(published(client))) == ["2024-Q4", "2025-Q4"]


def test_the_lots_fall_the_same_way_again_and_otherwise_next_time(place: Districts) -> None:
    """A run that is repeated after a restore hides the same; over the quarters it is not always the same area."""
    for month in (2, 5, 8):
        place.tips(1, "1", at=datetime(2026, month, 5, tzinfo=ZONE))
        place.tips(40, "2", at=datetime(2026, month, 5, tzinfo=ZONE))
        place.tips(40, "3", at=datetime(2026, month, 5, tzinfo=ZONE))
    hidden = []
    for _ in range(2):
        with transaction.atomic():
            publish(place.town.jurisdiction, at=AFTER_Q3)
            rows = SensitiveCount.objects.order_by("quarter__first_day", "area__code")
            hidden.append(list(rows.values_list("quarter__first_day", "area__code", "n")))
            transaction.set_rollback(True)
    assert hidden[0] == hidden[1]
    assert len([row for row in hidden[0] if row[2] is None]) == 6


def test_the_plan_is_fixed_by_the_first_run_and_changed_for_what_comes(place: Districts) -> None:
    publish(place.town.jurisdiction, at=AFTER_Q3)
    plan = SensitivePlan.objects.get(jurisdiction=place.town.jurisdiction)
    assert (plan.kind.code, plan.minimum) == ("council_district", 5)
    factories.kind(place.town.jurisdiction, "beat")
    assert choose(place.town.jurisdiction, kind="beat", minimum=10).kind.code == "beat"
    with pytest.raises(WrongPlan, match="hides too little"):
        choose(place.town.jurisdiction, kind=None, minimum=2)
    with pytest.raises(NotFound, match="no kind of area here"):
        choose(place.town.jurisdiction, kind="ward", minimum=None)


def test_kinds_whose_areas_overlap_are_not_taken_unasked(place: Districts) -> None:
    place.kind.overlap = "all"
    place.kind.save()
    assert publish(place.town.jurisdiction, at=AFTER_Q3) == []
    assert not SensitivePlan.objects.exists()


def test_a_service_that_stands_in_the_table_is_not_shown_by_itself_any_more(place: Districts) -> None:
    code = place.town.tip.code
    refuse_laid_open(place.town.jurisdiction.pk, [code])
    enough(place)
    publish(place.town.jurisdiction, at=AFTER_Q3)
    refuse_laid_open(place.town.jurisdiction.pk, ["pothole"])
    with pytest.raises(LaidOpen, match=f"{code}: published quarters"):
        refuse_laid_open(place.town.jurisdiction.pk, [code, "pothole"])


def test_a_city_that_leaves_takes_what_was_published_along() -> None:
    """It could not be made again: counted anew it would be another version."""
    taken = {table.name for table in tables()}
    assert {f"published_sensitive{name}" for name in ("plan", "service", "quarter", "count")} <= taken


def test_quarters_follow_one_another() -> None:
    one = Quarter.of(date(2025, 12, 31))
    assert (one.code, one.next.code, one.before.code, one.last) == ("2025-Q4", "2026-Q1", "2025-Q3", date(2025, 12, 31))
    assert [found.code for found in ended(date(2026, 1, 10), settles_days=10, at_most=2)] == ["2025-Q2", "2025-Q3"]
    assert [found.code for found in ended(date(2026, 1, 11), settles_days=10, at_most=1)] == ["2025-Q4"]


def test_reports_without_an_incident_of_their_own_add_nothing(place: Districts, client: Client) -> None:
    enough(place)
    shared = Incident.objects.create(jurisdiction=place.town.jurisdiction, created_at=IN_Q3)
    place.tips(1, "1", incident=shared)
    place.tips(29, "1", incident=shared, leads=False)
    publish(place.town.jurisdiction, at=AFTER_Q3)
    assert by_quarter(published(client))["2026-Q3"]["1"] == 6
