"""The administration of a catalog: whose rows are seen, what cannot be deleted, forms without JSON."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from geoserver_app.accounts.models import Assignment, User
from geoserver_app.accounts.roles import Role
from geoserver_app.catalog.models import Service, ServiceAttribute
from layers.models import Jurisdiction
from tests.accounts.browser import client_of, form_of
from tests.accounts.conftest import _frame  # noqa: F401 (a fixture)
from tests.city import bare_jurisdiction
from tests.sensitive.counted import as_if_published

pytestmark = pytest.mark.django_db


def administrator(jurisdiction: Jurisdiction, role: Role = Role.ADMIN) -> Client:
    user = User.objects.create_user(f"{role}-{jurisdiction.code}", f"{role}@{jurisdiction.code}.example", "secret")
    Assignment.objects.create(user=user, jurisdiction=jurisdiction, role=role)
    return client_of(user)


@pytest.mark.parametrize("page", ["catalog/service", "catalog/faq", "org/department", "org/agency", "org/cityhall"])
def test_rows_of_another_jurisdiction_are_not_there(almendra: Jurisdiction, page: str) -> None:
    elsewhere = administrator(bare_jurisdiction("elsewhere"))
    own = administrator(almendra)
    name = page.replace("/", "_")
    pk = admin.site._registry[next(m for m in admin.site._registry if m._meta.label_lower == page.replace("/", "."))]
    row = pk.model._default_manager.first()
    change = reverse(f"admin:{name}_change", args=[row.pk])
    assert own.get(change).status_code == 200
    assert elsewhere.get(change).status_code == 302  # Django: "does not exist, perhaps it was deleted"
    assert f">{row}<" not in elsewhere.get(reverse(f"admin:{name}_changelist")).content.decode()


def test_nothing_that_requests_name_can_be_deleted(almendra: Jurisdiction) -> None:
    client = administrator(almendra)
    for model in (Service, User):
        row = model._default_manager.first()
        assert row is not None
        page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_delete", args=[row.pk])
        assert client.post(page, {"post": "yes"}).status_code == 403


def test_a_service_is_changed_without_touching_json(almendra: Jurisdiction) -> None:
    client = administrator(almendra)
    service = Service.objects.get(code="pothole")
    page = reverse("admin:catalog_service_change", args=[service.pk])
    sent = form_of(client, page) | {"names_es": "Hoyo en la calle", "keywords_es": "bache\r\nhoyo\r\n\r\n cráter "}
    assert client.post(page, sent).status_code == 302
    service.refresh_from_db()
    assert service.names == {"es": "Hoyo en la calle"}
    assert service.keywords["es"] == ["bache", "hoyo", "cráter"]
    assert service.attributes.count() == 3


def test_an_impossible_form_is_refused_with_the_reason(almendra: Jurisdiction) -> None:
    client = administrator(almendra)
    service = Service.objects.get(code="tree")
    page = reverse("admin:catalog_service_change", args=[service.pk])
    sent = form_of(client, page)
    where = next(name for name in sent if name.endswith("-code") and sent[name] == "wires")
    sent[where.replace("-code", "-shown_if")] = '{"attribute": "moon", "in": ["x"]}'
    answer = client.post(page, sent)
    assert answer.status_code == 200
    assert "shown_if names" in answer.content.decode()
    assert ServiceAttribute.objects.get(service=service, code="wires").shown_if == {
        "attribute": "where",
        "in": ["wires"],
    }


def test_what_the_sensitive_table_counts_stays_sensitive(almendra: Jurisdiction) -> None:
    Service.objects.filter(code="tree").update(
        sensitive=True, privacy="hidden", text_publication="never", photo_publication="never"
    )
    as_if_published(almendra, "tree")
    client = administrator(almendra)
    page = reverse("admin:catalog_service_change", args=[Service.objects.get(code="tree").pk])
    sent = form_of(client, page)
    del sent["sensitive"]
    answer = client.post(page, sent)
    assert answer.status_code == 200
    assert "published quarters of the table of sensitive services count it" in answer.content.decode()
    assert Service.objects.get(code="tree").sensitive
