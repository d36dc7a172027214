"""Log-in through the city's own directory by OpenID Connect, against a small directory on this machine."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from geoserver_app.accounts.models import User
from geoserver_app.accounts.roles import Role
from tests.accounts.conftest import Town

ROOT = Path(__file__).resolve().parents[2]


class Directory(BaseHTTPRequestHandler):
    """Answers as an OpenID provider: discovery, token, who it is."""

    person: ClassVar[dict[str, Any]] = {}
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        base = f"http://127.0.0.1:{self.server.server_port}"
        if self.path == "/.well-known/openid-configuration":
            self._answer({
                "issuer": base, "authorization_endpoint": f"{base}/authorize", "token_endpoint": f"{base}/token",
                "userinfo_endpoint": f"{base}/me", "jwks_uri": f"{base}/keys",
            })  # fmt: skip
        elif self.headers.get("Authorization") == "Bearer a-token":
            self._answer(self.person)

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.asked.append(sent)
        self._answer({"access_token": "a-token", "token_type": "Bearer"})

    def _answer(self, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Nothing: tests print nothing."""


@pytest.fixture
def directory(settings: Any) -> Iterator[type[Directory]]:
    server = HTTPServer(("127.0.0.1", 0), Directory)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    app = {
        "provider_id": "directory", "name": "City directory", "client_id": "onemap", "secret": "shared",
        "settings": {"server_url": f"http://127.0.0.1:{server.server_port}", "oauth_pkce_enabled": True},
    }  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    Directory.asked.clear()
    yield Directory
    server.shutdown()
    thread.join()
    server.server_close()


def log_in(client: Client) -> Any:
    """Follows the way a browser takes: to the directory, and back with a code."""
    sent = client.post("/accounts/oidc/directory/login/")
    assert urlsplit(sent.url).path == "/authorize"
    query = parse_qs(urlsplit(sent.url).query)
    assert query["code_challenge_method"] == ["S256"]
    return client.get("/accounts/oidc/directory/login/callback/", {"code": "a-code", "state": query["state"][0]})


def who(client: Client) -> str | None:
    key = client.session.get("_auth_user_id")
    return User.objects.get(pk=key).username if key else None


@pytest.mark.django_db
def test_the_log_in_page_offers_the_directory(client: Client, directory: type[Directory]) -> None:
    page = client.get("/accounts/login/").content.decode()
    assert "Log in with City directory" in page
    assert 'action="/accounts/oidc/directory/login/' in page


@pytest.mark.django_db
def test_somebody_the_city_knows_gets_in_with_what_the_assignment_gives(
    town: Town, client: Client, directory: type[Directory]
) -> None:
    town.person("lena", Role.LIAISON, department="works")
    directory.person = {"sub": "42", "email": "Lena@almendra.example", "email_verified": True}
    assert log_in(client).url == "/console/"
    assert who(client) == "lena"
    assert "code_verifier=" in directory.asked[0]
    assert not User.objects.get().has_usable_password()


@pytest.mark.django_db
def test_a_second_factor_set_up_here_is_asked_for_after_the_directory_too(
    town: Town, client: Client, directory: type[Directory]
) -> None:
    TOTP.activate(town.person("lena", Role.LIAISON, department="works"), generate_totp_secret())
    directory.person = {"sub": "42", "email": "lena@almendra.example", "email_verified": True}
    assert log_in(client).url == "/accounts/2fa/authenticate/"
    assert who(client) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "person",
    [
        {"sub": "1", "email": "stranger@almendra.example", "email_verified": True},
        {"sub": "2", "email": "lena@almendra.example", "email_verified": False},
        {"sub": "3"},
    ],
    ids=["unknown", "unverified", "nameless"],
)
def test_the_directory_opens_no_door_for_whom_the_city_does_not_know(
    town: Town, client: Client, directory: type[Directory], person: dict[str, Any]
) -> None:
    town.person("lena", Role.LIAISON, department="works")
    directory.person = person
    page = log_in(client)
    assert who(client) is None
    assert User.objects.count() == 1
    assert "Accounts are made by the city" in page.content.decode()


@pytest.mark.django_db
def test_somebody_who_left_the_city_does_not_get_in(town: Town, client: Client, directory: type[Directory]) -> None:
    town.person("lena", Role.LIAISON, department="works")
    User.objects.update(is_active=False)
    directory.person = {"sub": "42", "email": "lena@almendra.example", "email_verified": True}
    log_in(client)
    assert who(client) is None


@pytest.mark.django_db
def test_a_forged_return_is_refused(town: Town, client: Client, directory: type[Directory]) -> None:
    town.person("lena", Role.LIAISON, department="works")
    directory.person = {"sub": "42", "email": "lena@almendra.example", "email_verified": True}
    client.get("/accounts/oidc/directory/login/callback/", {"code": "a-code", "state": "forged"})
    assert who(client) is None
    assert directory.asked == []


def start(statement: str, **environment: str) -> subprocess.CompletedProcess[str]:
    code = f"import django; django.setup(); from django.conf import settings; print({statement})"
    given = {**os.environ, "DJANGO_SETTINGS_MODULE": "geoserver_app.settings", **environment}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=given, capture_output=True, text=True, check=False
    )


def test_half_a_directory_is_refused_at_the_start() -> None:
    done = start("1", OIDC_SERVER_URL="https://id.example")
    assert done.returncode != 0
    assert "OIDC_CLIENT_ID, OIDC_CLIENT_SECRET" in done.stderr


def test_the_browser_may_go_on_to_the_directory_and_nowhere_else() -> None:
    whole = {"OIDC_SERVER_URL": "https://id.example/realm", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b"}
    done = start("settings.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action']", **whole)
    assert "'https://id.example'" in done.stdout
    assert "realm" not in done.stdout
