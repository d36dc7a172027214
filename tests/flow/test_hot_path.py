"""What the way from POST to answer stands on: prepared statements, kept rows, rows written without compiling."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.db import DataError, IntegrityError, connection, transaction

from geoserver_app.catalog import standing as services
from geoserver_app.catalog.models import Service, ServiceAttribute
from geoserver_app.intake.models import Answer, Incident, Reporter, Review, ServiceRequest
from geoserver_app.org import standing as jurisdictions
from geoserver_app.org.models import CityHall
from layers import rows
from layers.asked import ask, ask_all
from layers.models import Jurisdiction
from tests import factories
from tests.life import Town, town

AT = datetime(2026, 11, 23, 17, 30, 15, 123456, tzinfo=UTC)


@pytest.fixture
def almendra(db: None) -> Town:
    return town()


def request_of(city: Town, number: str, **given: Any) -> ServiceRequest:
    """A request with a value in every kind of column, not stored yet."""
    values: dict[str, Any] = {
        "jurisdiction": city.jurisdiction, "service": city.pothole, "service_request_id": number,
        "access_code": "ACDEFH", "incident": Incident.objects.create(jurisdiction=city.jurisdiction, created_at=AT),
        "channel": "web", "requested_datetime": AT, "received_at": AT, "updated_datetime": AT,
        "description": 'Línea 1\nsays "it\'s 100 %" \\ 漢', "place_method": "pin", "accuracy_m": 0.1 + 0.2,
        "geom": Point(-119.5, 36.1, srid=4326), "tile_x": 1, "tile_y": 2**30 - 1, "morton": 2**59 + 1,
        "area_ids": [3, 70000, 2**40], "areas_today": None,
    }  # fmt: skip
    return ServiceRequest(**values | given)


def columns(request: ServiceRequest) -> dict[str, Any]:
    stored = ServiceRequest.objects.filter(pk=request.pk).values().get()
    return {name: value for name, value in stored.items() if name not in {"id", "service_request_id", "incident_id"}}


def test_an_inserted_row_is_the_same_as_one_that_was_saved(almendra: Town) -> None:
    mine, saved = request_of(almendra, "26-000001-1"), request_of(almendra, "26-000002-2")
    rows.insert(mine)
    saved.save(force_insert=True)
    assert mine.pk and not mine._state.adding
    assert columns(mine) == columns(saved)


def test_bytes_and_documents_are_written_as_they_are(almendra: Town) -> None:
    request = almendra.request()
    rows.insert(Reporter(request=request, name="Ana", email_hash=b"\x00\xffsixteen bytes!", tell_by="none"))
    assert bytes(Reporter.objects.get(request=request).email_hash or b"") == b"\x00\xffsixteen bytes!"
    rows.insert(Review(request=request, stage="link", reason="no_place", detail={"a": [1, None, "ñ"]}, created_at=AT))
    assert Review.objects.get(request=request).detail == {"a": [1, None, "ñ"]}


def test_several_rows_get_their_keys_in_order(almendra: Town) -> None:
    made = [Incident(jurisdiction=almendra.jurisdiction, created_at=AT) for _ in range(3)]
    rows.insert(*made)
    assert [one.pk for one in made] == sorted(one.pk for one in made)


def test_a_row_that_is_there_stays_and_others_are_written(almendra: Town) -> None:
    request = almendra.request()
    first = Review(request=request, stage="link", reason="no_place", detail={"first": True}, created_at=AT)
    rows.insert(first)
    again = Review(request=request, stage="link", reason="no_place", created_at=AT)
    rows.insert(again, Review(request=request, stage="link", reason="outside", created_at=AT), ignore_conflicts=True)
    found = Review.objects.filter(request=request, stage="link").order_by("reason")
    assert [(one.reason, one.detail) for one in found] == [("no_place", {"first": True}), ("outside", {})]


def test_what_is_updated_stands_in_the_row_and_on_the_object(almendra: Town) -> None:
    request = request_of(almendra, "26-000003-3")
    rows.insert(request)
    changed = {"geom": None, "tile_x": None, "tile_y": None, "morton": None, "area_ids": [], "areas_today": [7],
               "closed_at": AT, "in_review": True}  # fmt: skip
    rows.update(request, changed)
    stored = ServiceRequest.objects.get(pk=request.pk)
    assert {name: getattr(stored, name) for name in changed} == changed
    assert {name: getattr(request, name) for name in changed} == changed
    assert stored.description == request.description


def test_what_is_written_together_goes_over_at_once(almendra: Town, django_assert_num_queries: Any) -> None:
    request = almendra.request()
    review = Review(request=request, stage="link", reason="no_place", created_at=AT)
    with rows.together():
        rows.insert(review)
        with rows.together():
            rows.update(request, {"in_review": True})
        assert review.pk is None
        assert not ServiceRequest.objects.get(pk=request.pk).in_review
    assert review.pk is not None
    assert ServiceRequest.objects.get(pk=request.pk).in_review


def test_nothing_is_written_where_something_raises_in_between(almendra: Town) -> None:
    request = almendra.request()
    with pytest.raises(ZeroDivisionError), rows.together():
        rows.update(request, {"in_review": True})
        raise ZeroDivisionError
    assert not ServiceRequest.objects.get(pk=request.pk).in_review
    rows.update(request, {"priority": "high"})
    assert ServiceRequest.objects.get(pk=request.pk).priority == "high"


def test_faults_are_raised_as_djangos_cursors_raise_them(almendra: Town) -> None:
    request = request_of(almendra, "26-000004-4")
    rows.insert(request)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.insert(request_of(almendra, "26-000004-4"))
    with pytest.raises(DataError), transaction.atomic():
        rows.update(request, {"access_code": "longer than six"})
    with pytest.raises(IntegrityError), transaction.atomic(), rows.together():
        rows.insert(request_of(almendra, "26-000005-5"))
        rows.insert(request_of(almendra, "26-000004-4"))
    assert not ServiceRequest.objects.filter(service_request_id="26-000005-5").exists()


def test_statements_that_are_asked_together_answer_each_for_itself(db: None) -> None:
    one, two = ask_all(("select %(a)s::int as n", {"a": 1}), ("select %(a)s::int + %(a)s::int as n", {"a": 2}))
    assert (one[0].n, two[0].n) == (1, 4)
    assert ask("select '100%%' as text, %(b)s::jsonb as document", {"b": "[1]"})[0].document == [1]


@pytest.mark.django_db(transaction=True)
def test_a_transaction_begins_with_its_first_statement() -> None:
    with transaction.atomic():
        ask("select set_config('statement_timeout', '4321', true)", {})
        assert ask("show statement_timeout", {})[0].statement_timeout == "4321ms"
    assert ask("show statement_timeout", {})[0].statement_timeout == "0"
    assert connection.connection.autocommit


# --- kept rows --------------------------------------------------------------------------------------------------------


def test_a_change_of_a_service_counts_at_once(almendra: Town) -> None:
    place, code = almendra.jurisdiction, almendra.pothole.code
    before = services.by_code(place, code)
    assert before is not None
    for name in ("Hole", "Big hole"):  # twice in one transaction: the row's writer is the same
        Service.objects.filter(pk=before.pk).update(name=name)
        now = services.by_code(place, code)
        assert now is not None
        assert now.name == name


def test_a_change_of_a_question_or_of_a_group_counts_at_once(almendra: Town) -> None:
    place, service = almendra.jurisdiction, almendra.pothole
    asked = ServiceAttribute.objects.create(
        service=service, code="depth", datatype="string", position=10, question={"en": "How deep?"}
    )
    found = services.by_code(place, service.code)
    assert found is not None
    assert "depth" in {one.code for one in found.attributes.all()}
    ServiceAttribute.objects.filter(pk=asked.pk).update(question={"en": "How deep is it?"})
    service.group.name = "Streets, renamed"
    service.group.save()
    found = services.by_code(place, service.code)
    assert found is not None
    assert {one.question["en"] for one in found.attributes.all() if one.code == "depth"} == {"How deep is it?"}
    assert found.group.name == "Streets, renamed"
    asked.delete()
    found = services.by_code(place, service.code)
    assert found is not None
    assert "depth" not in {one.code for one in found.attributes.all()}


def test_who_changes_a_kept_object_changes_nobody_elses(almendra: Town, django_assert_num_queries: Any) -> None:
    place, code = almendra.jurisdiction, almendra.pothole.code
    first = services.by_code(place, code)
    with django_assert_num_queries(1):
        second = services.by_code(place, code)
    assert first is not None
    assert second is not None
    first.name = "mine alone"
    assert first.department is not None  # read later: belongs to this copy
    assert second.name != "mine alone"
    assert "department" not in second._state.fields_cache


def test_a_change_of_the_city_hall_counts_at_once(almendra: Town) -> None:
    host = "311.almendra.example"
    CityHall.objects.filter(jurisdiction=almendra.jurisdiction).update(host_names=[host], telephone="(559) 555-0100")
    found = jurisdictions.of_host(host, default="")
    assert found is not None
    assert found.city_hall.telephone == "(559) 555-0100"
    CityHall.objects.filter(jurisdiction=almendra.jurisdiction).update(telephone="(559) 555-0199")
    Jurisdiction.objects.filter(pk=almendra.jurisdiction.pk).update(epoch=77)
    found = jurisdictions.of_host(host, default="")
    assert found is not None
    assert (found.city_hall.telephone, found.epoch) == ("(559) 555-0199", 77)


def test_the_host_goes_before_the_default_and_the_only_one_needs_neither(almendra: Town) -> None:
    assert jurisdictions.of_host("anything", default="") == almendra.jurisdiction
    other = factories.jurisdiction("other")
    assert jurisdictions.of_host("anything", default="") is None
    assert jurisdictions.of_host("anything", default="other") == other
    CityHall.objects.filter(jurisdiction=almendra.jurisdiction).update(host_names=["city.example"])
    assert jurisdictions.of_host("city.example", default="other") == almendra.jurisdiction


def test_an_answer_to_a_question_is_written_as_its_value(almendra: Town) -> None:
    request = almendra.request()
    question = ServiceAttribute.objects.create(
        service=request.service, code="depth", datatype="string", position=10, question={"en": "How deep?"}
    )
    rows.insert(Answer(request=request, attribute=question, value="12 in"))
    assert Answer.objects.get(request=request, attribute=question).value == "12 in"
