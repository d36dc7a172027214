"""One by one through flow.submit, and all at once through submit_many: the same, column by column, row by row."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from geoserver_app import flow
from geoserver_app.flow_many import BlockFailed, submit_many
from geoserver_app.intake.models import Incident, Reporter, Review, RunningNumber, ServiceRequest
from geoserver_app.intake.store_many import Filed
from geoserver_app.intake.submission import Contact, Submission
from geoserver_app.link.models import Membership
from geoserver_app.notify.models import Message
from geoserver_app.route.models import Decision
from geoserver_app.work.models import Copy, StatusChange
from tests import life
from tests.link.squared import at
from tests.route.city import City

pytestmark = pytest.mark.django_db

# Each time its own: keys, numbers, codes. What stands in areas_today only a batch of old reports has.
OWN = {"id", "incident_id", "service_request_id", "access_code", "idempotency_key", "external_id", "areas_today"}


def told(request: ServiceRequest) -> dict[str, Any]:
    """Everything that became of a report, without what is its own."""
    columns = {name.attname: getattr(request, name.attname) for name in ServiceRequest._meta.concrete_fields}
    found = {name: value for name, value in columns.items() if name not in OWN}
    found |= {name: columns[name] and columns[name].ewkt for name in ("geom", "public_geom")}
    for name, rows in (
        ("memberships", Membership.objects.filter(request=request).order_by("kind_id", "area_id")),
        ("decision", Decision.objects.filter(request=request)),
        ("history", StatusChange.objects.filter(request=request)),
        ("copies", Copy.objects.filter(request=request).order_by("post_id")),
        ("reviews", Review.objects.filter(request=request).order_by("stage", "reason")),
        ("reporter", Reporter.objects.filter(request=request)),
        ("answers", request.answers.order_by("attribute_id")),
    ):
        found[name] = [_row(row) for row in rows.values()]
    return found


def _row(values: dict[str, Any]) -> dict[str, Any]:
    plain = {name: value for name, value in values.items() if name not in {"id", "request_id"}}
    if plain.get("distance_m") is not None:
        plain["distance_m"] = round(plain["distance_m"], 6)
    return {name: bytes(value) if isinstance(value, memoryview) else value for name, value in plain.items()}


def anything(city: City, chance: random.Random, number: int) -> Filed:
    """A report of anything from anywhere at any time, in every way that a report can come."""
    service = chance.choice(list(city.services.values()))
    moment = life.MONDAY - timedelta(hours=chance.uniform(0, 24 * 900))
    place: dict[str, Any] = {}
    if chance.random() < 0.85:
        x, y = chance.choice(
            [
                (chance.uniform(-30, 1100), chance.uniform(-30, 1030)),
                (chance.choice([300, 500, 550, 600, 480, 520]), chance.uniform(0, 1000)),
                (chance.uniform(190, 310), chance.uniform(480, 560)),
            ]
        )
        lon, lat = at(x, y)
        method = chance.choice(["pin", "device", "address", "photo"])
        accuracy = chance.choice([None, 3.0, 12.0, 40.0]) if method == "device" else None
        place = {"lon": lon, "lat": lat, "place_method": method, "accuracy_m": accuracy}
    address = chance.choice(["", "", f"{100 + 2 * chance.randrange(25)} Main St", "no such place 17", "Main & 5th"])
    contact = Contact(phone="(559) 555-0142", tell_by="phone") if chance.random() < 0.4 else Contact()
    answers: dict[str, Any] = {}
    if service.code == "tree" and chance.random() < 0.6:
        answers = {"where": chance.choice(["strip", "yard", "park", "wires", "fallen", "unsure"]), "trouble": ["dead"]}
    submission = Submission(
        jurisdiction_id=city.hall.jurisdiction.pk, service_id=service.pk, channel=chance.choice(["web", "phone"]),
        language=chance.choice(["en", "es"]), description=chance.choice(["", "Call me: 559 555 0142", "Help!"]),
        address_text=address, answers=answers, contact=contact, requested_datetime=moment,
        idempotency_key=f"bulk-{number}", **place,
    )  # fmt: skip
    return Filed(submission, moment + timedelta(minutes=chance.choice([0, 90])))


def both_ways(batch: list[Filed], **more: Any) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    submit_many(batch, jurisdiction=_place(batch), at=life.MONDAY, **more)
    pairs = []
    for one in batch:
        alone = replace(one.submission, idempotency_key=f"single-{one.key}")
        single = ServiceRequest.objects.get(pk=flow.submit(alone, at=one.at).request.pk)
        pairs.append((told(ServiceRequest.objects.get(idempotency_key=one.key)), told(single)))
    return pairs


def _place(batch: list[Filed]) -> Any:
    from layers.models import Jurisdiction

    return Jurisdiction.objects.get(pk=batch[0].submission.jurisdiction_id)


@pytest.mark.parametrize(
    ("seed", "count"), [(1, 25), *(pytest.param(seed, 60, marks=pytest.mark.slow) for seed in (1, 2, 3))]
)
def test_a_batch_becomes_what_each_report_becomes_alone(city: City, seed: int, count: int) -> None:
    chance = random.Random(seed)
    for bulk, single in both_ways([anything(city, chance, number) for number in range(count)], block=count // 2):
        assert bulk == single


def test_nobody_is_told_anything(city: City) -> None:
    chance = random.Random(9)
    submit_many([anything(city, chance, number) for number in range(20)], jurisdiction=city.hall.jurisdiction)
    assert not Message.objects.exists()


def test_areas_of_today_stand_where_a_border_moved_since(city: City) -> None:
    before, after = datetime(2024, 6, 3, 9, tzinfo=life.ZONE), datetime(2026, 6, 1, 9, tzinfo=life.ZONE)
    batch = [_pothole(city, f"moved-{when.year}", when, x=400) for when in (before, after)]
    batch.append(_pothole(city, "stayed", before, x=100))
    submit_many(batch, jurisdiction=city.hall.jurisdiction, at=life.MONDAY)
    moved, recent, stayed = (ServiceRequest.objects.get(idempotency_key=one.key) for one in batch)
    assert "beat:2" in city.squared.names(moved.area_ids)
    assert "beat:1" in city.squared.names(moved.areas_today or [])
    assert recent.areas_today is None
    assert stayed.areas_today is None


def test_reports_of_one_thing_share_its_incident(city: City) -> None:
    first = _pothole(city, "first", life.MONDAY)
    again = replace(_pothole(city, "again", life.MONDAY), same_as="first")
    submit_many([first, again], jurisdiction=city.hall.jurisdiction)
    later = replace(_pothole(city, "later", life.MONDAY), same_as="again")
    submit_many([later], jurisdiction=city.hall.jurisdiction)
    assert Incident.objects.count() == 1


def test_the_same_batch_again_writes_nothing(city: City) -> None:
    chance = random.Random(5)
    batch = [anything(city, chance, number) for number in range(12)]
    submit_many(batch[:7], jurisdiction=city.hall.jurisdiction)
    done = submit_many(batch, jurisdiction=city.hall.jurisdiction)
    assert (done.new, done.known) == (5, 7)
    assert ServiceRequest.objects.count() == 12
    assert sum(RunningNumber.objects.values_list("last", flat=True)) == 12


def test_imports_are_known_by_their_number_in_the_old_system(city: City) -> None:
    old = _pothole(city, "x", life.MONDAY)
    old = replace(old, submission=replace(old.submission, idempotency_key=None, source="notes", external_id="77"))
    assert submit_many([old, old], jurisdiction=city.hall.jurisdiction).new == 1
    assert submit_many([old], jurisdiction=city.hall.jurisdiction).known == 1


def test_a_block_that_fails_leaves_those_before_it(city: City) -> None:
    good = [_pothole(city, f"good-{number}", life.MONDAY) for number in range(4)]
    bad = replace(_pothole(city, "bad", life.MONDAY), same_as="nobody")
    with pytest.raises(BlockFailed, match=r"1 reports from 'bad' on .* The 4 before them are there"):
        submit_many([*good, bad], jurisdiction=city.hall.jurisdiction, block=2)
    assert ServiceRequest.objects.count() == 4


def _pothole(city: City, key: str, when: datetime, x: float = 350) -> Filed:
    lon, lat = at(x, 700)
    given = Submission(
        jurisdiction_id=city.hall.jurisdiction.pk, service_id=city.services["pothole"].pk, channel="phone", lon=lon,
        lat=lat, place_method="pin", requested_datetime=when, idempotency_key=key,
    )  # fmt: skip
    return Filed(given, when)
