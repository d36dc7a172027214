"""Where a clone keeps its things, and who may."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from geoserver_app.machine import account as accounts
from geoserver_app.machine.account import caller, existing_service_account
from geoserver_app.machine.errors import WrongOwner
from geoserver_app.machine.place import (
    LONGEST_SOCKET_PATH,
    SOCKET_FILE,
    Place,
    find_place,
    make_folders,
    make_sockets_folder,
    short_hash,
)

as_root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root starts services as another user")


@pytest.fixture
def closed_home() -> Iterator[Path]:
    """A home folder like root's: closed to everybody else."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        yield Path(folder)


def with_program(clone: Path) -> Path:
    (clone / "geoserver_app" / "machine").mkdir(parents=True)
    (clone / "geoserver_app" / "machine" / "dba.sql").touch()
    return clone


def test_two_clones_have_nothing_in_common(tmp_path: Path) -> None:
    one, other = (find_place(tmp_path / name, caller()) for name in ("one", "other"))
    assert one.sockets != other.sockets
    assert one.state != other.state
    assert one.database_name("test") != other.database_name("test")


def test_short_hash_is_eight_hex_digits_of_the_path() -> None:
    assert len(short_hash(Path("/srv/city"))) == 8
    assert set(short_hash(Path("/srv/city"))) <= set("0123456789abcdef")


def test_socket_path_is_short_however_deep_the_clone_lies() -> None:
    deep = Path("/srv") / "/".join(["a-rather-long-folder-name"] * 20)
    found = find_place(deep, caller())
    assert len(os.fsencode(found.sockets / SOCKET_FILE)) < LONGEST_SOCKET_PATH


def test_socket_folder_is_made_0700(place: Place) -> None:
    make_sockets_folder(place)
    assert place.sockets.stat().st_mode & 0o777 == 0o700


def test_socket_folder_that_is_a_link_is_refused(place: Place, tmp_path: Path) -> None:
    place.sockets.symlink_to(tmp_path)
    with pytest.raises(WrongOwner, match="Have it removed"):
        make_sockets_folder(place)


@as_root_only
def test_socket_folder_of_somebody_else_is_refused(place: Place) -> None:
    place.sockets.mkdir()
    os.chown(place.sockets, 65534, 65534)
    with pytest.raises(WrongOwner, match=r"belongs to another user \(uid 65534\)"):
        make_sockets_folder(place)


@as_root_only
def test_clone_that_another_user_set_up_is_refused(place: Place) -> None:
    make_folders(place)
    os.chown(place.state, 65534, 65534)
    with pytest.raises(WrongOwner, match=r"set up by another user.*Run \./run as that user"):
        find_place(place.clone, caller())


@as_root_only
def test_clone_under_a_closed_home_keeps_its_data_outside(closed_home: Path) -> None:
    account = existing_service_account()
    assert account
    clone = with_program(closed_home / "city")
    found = find_place(clone, account)
    assert found.copied
    assert found.state == Path("/var/lib") / f"onemap-{short_hash(clone)}"
    assert found.venv.is_relative_to(found.state)


@as_root_only
def test_clone_that_services_can_read_keeps_its_data_inside(closed_home: Path) -> None:
    account = existing_service_account()
    assert account
    clone = with_program(closed_home / "city")
    closed_home.chmod(0o755)
    found = find_place(clone, account)
    assert not found.copied
    assert found.state == clone / ".onemap"
    assert found.code == clone


@as_root_only
def test_services_of_root_run_as_the_unprivileged_user() -> None:
    account = existing_service_account()
    assert account
    done = subprocess.run(account.command("id", "-un"), capture_output=True, text=True, check=True)
    assert done.stdout.strip() == accounts.SERVICE_USER


def test_services_of_an_ordinary_user_are_its_own() -> None:
    assert caller().command("id", "-u") == ["id", "-u"]


def test_folder_with_the_secrets_of_a_run_is_closed(place: Place) -> None:
    make_folders(place)
    assert place.run.stat().st_mode & 0o777 == 0o700
    assert place.data.stat().st_mode & 0o007 == 0
