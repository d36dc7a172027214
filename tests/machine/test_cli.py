"""The command line: exit statuses, help, and the small script in front of it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from geoserver_app.accounts.demo import LOGINS
from geoserver_app.machine import caller_commands, serve, stopping
from geoserver_app.machine.cli import USAGE, main
from geoserver_app.machine.errors import MachineError
from geoserver_app.machine.place import CLONE, Place

COMMANDS = ["test", "test-all", "bench", "stop", "reset", "backup", "restore", "manage", "doctor", "help"]


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help"]) == 0
    told = capsys.readouterr().out
    assert [name for name in COMMANDS if f"./run {name}" not in told] == []


@pytest.mark.parametrize("words", [["nonsense"], ["stop", "now"], ["reset", "--force"], ["install-system", "--all"]])
def test_wrong_usage_ends_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_what_is_in_the_way_ends_with_1_and_one_message(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://a@db/onemap")
    monkeypatch.delenv("PUBLISHED_DATABASE_URL", raising=False)
    assert main(["manage", "check"]) == 1
    assert "./run: DATABASE_URL names your own database server, but" in capsys.readouterr().err


def test_reset_without_a_terminal_asks_for_yes(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.state.mkdir()
    monkeypatch.setattr(stopping, "existing_place", lambda clone: place)
    with Path(os.devnull).open() as nobody, pytest.raises(MachineError, match=r"\./run reset --yes"):
        monkeypatch.setattr(sys, "stdin", nobody)
        stopping.reset(place.clone, confirmed=False)
    assert place.state.exists()


def test_reset_deletes_what_was_made_and_nothing_else(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in (place.state, place.venv, place.sockets, place.clone / "layers"):
        folder.mkdir()
    monkeypatch.setattr(stopping, "existing_place", lambda clone: place)
    assert stopping.reset(place.clone, confirmed=True) == 0
    assert [folder.name for folder in place.clone.iterdir()] == ["layers"]
    assert not place.sockets.exists()


def test_stop_where_nothing_was_set_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert stopping.stop(tmp_path) == 0
    assert "Nothing is running." in capsys.readouterr().out


def test_an_older_python_is_refused_with_the_version_found(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\ntest "$1" = --version && echo "Python 3.9.2" && exit 0\nexit 1\n')
    old.chmod(0o755)
    only = tmp_path / "only"
    only.mkdir()
    for name in ("bash", "dirname", "env"):
        (only / name).symlink_to(f"/usr/bin/{name}")
    script = (CLONE / "run").read_text().replace(" /usr/bin/python3;", ";")
    (tmp_path / "run").write_text(script)
    done = subprocess.run(
        ["bash", tmp_path / "run"], env={"PATH": f"{tmp_path}:{only}"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed, but this machine has Python 3.9.2." in done.stderr
    assert "PYTHON=" in done.stderr


def test_the_script_works_from_any_folder(tmp_path: Path) -> None:
    (tmp_path / "geoserver_app").mkdir()  # a folder of that name in the caller's place is not ours
    (tmp_path / "geoserver_app" / "__init__.py").touch()
    done = subprocess.run([CLONE / "run", "help"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == USAGE


def test_the_demo_log_ins_that_are_printed_are_those_that_are_made() -> None:
    assert [f"{name} / {name}-demo" for name in serve.DEMO_LOGINS] == [
        f"{login.username} / {login.password}" for login in LOGINS
    ]


def test_everyday_tests_leave_out_slow_ones_unless_asked() -> None:
    assert caller_commands.pytest_options([], everything=False)[-2:] == ["-m", caller_commands.EVERYDAY]
    assert "-m" not in caller_commands.pytest_options(["-m", "slow"], everything=False)
    assert "-m" not in caller_commands.pytest_options([], everything=True)


@pytest.mark.parametrize("words", [["-n", "0"], ["-n4"], ["--numprocesses=1"]])
def test_a_number_of_processes_of_ones_own_is_kept(words: list[str]) -> None:
    assert "-n" not in caller_commands.pytest_options(words, everything=True)


def test_machine_imports_nothing_but_the_standard_library() -> None:
    code = (
        "import sys, geoserver_app.machine.cli\n"
        "known = set(sys.stdlib_module_names) | {'geoserver_app', '__main__'}\n"
        "print([name for name in sys.modules if name.split('.')[0] not in known])"
    )
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=CLONE, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr


def test_every_command_is_in_the_operators_documentation() -> None:
    pages = "".join(page.read_text() for page in (CLONE / "docs" / "operator").glob("*.md"))
    assert [name for name in COMMANDS if f"./run {name}" not in pages] == []
