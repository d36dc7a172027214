"""The settings refuse to start rather than to run unsafely: tried in a process of their own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
START = "from django.conf import settings; print(settings.DEBUG)"


def start(**changed: str | None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "geoserver_app.settings"}
    for name, value in changed.items():
        environment.pop(name, None)
        if value is not None:
            environment[name] = value
    return subprocess.run(
        [sys.executable, "-c", START],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "PUBLISHED_DATABASE_URL"])
def test_missing_setting_is_named_and_refused(name: str) -> None:
    done = start(**{name: None, "ONEMAP_AS_OWNER": None})
    assert done.returncode != 0
    assert f"{name} is not set" in done.stderr


def test_short_secret_is_refused_with_the_way_to_make_one() -> None:
    done = start(SECRET_KEY="short")
    assert done.returncode != 0
    assert "secrets.token_urlsafe" in done.stderr


def test_demo_is_refused_with_a_database_that_is_not_private() -> None:
    done = start(DEMO="1", ONEMAP_PRIVATE_DATABASE=None)
    assert done.returncode != 0
    assert "Unset DEMO" in done.stderr


def test_a_switch_is_0_or_1() -> None:
    done = start(HTTPS="yes")
    assert done.returncode != 0
    assert "HTTPS is 'yes'" in done.stderr


def test_no_variable_turns_debugging_on() -> None:
    done = start(DEBUG="1", DJANGO_DEBUG="1")
    assert done.stdout.strip().endswith("False")


@pytest.mark.parametrize("more", [["--tag", "security"], pytest.param([], marks=pytest.mark.slow)], ids=len)
def test_https_turns_every_protection_on(more: list[str]) -> None:
    environment = {**os.environ, "HTTPS": "1", "DEMO": "0"}
    # Set in this process where browser tests ran before; a deployment has it not.
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # set for the browser of the tests, and refused in earnest
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING", *more],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
