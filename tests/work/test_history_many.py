"""Many lines at once are the lines that come one by one."""

from datetime import timedelta

from django.db import connection

from geoserver_app.work.copies import holders
from geoserver_app.work.history_many import PastLine, append_many, open_many
from geoserver_app.work.models import StatusChange
from geoserver_app.work.opening import Outcome, open_request
from tests.life import MONDAY, Town


def lines() -> list[dict[str, object]]:
    return list(StatusChange.objects.order_by("pk").values())


def same(one: dict[str, object], other: dict[str, object]) -> bool:
    apart = {"id", "request_id"}
    return {k: v for k, v in one.items() if k not in apart} == {k: v for k, v in other.items() if k not in apart}


def test_openings_of_a_batch_are_those_of_each(almendra: Town) -> None:
    copies = (almendra.works_post.pk, almendra.parking_post.pk)
    outcome = Outcome("high", almendra.works.pk, almendra.works_post.pk, copies=copies)
    single, many = almendra.request(), almendra.request()
    open_request(single, outcome, calendar=almendra.calendar, at=MONDAY)
    with connection.cursor() as cursor:
        cursor.execute(
            "create temporary table opening_batch on commit drop as select %s::bigint request_id, 'assigned' state,"
            " %s::bigint department_id, %s::bigint post_id, %s::timestamptz received_at, %s::bigint[] copies",
            [many.pk, almendra.works.pk, almendra.works_post.pk, MONDAY, list(copies)],
        )
    assert open_many("opening_batch") == 1
    one, other = lines()
    assert same(one, other) and other["request_id"] == many.pk
    assert holders(single) == holders(many) == [almendra.parking_post.pk]


def test_a_past_history_is_copied_in_its_order(almendra: Town) -> None:
    request = almendra.request()
    steps = [("received", "assigned"), ("assigned", "done"), ("done", "closed")]
    past = [
        PastLine(request.pk, "status", MONDAY + timedelta(hours=n), one, other, almendra.works.pk, note="Ñandú\t\n")
        for n, (one, other) in enumerate(steps)
    ]
    assert append_many(past) == 3
    assert [(line["from_state"], line["to_state"], line["note"]) for line in lines()] == [
        (*step, "Ñandú\t\n") for step in steps
    ]
