"""The administration: who gets in, and to whom people and their roles are shown."""

import pytest
from django.test import Client
from django.urls import reverse

from geoserver_app.accounts.models import User
from geoserver_app.accounts.roles import Role
from tests.accounts.browser import client_of, form_of
from tests.accounts.conftest import Town
from tests.city import bare_jurisdiction

pytestmark = pytest.mark.django_db


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


def test_the_log_ins_own_tables_are_not_edited_by_hand(town: Town) -> None:
    root = User.objects.create_superuser("root", "root@almendra.example", "secret")
    for page in ("account/emailaddress", "mfa/authenticator", "socialaccount/socialapp", "auth/group"):
        assert client_of(root).get(f"/admin/{page}/").status_code == 404
