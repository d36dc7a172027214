"""Log-in of staff: by name or address, with a second factor, with limits; nobody signs up."""

import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value
from django.test import Client

from geoserver_app.accounts import demo
from geoserver_app.accounts.models import User
from geoserver_app.accounts.roles import Role
from layers.errors import Conflict
from tests.accounts.conftest import Town

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


def log_in(client: Client, login: str, password: str, **more: str) -> Any:
    return client.post(LOGIN, {"login": login, "password": password, **more})


def code_now(secret: str) -> str:
    """What the app on the telephone shows now."""
    return f"{hotp_value(secret, int(time.time()) // 30):06d}"


def who(client: Client) -> str | None:
    key = client.session.get("_auth_user_id")
    return User.objects.get(pk=key).username if key else None


@pytest.mark.parametrize("login", ["agent", "AGENT@almendra.example"])
def test_user_name_or_email_address_opens(town: Town, client: Client, login: str) -> None:
    town.person("agent", Role.AGENT)
    assert log_in(client, login, "agent-secret").status_code == 302
    assert who(client) == "agent"


@pytest.mark.parametrize(
    ("role", "page"), [(Role.AGENT, "/console/"), (Role.ADMIN, "/console/"), (Role.GIS, "/console/gis/"), (None, "/")]
)
def test_everybody_lands_where_the_work_is(town: Town, client: Client, role: Role | None, page: str) -> None:
    town.person("somebody", role)
    assert log_in(client, "somebody", "somebody-secret").url == page


def test_log_in_goes_back_to_the_page_one_came_from_but_never_to_another_site(town: Town, client: Client) -> None:
    town.person("agent", Role.AGENT)
    assert log_in(client, "agent", "agent-secret", next="/console/new").url == "/console/new"
    client.logout()
    assert log_in(client, "agent", "agent-secret", next="https://evil.example/").url == "/console/"


def test_wrong_password_and_unknown_name_are_answered_alike(town: Town, client: Client) -> None:
    town.person("agent", Role.AGENT)
    answers = [log_in(client, name, "wrong").content.decode() for name in ("agent", "nobody")]
    plain = [re.sub(r'value="[^"]*"', "", answer) for answer in answers]
    assert plain[0] == plain[1]
    assert who(client) is None


def test_after_five_failures_the_door_is_shut_for_a_while(town: Town, client: Client) -> None:
    town.person("agent", Role.AGENT)
    for _ in range(5):
        log_in(client, "agent", "wrong")
    answer = log_in(client, "agent", "agent-secret")
    assert who(client) is None
    assert "Too many failed" in answer.content.decode()


def test_somebody_who_left_does_not_get_in(town: Town, client: Client) -> None:
    user = town.person("agent", Role.AGENT)
    User.objects.filter(pk=user.pk).update(is_active=False)
    log_in(client, "agent", "agent-secret")
    assert who(client) is None


def test_nobody_signs_up(client: Client) -> None:
    form = {"username": "me", "email": "me@example.org", "password1": "a-Long-1-pass", "password2": "a-Long-1-pass"}
    page = client.post("/accounts/signup/", form)
    assert "Accounts are made by the city" in page.content.decode()
    assert not User.objects.exists()


def test_email_addresses_are_not_ones_own_to_change(town: Town, client: Client) -> None:
    client.force_login(town.person("agent", Role.AGENT))
    assert client.get("/accounts/email/").status_code == 404


def test_a_password_is_not_reset_by_mail_where_there_is_no_mail(client: Client) -> None:
    assert client.get("/accounts/password/reset/").status_code == 404
    page = client.get(LOGIN).content.decode()
    assert "An administrator of your city gives you a new one" in page
    assert "/accounts/password/reset/" not in page


def test_a_second_factor_is_asked_for_after_the_password(town: Town, client: Client) -> None:
    user = town.person("manager", Role.MANAGER)
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    answer = log_in(client, "manager", "manager-secret")
    assert answer.url == "/accounts/2fa/authenticate/"
    assert who(client) is None
    client.post(answer.url, {"code": "000000"})
    assert who(client) is None
    code = code_now(secret)
    client.post(answer.url, {"code": code})
    assert who(client) == "manager"


def test_a_second_factor_is_set_up_with_a_code_to_scan_and_codes_for_the_day_the_phone_is_lost(
    town: Town, client: Client
) -> None:
    town.person("manager", Role.MANAGER)
    log_in(client, "manager", "manager-secret")
    asked_again = client.get("/accounts/2fa/totp/activate/")
    assert asked_again.url.startswith("/accounts/reauthenticate/")
    page = client.post(asked_again.url, {"password": "manager-secret"}, follow=True).content.decode()
    assert "data:image/svg+xml" in page
    secret = re.search(r'id="authenticator_secret"[^>]*value="([A-Z2-7]+)"|value="([A-Z2-7]{16,})"', page)
    assert secret is not None
    key = secret.group(1) or secret.group(2)
    client.post("/accounts/2fa/totp/activate/", {"code": code_now(key)})
    kinds = set(Authenticator.objects.filter(user__username="manager").values_list("type", flat=True))
    assert kinds == {"totp", "recovery_codes"}


@pytest.mark.parametrize(
    "address", [LOGIN, "/accounts/signup/", "/accounts/logout/", "/accounts/2fa/", "/accounts/password/change/"]
)
@pytest.mark.parametrize("language", ["en", "es"])
def test_pages_of_the_log_in_speak_both_languages(town: Town, client: Client, address: str, language: str) -> None:
    if address not in {LOGIN, "/accounts/signup/"}:
        user = town.person("agent", Role.AGENT)
        client.force_login(user)
    page = client.get(address, {"lang": language})
    assert page.status_code == 200
    heading = re.search(r"<h1>\s*(.*?)\s*</h1>", page.content.decode(), re.DOTALL)
    assert heading is not None
    english = {"Log in", "Accounts are made by the city", "Sign Out", "Two-Factor Authentication", "Change Password"}
    assert (heading.group(1) in english) is (language == "en")


def test_every_field_has_a_label(client: Client) -> None:
    page = client.get(LOGIN).content.decode()
    named = set(re.findall(r'<label[^>]* for="([^"]+)"', page))
    inputs = re.findall(r"<input[^>]*>", page)
    ids = {found.group(1) for one in inputs if "hidden" not in one and (found := re.search(r'id="([^"]+)"', one))}
    assert ids <= named


def test_demo_log_ins_are_shown_and_made_only_in_the_demo(client: Client, settings: Any) -> None:
    settings.DEMO = False
    assert "agent-demo" not in client.get(LOGIN).content.decode()
    with pytest.raises(Conflict):
        demo.create_logins()
    settings.DEMO = True
    assert "agent-demo" in client.get(LOGIN).content.decode()
    demo.create_logins()
    demo.create_logins()
    assert User.objects.count() == 9


@pytest.mark.parametrize("login", demo.LOGINS, ids=lambda login: login.username)
def test_every_demo_log_in_opens_with_its_password(client: Client, settings: Any, login: demo.DemoLogin) -> None:
    settings.DEMO = True
    demo.create_logins()
    log_in(client, login.username, f"{login.username}-demo")
    assert who(client) == login.username
