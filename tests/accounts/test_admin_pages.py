"""The administration: who gets in, whose rows they see, what cannot be done there."""

import io
from typing import Any

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from geoserver_app.accounts.models import Assignment, User
from geoserver_app.accounts.roles import Role
from geoserver_app.catalog.models import Service, ServiceAttribute
from layers.models import Jurisdiction
from tests.accounts.conftest import Town
from tests.city import FILES, bare_jurisdiction

pytestmark = pytest.mark.django_db


@pytest.fixture
def almendra() -> Jurisdiction:
    bare_jurisdiction()
    call_command("load_catalog", str(FILES), "--commit", stdout=io.StringIO())
    return Jurisdiction.objects.get()


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def administrator(jurisdiction: Jurisdiction, role: Role = Role.ADMIN) -> Client:
    user = User.objects.create_user(f"{role}-{jurisdiction.code}", f"{role}@{jurisdiction.code}.example", "secret")
    Assignment.objects.create(user=user, jurisdiction=jurisdiction, role=role)
    return client_of(user)


INDEX = {
    None: 403, Role.AGENT: 403, Role.DISPATCHER: 403, Role.DEPUTY: 403, Role.COUNCIL: 403, Role.PLANNER: 403,
    Role.MANAGER: 403, Role.GIS: 200, Role.ADMIN: 200,
}  # fmt: skip


@pytest.mark.parametrize(("role", "status"), INDEX.items())
def test_only_those_who_set_something_up_get_in(town: Town, role: Role | None, status: int) -> None:
    client = client_of(town.person("somebody", role))
    answer = client.get("/admin/", follow=True)
    assert answer.status_code == status


def test_a_stranger_logs_in_on_the_one_page_that_there_is() -> None:
    answer = Client().get("/admin/catalog/service/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/?next=")


def test_djangos_staff_flag_opens_nothing(town: Town) -> None:
    user = town.person("somebody")
    User.objects.filter(pk=user.pk).update(is_staff=True)
    assert client_of(user).get("/admin/", follow=True).status_code == 403


def test_the_analyst_sees_geography_and_nothing_else(town: Town) -> None:
    client = client_of(town.person("gis", Role.GIS))
    assert client.get("/admin/layers/kind/").status_code == 200
    for page in ("catalog/service", "org/department", "accounts/user"):
        assert client.get(f"/admin/{page}/").status_code == 403


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


def form_of(client: Client, page: str) -> dict[str, Any]:
    """What a browser would send back unchanged."""
    context = client.get(page).context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    sent: dict[str, Any] = {}
    for form in forms:
        for field in form:
            value = field.value()
            widget = field.field.widget
            if hasattr(widget, "widgets_names") and hasattr(widget, "codes"):
                parts = zip(widget.widgets_names, widget.decompress(value), strict=True)
                sent |= {f"{field.html_name}{suffix}": part for suffix, part in parts}
            elif value is not None and value is not False:
                sent[field.html_name] = "on" if value is True else value
    return sent


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


def test_an_administrator_cannot_make_a_superuser_nor_see_one(town: Town) -> None:
    root = User.objects.create_superuser("root", "root@almendra.example", "secret")
    client = client_of(town.person("admin", Role.ADMIN))
    assert "root" not in client.get("/admin/accounts/user/").content.decode()
    other = town.person("somebody")
    page = reverse("admin:accounts_user_change", args=[other.pk])
    client.post(page, form_of(client, page) | {"is_superuser": "on"})
    other.refresh_from_db()
    assert not other.is_superuser
    assert client.get(reverse("admin:auth_user_password_change", args=[root.pk])).status_code in {302, 404}


def test_an_administrator_does_not_reach_people_of_another_jurisdiction(town: Town) -> None:
    elsewhere = bare_jurisdiction("elsewhere")
    theirs = town.person("theirs")
    town.assign(theirs, Role.MANAGER, jurisdiction=elsewhere)
    client = client_of(town.person("admin", Role.ADMIN))
    assert client.get(reverse("admin:accounts_user_change", args=[theirs.pk])).status_code == 302
    page = reverse("admin:accounts_user_change", args=[town.person("ours").pk])
    choices = client.get(page).context["inline_admin_formsets"][0].formset.empty_form.fields["jurisdiction"].queryset
    assert list(choices) == [town.jurisdiction]
