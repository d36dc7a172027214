"""What is missing on a machine, how it is installed, and what is said where it cannot be."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from geoserver_app.machine import code_copy, postgresql, system_packages, virtual_environment
from geoserver_app.machine.account import caller
from geoserver_app.machine.errors import CommandFailed, MachineError
from geoserver_app.machine.place import CLONE, Place
from geoserver_app.machine.stamps import Stamp, digest
from geoserver_app.machine.system_packages import Need, find_browser, install, is_snap, missing

Apt = Callable[..., Path]
APT = """#!/bin/sh
echo "apt-get $*" >> {log}
test "$1" = install && exit {status}
exit 0
"""
CACHE = """#!/bin/sh
case "$1" in
depends) echo "  Depends: postgresql-{default}" ;;
--names-only) for major in {offered}; do echo "postgresql-$major-postgis-3 - geographic objects"; done ;;
policy) echo "  Candidate: {chromium}" ;;
esac
"""


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Apt:
    """Stand-ins for apt-get and apt-cache; returns the calls made."""
    programs, log = tmp_path / "programs", tmp_path / "calls"
    programs.mkdir()
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(system_packages, "CREATECLUSTER", tmp_path / "etc" / "createcluster.conf")

    def offer(*, default: int = 15, offered: str = "15", chromium: str = "1.0", status: int = 0) -> Path:
        write(programs / "apt-get", APT.format(log=log, status=status))
        write(programs / "apt-cache", CACHE.format(default=default, offered=offered, chromium=chromium))
        return log

    return offer


def write(program: Path, text: str) -> None:
    program.write_text(text)
    program.chmod(0o755)


DATABASE = [Need("postgresql-postgis", "the database")]


def test_nothing_missing_calls_nothing(apt: Apt) -> None:
    log = apt()
    install([])
    assert not log.exists()


def test_one_update_and_one_installation_without_recommended_packages(apt: Apt) -> None:
    log = apt()
    install([*DATABASE, Need("python3-venv", "packages")])
    calls = log.read_text().splitlines()
    assert [call.split()[1] for call in calls] == ["update", "install"]
    assert "--no-install-recommends" in calls[1]
    assert calls[1].endswith("postgresql-15 postgresql-15-postgis-3 python3-venv")


def test_no_default_cluster_is_started_by_the_packages(apt: Apt) -> None:
    apt()
    install(DATABASE)
    assert "create_main_cluster = false" in system_packages.CREATECLUSTER.read_text()


def test_an_administrators_createcluster_conf_is_respected(apt: Apt) -> None:
    apt()
    system_packages.CREATECLUSTER.parent.mkdir()
    system_packages.CREATECLUSTER.write_text("start_conf = 'manual'\n")
    install(DATABASE)
    assert system_packages.CREATECLUSTER.read_text() == "start_conf = 'manual'\n"


def test_the_releases_own_postgresql_is_taken_if_it_comes_with_postgis(apt: Apt) -> None:
    log = apt(default=16, offered="15 16 18")
    install(DATABASE)
    assert "postgresql-16 postgresql-16-postgis-3" in log.read_text()


def test_else_the_newest_with_postgis(apt: Apt) -> None:
    log = apt(default=18, offered="15 16")
    install(DATABASE)
    assert "postgresql-16 postgresql-16-postgis-3" in log.read_text()


def test_a_release_that_is_too_old_is_told_what_to_do(apt: Apt) -> None:
    apt(default=13, offered="13")
    with pytest.raises(MachineError, match=r"no PostgreSQL 15 or newer with PostGIS.*own-database\.md"):
        install(DATABASE)


def test_a_failed_installation_says_how_to_put_it_right(apt: Apt) -> None:
    apt(status=100)
    with pytest.raises(CommandFailed, match=r"dpkg --configure -a"):
        install(DATABASE)


def test_a_release_with_chromium_as_a_snap_names_three_ways_on(apt: Apt) -> None:
    apt(chromium="(none)")
    with pytest.raises(MachineError, match=r'CHROMIUM=/path.*-m "not browser"'):
        install([Need("chromium", "pages")])


def test_without_apt_the_other_ways_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MachineError, match=r"no apt-get.*Debian 12.*docker/.*own-database\.md"):
        install(DATABASE)


def test_without_sudo_the_command_for_an_administrator_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write(tmp_path / "apt-get", "#!/bin/sh\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(
        MachineError, match=r"as root in this folder: python3 -m geoserver_app\.machine install-system$"
    ):
        install(DATABASE)


def test_each_missing_package_says_what_it_is_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "installed", list)
    monkeypatch.setattr(system_packages, "find_browser", lambda: None)
    monkeypatch.setattr(system_packages, "_has_library", lambda name: False)
    needs = missing(Path("/bin/false"), database=True, tests=True)
    assert [need.package for need in needs] == [
        "postgresql-postgis",
        "python3-venv",
        "libpango-1.0-0",
        "libpangoft2-1.0-0",
        "libharfbuzz-subset0",
        "chromium",
        "fonts-dejavu-core",
        "libatomic1",
    ]
    assert all(need.why for need in needs)


def test_an_own_server_needs_no_postgresql_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "installed", list)
    assert missing(Path(sys.executable), database=False, tests=False) == []


def test_snaps_and_ubuntus_stand_in_are_not_browsers(tmp_path: Path) -> None:
    write(tmp_path / "stand-in", "#!/bin/sh\nexec /snap/bin/chromium\n")
    write(tmp_path / "real", "#!/bin/sh\nexec /usr/lib/chromium/chromium\n")
    assert is_snap(tmp_path / "stand-in")
    assert not is_snap(tmp_path / "real")


def test_a_browser_named_by_hand_must_be_a_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "none"))
    with pytest.raises(MachineError, match="is not a program"):
        find_browser()
    write(tmp_path / "chrome", "#!/bin/sh\n")
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "chrome"))
    assert find_browser() == str(tmp_path / "chrome")


def test_a_broken_virtual_environment_is_thrown_away(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    write(place.clone / "new", "#!/bin/sh\n")
    maker = place.clone / "python"
    write(maker, f'#!/bin/sh\ntest "$2" = venv && install -D {place.clone}/new "$3/bin/python" || echo 3.11\n')
    (place.venv / "bin").mkdir(parents=True)
    (place.venv / "half").touch()
    write(place.python, "#!/bin/sh\nexit 1\n")
    (place.clone / "requirements.txt").write_text("")
    monkeypatch.setattr(virtual_environment, "_pip_install", lambda place, files: None)
    virtual_environment.install(place, maker, tests=False)
    assert not (place.venv / "half").exists()
    assert virtual_environment._works(place.python)


@pytest.mark.slow
def test_a_broken_virtual_environment_is_made_anew(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    (place.venv / "bin").mkdir(parents=True)
    write(place.python, "#!/bin/sh\nexit 1\n")
    (place.clone / "requirements.txt").write_text("")
    monkeypatch.setattr(virtual_environment, "_pip_install", lambda place, files: None)
    virtual_environment.install(place, Path(os.path.realpath(sys.executable)), tests=False)
    done = subprocess.run([place.python, "-c", "print('works')"], capture_output=True, text=True, check=True)
    assert done.stdout == "works\n"


def test_packages_are_installed_again_only_when_the_pins_change(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    (place.clone / "requirements.txt").write_text("one")
    monkeypatch.setattr(virtual_environment, "_works", lambda python: True)
    monkeypatch.setattr(virtual_environment, "_pip_install", lambda place, files: calls.append(len(files)))
    python = Path(os.path.realpath(sys.executable))
    for text in ("one", "one", "two"):
        (place.clone / "requirements.txt").write_text(text)
        virtual_environment.install(place, python, tests=False)
    assert calls == [1, 1]


def test_every_package_is_pinned_by_hash(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []
    monkeypatch.setattr(subprocess, "run", lambda command, **_: seen.append(command) or _Done())
    virtual_environment._pip_install(place, [place.clone / "requirements.txt"])
    assert "--require-hashes" in seen[0]


class _Done:
    returncode = 0


def test_the_python_of_the_service_user_is_one_that_it_can_run() -> None:
    python = virtual_environment.choose_python(caller())
    assert subprocess.run([python, "-c", "import sys; assert sys.version_info >= (3, 11)"], check=False).returncode == 0


def test_the_copy_follows_the_clone(place: Place) -> None:
    copied = Place(place.clone, place.state, place.venv, place.sockets, place.account, copied=True)
    copied.state.mkdir()
    for name in code_copy.COPIED[1:]:
        (place.clone / name).mkdir()
    (place.clone / "manage.py").write_text("1")
    (place.clone / "layers" / "old.py").write_text("1")
    code_copy.refresh(copied)
    (place.clone / "layers" / "old.py").unlink()
    (place.clone / "layers" / "new.py").write_text("2")
    code_copy.refresh(copied)
    assert sorted(file.name for file in copied.code.rglob("*.py")) == ["manage.py", "new.py"]
    assert (copied.code / "layers" / "new.py").stat().st_mode & 0o777 == 0o644


def test_everything_that_the_services_import_is_copied() -> None:
    top = {path.name for path in CLONE.iterdir() if (path / "__init__.py").exists() or path.name == "manage.py"}
    assert top - {"tests"} <= set(code_copy.COPIED)


def test_a_stamp_is_fresh_only_for_what_it_was_set_with(tmp_path: Path) -> None:
    file = tmp_path / "views.sql"
    file.write_text("select 1")
    stamp = Stamp(tmp_path / "stamps", "migrated")
    assert not stamp.fresh(digest([file]))
    stamp.set(digest([file]))
    assert stamp.fresh(digest([file]))
    file.write_text("select 2")
    assert not stamp.fresh(digest([file]))
    stamp.clear()
    assert not stamp.fresh("")
