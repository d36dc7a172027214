"""What a liaison and a dispatcher see first, and that nobody sees more than their own."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from geoserver_app.accounts.rights import STRANGER
from geoserver_app.accounts.roles import Capability, Role
from geoserver_app.intake.models import Review, ServiceRequest
from geoserver_app.org.models import Post
from geoserver_app.work import copies, queue
from geoserver_app.work.errors import NotAllowed
from geoserver_app.work.models import Copy
from geoserver_app.work.sight import find, staff_for
from layers.errors import NotFound
from layers.models import Area, Kind
from tests.life import MONDAY, Town, local

NOW = local("2026-11-19 10:00")


def filed(town: Town, **given: object) -> ServiceRequest:
    return town.request(**{"state": "assigned", "department": town.works, **given})


def test_a_liaison_sees_the_own_department_newest_first(almendra: Town) -> None:
    old, new = filed(almendra), filed(almendra, at=MONDAY + timedelta(hours=1))
    filed(almendra, department=almendra.parking)
    filed(almendra, state="closed", closed_at=NOW)
    assert list(queue.own(almendra.rights("liaison"))) == [new, old]


def test_a_stranger_sees_nothing(almendra: Town) -> None:
    filed(almendra)
    assert list(queue.own(STRANGER)) == []
    assert queue.counts(STRANGER, NOW) == queue.Counts(0, 0, 0, 0, 0, 0)


def test_what_is_sensitive_is_seen_only_by_those_it_is_meant_for(almendra: Town) -> None:
    tip = filed(almendra, service=almendra.tip)
    almendra.person("detective", Role.LIAISON, department=almendra.works, sensitive=True)
    assert list(queue.own(almendra.rights("liaison"))) == []
    assert list(queue.own(almendra.rights("detective"))) == [tip]
    with pytest.raises(NotFound):
        find(almendra.rights("dispatcher"), almendra.jurisdiction.pk, tip.service_request_id)


def test_a_deputy_sees_the_own_beat_as_filed_or_as_drawn_today(almendra: Town) -> None:
    kind = Kind.objects.create(
        jurisdiction=almendra.jurisdiction, code="beat", name="Beat", feature_class="area", geometry="polygon"
    )
    beat, other = (
        Area.objects.create(jurisdiction=almendra.jurisdiction, kind=kind, code=code, slug=f"beat-{code}")
        for code in ("3", "4")
    )
    almendra.person("deputy", Role.DEPUTY, area_kind="beat", area_codes=["3"])
    as_filed = filed(almendra, area_ids=[beat.pk])
    as_of_today = filed(almendra, area_ids=[other.pk], areas_today=[beat.pk])
    filed(almendra, area_ids=[other.pk])
    assert set(queue.own(almendra.rights("deputy"))) == {as_filed, as_of_today}


def test_overdue_is_what_was_not_acted_on_in_time_the_latest_first(almendra: Town) -> None:
    late = filed(almendra, expected_datetime=NOW - timedelta(hours=1))
    later = filed(almendra, expected_datetime=NOW - timedelta(days=3))
    filed(almendra, expected_datetime=NOW + timedelta(hours=1))
    filed(almendra, expected_datetime=NOW - timedelta(days=3), state="done", field_action_at=NOW - timedelta(days=4))
    assert list(queue.overdue(almendra.rights("liaison"), NOW)) == [later, late]


def test_a_copy_is_enough_to_see_a_request_but_not_to_work_on_it(almendra: Town) -> None:
    request = filed(almendra)
    Copy.objects.create(request=request, post=almendra.parking_post, at=NOW)
    rights = almendra.rights("warden")
    assert list(queue.copied(rights)) == [request] and list(queue.own(rights)) == []
    assert find(rights, almendra.jurisdiction.pk, request.service_request_id) == request
    assert staff_for(rights, request).capabilities == {Capability.SEE_REQUESTS}


def test_whoever_has_a_request_is_not_shown_it_as_a_copy(almendra: Town) -> None:
    Copy.objects.create(request=filed(almendra), post=almendra.works_post, at=NOW)
    assert list(queue.copied(almendra.rights("liaison"))) == []


def test_a_copy_by_hand_stays_when_the_rules_decide_anew(almendra: Town) -> None:
    request = filed(almendra)
    other = Post.objects.create(department=almendra.parking, code="desk", name="Desk")
    copies.set_by_rule(request, [almendra.parking_post.pk], at=NOW)
    copies.add(request, other, by=staff_for(almendra.rights("liaison"), request), at=NOW)
    copies.set_by_rule(request, [], at=NOW)
    assert copies.holders(request) == [other.pk]
    with pytest.raises(NotAllowed):
        copies.add(request, other, by=staff_for(almendra.rights("council"), request), at=NOW)


def test_counts_say_what_the_lists_show(almendra: Town) -> None:
    filed(almendra, expected_datetime=NOW - timedelta(hours=1))
    filed(almendra, expected_datetime=NOW + timedelta(hours=1), state="accepted", assignee=almendra.people["liaison"])
    rights = almendra.rights("liaison")
    counted = queue.counts(rights, NOW)
    assert counted == queue.Counts(in_review=0, open=2, new=1, overdue=1, nearly_due=1, mine=1)
    assert (
        queue.nearly_due(rights, NOW).count() == queue.assigned_to_me(rights).count() == queue.new(rights).count() == 1
    )


def review(request: ServiceRequest, reason: str, *, hours_ago: int) -> None:
    at = NOW - timedelta(hours=hours_ago)
    Review.objects.create(request=request, stage="link", reason=reason, created_at=at)
    ServiceRequest.objects.filter(pk=request.pk).update(in_review=True)


def test_the_review_queue_shows_the_urgent_then_the_longest_waiting_with_ages(almendra: Town) -> None:
    young, old, urgent = filed(almendra), filed(almendra), filed(almendra, priority="urgent")
    review(young, "near_line", hours_ago=1)
    review(old, "no_place", hours_ago=48)
    review(old, "near_line", hours_ago=2)
    review(urgent, "no_rule", hours_ago=0)
    lines = queue.review_queue(almendra.rights("dispatcher"), at=NOW, calendar=almendra.calendar)
    assert [line.request for line in lines] == [urgent, old, young]
    assert [reason.code for reason in lines[1].reasons] == ["no_place", "near_line"]
    # Tuesday 10:00 to Thursday 10:00: eight hours, a day of eleven, and three.
    assert (lines[1].age, lines[1].open_age) == (timedelta(hours=48), timedelta(hours=22))


def test_a_liaison_decides_no_reviews(almendra: Town) -> None:
    review(filed(almendra), "near_line", hours_ago=1)
    assert queue.review_queue(almendra.rights("liaison"), at=NOW, calendar=almendra.calendar) == []


def test_a_page_of_the_queue_costs_one_query(almendra: Town) -> None:
    for hour in range(5):
        filed(almendra, at=MONDAY + timedelta(hours=hour), expected_datetime=NOW)
    rights = almendra.rights("liaison")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = queue.lines(queue.own(rights), at=NOW, calendar=almendra.calendar, limit=3)
        names = [(line.request.service.name, line.request.department.name) for line in page]
    assert (len(queries), len(names)) == (1, 3)
    rest = queue.older_than(queue.own(rights), page[-1].request)
    assert rest.count() == 2


@pytest.mark.parametrize("index", ["request_queue", "request_open"])
def test_a_queue_is_read_from_its_partial_index(almendra: Town, index: str) -> None:
    """Of an empty table the planner may take any index: it is left the one that the queue is meant to be read by."""
    rights = almendra.rights("liaison")
    listed = {"request_queue": queue.own(rights), "request_open": queue.overdue(rights, MONDAY)}[index]
    plan = planned(listed.select_related(None).values("pk")[:50], left=index)
    assert f"using {index}" in plan
    assert "Sort Key: intake_servicerequest.expected_datetime" not in plan


def planned(requests: QuerySet[Any, Any], left: str) -> str:
    """The plan of a list where no table has any statistics and that of requests has one index besides its keys."""
    query, params = requests.query.sql_with_params()
    table = ServiceRequest._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("set local enable_bitmapscan = off")
        cursor.execute("set constraints all immediate")
        cursor.execute(f"truncate {table} cascade")
        cursor.execute(
            "select i.indexrelid::regclass::text, c.conname from pg_index i left join pg_constraint c"
            " on c.conindid = i.indexrelid and c.conrelid = i.indrelid"
            " where i.indrelid = %s::regclass and i.indexrelid::regclass::text <> %s",
            [table, left],
        )
        for index, constraint in cursor.fetchall():
            cursor.execute(
                f"alter table {table} drop constraint {constraint} cascade" if constraint else f"drop index {index}"
            )
        cursor.execute("explain " + query, params)
        return "\n".join(row[0] for row in cursor.fetchall())
