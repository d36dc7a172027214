"""The container files, as far as they can be held against something without a container engine."""

import re
import subprocess
import sys
from pathlib import Path

import yaml

from geoserver_app.machine import container
from geoserver_app.machine.place import CLONE
from geoserver_app.machine.settings_environment import SETTINGS

DOCKER = CLONE / "docker"
COMPOSE = yaml.safe_load((DOCKER / "compose.yaml").read_text())
OWN_VARIABLES = {"BIND", "PORT", *container.PASSWORDS.values()}


def test_compose_file_follows_the_compose_schema() -> None:
    program = Path(sys.executable).with_name("check-jsonschema")
    done = subprocess.run(
        [program, "--builtin-schema", "vendor.compose-spec", DOCKER / "compose.yaml"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_database_server_worker_and_nginx_are_there() -> None:
    assert set(COMPOSE["services"]) == {"database", "migrate", "server", "worker", "nginx"}


def test_every_step_is_a_command_of_the_machine() -> None:
    text = (DOCKER / "Dockerfile").read_text() + (DOCKER / "compose.yaml").read_text()
    called = set(re.findall(r"geoserver_app\.machine\"?,? \"?([a-z][a-z-]+)", text))
    assert called <= set(container.COMMANDS)
    assert {"install-system", "install-program", "database", "migrate", "server", "worker"} <= called


def test_only_nginx_is_reachable_and_from_this_machine_unless_told_otherwise() -> None:
    published = {name: service.get("ports") for name, service in COMPOSE["services"].items() if service.get("ports")}
    assert published == {"nginx": ["${BIND:-127.0.0.1}:${PORT:-8080}:80"]}
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_server_and_worker_do_not_hold_the_owners_password() -> None:
    for name in ("server", "worker"):
        assert "OWNER" not in str(COMPOSE["services"][name]["environment"])


def test_only_known_settings_are_passed() -> None:
    for name in ("migrate", "server", "worker"):
        assert set(COMPOSE["services"][name]["environment"]) <= set(SETTINGS)


def test_every_variable_asked_for_is_made_or_documented() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", (DOCKER / "compose.yaml").read_text()))
    page = (CLONE / "docs" / "operator" / "containers.md").read_text()
    assert [name for name in asked if f"`{name}`" not in page] == []
    assert asked <= OWN_VARIABLES | set(SETTINGS)


def test_new_secrets_make_a_complete_env_file() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "geoserver_app.machine", "new-secrets"],
        cwd=CLONE,
        capture_output=True,
        text=True,
        check=True,
    )
    made = dict(line.split("=", 1) for line in done.stdout.splitlines())
    required = set(re.findall(r"\$\{([A-Z_]+):\?", (DOCKER / "compose.yaml").read_text()))
    assert set(made) == required
    assert all(re.fullmatch(r"[\w-]{50,}", value) for value in made.values())


def test_services_run_as_the_unprivileged_user() -> None:
    stages = re.split(r"^FROM ", (DOCKER / "Dockerfile").read_text(), flags=re.MULTILINE)[2:]
    assert all("\nUSER onemap\n" in stage for stage in stages)


def test_every_file_that_is_copied_is_there() -> None:
    for line in re.findall(r"^COPY (.+)$", (DOCKER / "Dockerfile").read_text(), flags=re.MULTILINE):
        assert (CLONE / line.split()[0]).exists()
