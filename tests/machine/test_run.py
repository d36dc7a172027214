"""./run itself, in a clone of its own: started, killed in every way, started again, stopped, deleted."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from geoserver_app.machine import processes
from geoserver_app.machine.cluster import postmaster
from geoserver_app.machine.code_copy import COPIED
from geoserver_app.machine.place import CLONE, Place, existing_place

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
PATIENCE_S = 60


class Running:
    """A ./run in the background, as far as its greeting; `told` is what it printed till then."""

    def __init__(self, clone: Path, environ: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [clone / "run"], env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self.process.stdout
        self.told = ""
        for line in self.process.stdout:
            self.told += line
            if line.startswith("Logs:"):
                break
        found = re.search(r"is at (http://\S+)", self.told)
        assert found, self.told
        self.address = found.group(1)

    def rest(self) -> str:
        """What it printed after its greeting, once it has ended."""
        return self.process.communicate(timeout=PATIENCE_S)[0]


@pytest.fixture(scope="module")
def clone() -> Iterator[Path]:
    """A clone of this work tree that shares its virtual environment; nothing of it is left afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="onemap-run-", dir="/var/tmp"))
    folder.chmod(0o755)
    for name in (*COPIED, "run", "requirements.txt"):
        source = CLONE / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, folder / name)
    (folder / ".venv").symlink_to(sys.prefix)
    yield folder
    subprocess.run([folder / "run", "reset", "--yes"], env=environment(), check=False)
    shutil.rmtree(folder)


def environment(**more: str) -> dict[str, str]:
    kept = {
        name: os.environ[name] for name in ("PATH", "HOME", "LANG", "SSL_CERT_FILE", "PIP_CERT") if name in os.environ
    }
    return {**kept, "DEMO": "0", **more}


def call(clone: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [clone / "run", *words], env=environment(**more), stdin=subprocess.DEVNULL, capture_output=True, text=True,
        check=False, timeout=300,
    )  # fmt: skip


def becomes_ready(address: str) -> bool:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address + "readyz", timeout=5) as answer:  # noqa: S310  (loopback)
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            continue
    return False


def place_of(clone: Path) -> Place:
    found = existing_place(clone)
    assert found
    return found


def test_it_serves_and_a_second_one_says_where(clone: Path) -> None:
    first = Running(clone, environment())
    second = call(clone)
    assert becomes_ready(first.address)
    assert second.returncode == 0
    assert f"is running already: {first.address}" in second.stdout
    assert call(clone, "stop").stdout == "Stopped.\n"
    assert first.rest().endswith("stopped\n")
    assert processes.working_in(place_of(clone).cluster) == []


def test_the_second_start_takes_seconds(clone: Path) -> None:
    again = Running(clone, environment())
    found = re.search(r"ready after (\d+) s", again.told)
    call(clone, "stop")
    again.rest()
    assert found
    assert int(found.group(1)) < 30
    assert "installing" not in again.told
    assert "tables up to date" not in again.told


def test_a_database_killed_under_it_is_started_again(clone: Path) -> None:
    running = Running(clone, environment())
    main = postmaster(place_of(clone).cluster)
    assert main
    main.send(signal.SIGKILL)
    processes.wait_gone([main], 10)
    assert becomes_ready(running.address)
    running.process.send_signal(signal.SIGINT)
    assert "the database ended; starting it again" in running.rest()
    assert running.process.returncode == 0


def test_after_all_was_killed_it_starts_again(clone: Path) -> None:
    killed = Running(clone, environment())
    main = postmaster(place_of(clone).cluster)
    assert main
    main.send(signal.SIGKILL)
    killed.process.kill()
    killed.rest()
    again = Running(clone, environment())
    assert "was not stopped properly" in again.told
    assert becomes_ready(again.address)
    call(clone, "stop")
    again.rest()


def test_a_port_in_use_is_refused_with_exit_status_1(clone: Path) -> None:
    running = Running(clone, environment())
    port = running.address.rstrip("/").rpartition(":")[2]
    other = subprocess.run(
        [CLONE / "run"],
        env=environment(PORT=port),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    call(clone, "stop")
    running.rest()
    assert other.returncode == 1
    assert f"Port {port} of 127.0.0.1 is in use by granian" in other.stderr


def test_a_django_command_runs_in_the_callers_folder(clone: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [clone / "run", "manage", "shell", "-v", "0", "-c", "import os; print(os.getcwd())"],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.strip().splitlines()[-1] == str(tmp_path)


def test_doctor_finds_nothing_wrong(clone: Path) -> None:
    done = call(clone, "doctor", "--strict")
    assert done.returncode == 0, done.stdout
    assert "0 wrong" in done.stdout


def test_backup_and_restore(clone: Path, tmp_path: Path) -> None:
    save, count = "from geoserver_app.accounts.models import User; ", "print(User.objects.count())"
    call(clone, "manage", "shell", "-c", save + "User.objects.create_user('kept')")
    assert call(clone, "backup", str(tmp_path / "backup")).returncode == 0
    call(clone, "manage", "shell", "-c", save + "User.objects.all().delete()")
    done = call(clone, "restore", str(tmp_path / "backup"), "--yes")
    assert done.returncode == 0, done.stderr
    assert call(clone, "manage", "shell", "-v", "0", "-c", save + count).stdout.strip().endswith("1")


def test_reset_leaves_nothing(clone: Path) -> None:
    place = place_of(clone)
    assert call(clone, "reset").returncode == 1
    done = call(clone, "reset", "--yes")
    assert done.returncode == 0, done.stderr
    assert not place.state.exists()
    assert not place.sockets.exists()
    assert Path(sys.prefix).exists()
    assert call(clone, "stop").stdout == "Nothing is running.\n"
    (clone / ".venv").symlink_to(sys.prefix)
