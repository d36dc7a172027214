"""The variables that processes get: secrets kept, strangers' variables kept out."""

import re
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from geoserver_app.machine.account import Account
from geoserver_app.machine.errors import MachineError
from geoserver_app.machine.own_server import configuration, read_variables, uses_own_server
from geoserver_app.machine.place import CLONE, Place
from geoserver_app.machine.settings_environment import (
    SETTINGS,
    database_url,
    for_process,
    load_secrets,
    private_variables,
)

OF_ROOT = Account("onemap", 998, 998, is_caller=False)
OWN = {
    "DATABASE_URL": "postgresql://a@db/onemap",
    "OWNER_DATABASE_URL": "postgresql://o@db/onemap",
    "PUBLISHED_DATABASE_URL": "postgresql://r@db/onemap",
    "SECRET_KEY": "k" * 50,
}


def test_secrets_are_made_once_and_only_their_maker_reads_them(tmp_path: Path) -> None:
    first = load_secrets(tmp_path / "env")
    assert load_secrets(tmp_path / "env") == first
    assert (tmp_path / "env").stat().st_mode & 0o777 == 0o600
    assert len(set(vars(first).values())) == 5
    assert all(len(value) >= 50 for value in vars(first).values())


def test_a_file_cut_off_by_a_crash_is_completed_and_what_was_there_kept(tmp_path: Path) -> None:
    first = load_secrets(tmp_path / "env")
    (tmp_path / "env").write_text(f"SECRET_KEY={first.secret_key}\n")
    second = load_secrets(tmp_path / "env")
    assert second.secret_key == first.secret_key
    assert second.app_password
    assert load_secrets(tmp_path / "env") == second


def test_a_database_address_survives_awkward_passwords() -> None:
    url = urlsplit(database_url("onemap_app", "a/b@c:d?e", "/run/onemap-1a2b3c4d"))
    assert unquote(url.password or "") == "a/b@c:d?e"
    assert parse_qs(url.query)["host"] == ["/run/onemap-1a2b3c4d"]
    assert url.path == "/onemap"


def test_services_of_root_do_not_get_roots_environment(place: Place) -> None:
    environ = {"PATH": "/usr/bin", "CLOUD_PASSWORD": "x", "LOG_LEVEL": "DEBUG", "HOME": "/elsewhere"}
    given = for_process(OF_ROOT, place, {"DEMO": "1"}, environ)
    assert "CLOUD_PASSWORD" not in given
    assert given["LOG_LEVEL"] == "DEBUG"
    assert given["HOME"] == str(place.data)
    assert given["DEMO"] == "1"


def test_variables_of_libpq_never_bend_a_connection(place: Place) -> None:
    environ = {"PATH": "/usr/bin", "PGHOST": "elsewhere", "PGOPTIONS": "-c x=1", "HTTPS_PROXY": "kept"}
    given = for_process(place.account, place, {}, environ)
    assert not [name for name in given if name.startswith("PG")]
    assert given["HTTPS_PROXY"] == "kept"


def test_every_documented_setting_reaches_the_services() -> None:
    page = (CLONE / "docs" / "operator" / "settings.md").read_text()
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`([A-Z0-9_]+)`", row)}
    ours = {name for name in named if name.startswith("ONEMAP_")} | {"DEMO"}
    assert named - ours == set(SETTINGS)


def test_the_private_database_is_a_demo_unless_told_otherwise(place: Place) -> None:
    known = load_secrets(place.clone / "env")
    assert private_variables(place, known, {})["DEMO"] == "1"
    assert private_variables(place, known, {"DEMO": "0"})["DEMO"] == "0"


def test_what_an_operator_sets_is_kept_but_not_the_database(place: Place) -> None:
    given = private_variables(place, load_secrets(place.clone / "env"), {"LOG_LEVEL": "DEBUG", "DATA_DIR": "/x", **OWN})
    assert given["LOG_LEVEL"] == "DEBUG"
    assert given["DATABASE_URL"].startswith("postgresql://onemap_app:")
    assert given["DATA_DIR"] == str(place.data)


def test_an_own_server_named_by_halves_is_refused() -> None:
    assert uses_own_server(OWN)
    assert not uses_own_server({"SECRET_KEY": "x"})
    with pytest.raises(MachineError, match="OWNER_DATABASE_URL, SECRET_KEY is not set"):
        uses_own_server({name: OWN[name] for name in ("DATABASE_URL", "PUBLISHED_DATABASE_URL")})


def test_a_demo_on_an_own_server_is_refused() -> None:
    with pytest.raises(MachineError, match="Unset DEMO"):
        uses_own_server({**OWN, "DEMO": "1"})


def test_onemap_env_is_read_and_the_environment_overrides_it(tmp_path: Path) -> None:
    (tmp_path / "onemap.env").write_text("# ours\nLOG_LEVEL=INFO\nexport HTTPS='1'\n\nSECRET_KEY=\"a=b\"\n")
    assert configuration(tmp_path, {"LOG_LEVEL": "DEBUG", "HTTPS": ""}) == {
        "LOG_LEVEL": "DEBUG",
        "HTTPS": "1",
        "SECRET_KEY": "a=b",
    }


def test_a_line_that_is_no_variable_is_named(tmp_path: Path) -> None:
    (tmp_path / "onemap.env").write_text("LOG_LEVEL=INFO\nwhat is this\n")
    with pytest.raises(MachineError, match="line 2: 'what is this' is not NAME=value"):
        read_variables(tmp_path / "onemap.env")
