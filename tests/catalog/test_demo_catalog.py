"""The invented city's catalog: large enough, whole in both languages, every form askable."""

from collections import Counter

import pytest

from geoserver_app.catalog.definition import faults
from geoserver_app.catalog.models import Faq, Service, ServiceAttribute
from geoserver_app.org.models import Agency, Department
from layers.models import Jurisdiction

pytestmark = pytest.mark.django_db


def test_more_than_eighty_services_in_ten_departments(almendra: Jurisdiction) -> None:
    services = Service.objects.filter(jurisdiction=almendra)
    assert services.count() > 80
    assert Department.objects.filter(services__in=services).distinct().count() == 10


def test_forms_of_every_sort(almendra: Jurisdiction) -> None:
    attributes = ServiceAttribute.objects.filter(service__jurisdiction=almendra)
    assert attributes.values("service").distinct().count() >= 40
    assert attributes.filter(shown_if__isnull=False).values("service").distinct().count() >= 10
    assert set(attributes.values_list("datatype", flat=True)) == set(ServiceAttribute.Datatype.values)
    stopped = {a.service_id for a in attributes if any("stopper" in value for value in a.values)}
    assert len(stopped) >= 8


def test_every_kind_location_and_privacy_is_used(almendra: Jurisdiction) -> None:
    services = list(Service.objects.filter(jurisdiction=almendra))
    for field, choices in (("kind", Service.Kind), ("location", Service.Location), ("priority", Service.Priority)):
        assert {getattr(service, field) for service in services} == set(choices.values)
    assert {s.privacy for s in services} >= {"exact", "block_face", "area_only", "hidden"}
    assert {s.due_unit for s in services} == set(Service.DueUnit.values)


def test_forty_frequent_questions_about_things_that_exist(almendra: Jurisdiction) -> None:
    faqs = list(Faq.objects.filter(jurisdiction=almendra))
    assert len(faqs) >= 40
    assert all(set(faq.question) == set(faq.answer) == {"en", "es"} for faq in faqs)
    assert sum(faq.service_id is not None for faq in faqs) >= 20


def test_every_form_can_be_asked_in_both_languages(almendra: Jurisdiction) -> None:
    wrong = [
        f"{service.code}: {fault}"
        for service in Service.objects.filter(jurisdiction=almendra).with_form()
        for fault in faults(list(service.attributes.all()), ["en", "es"])
    ]
    assert wrong == []


def test_spanish_is_not_english_left_over(almendra: Jurisdiction) -> None:
    services = Service.objects.filter(jurisdiction=almendra).with_form()
    same = [s.code for s in services if s.names["es"] == s.name or s.descriptions["es"] == s.description]
    same += [f"{s.code}.{a.code}" for s in services for a in s.attributes.all() if a.question["en"] == a.question["es"]]
    assert same == []


def test_no_keyword_stands_for_many_services(almendra: Jurisdiction) -> None:
    words: Counter[str] = Counter()
    for service in Service.objects.filter(jurisdiction=almendra):
        words.update({word.lower() for language in service.keywords.values() for word in language})
    assert [word for word, times in words.items() if times > 3] == []


def test_telephone_numbers_are_of_the_range_kept_for_fiction(almendra: Jurisdiction) -> None:
    told = [*Department.objects.all(), *Agency.objects.all()]
    numbers = {row.telephone for row in told}
    numbers |= {
        value["stopper"]["telephone"]
        for attribute in ServiceAttribute.objects.all()
        for value in attribute.values
        if "stopper" in value
    }
    assert all(number == "911" or number.startswith("(559) 555-01") for number in numbers)
