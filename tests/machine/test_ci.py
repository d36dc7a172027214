"""What .ci/run makes of the outcomes of both runs, with stand-ins for ./run and timeout."""

import os
import subprocess
from pathlib import Path

import pytest

from geoserver_app.machine.place import CLONE

RUN = '#!/bin/sh\ntest "$1" = test && exit {everyday}\nexit {slow}\n'
TIMEOUT = '#!/bin/sh\nshift 2\n"$@"\nstatus=$?\ntest {expired} = yes && exit 124\nexit $status\n'


def outcome(folder: Path, *, everyday: int = 0, slow: int = 0, expired: str = "no") -> subprocess.CompletedProcess[str]:
    clone, programs = folder / "clone", folder / "programs"
    (clone / ".ci").mkdir(parents=True)
    programs.mkdir()
    (clone / ".ci" / "run").write_text((CLONE / ".ci" / "run").read_text())
    for path, text in (
        (clone / "run", RUN.format(everyday=everyday, slow=slow)),
        (programs / "timeout", TIMEOUT.format(expired=expired)),
    ):
        path.write_text(text)
        path.chmod(0o755)
    environ = {"PATH": f"{programs}:{os.environ['PATH']}"}
    return subprocess.run(
        ["bash", clone / ".ci" / "run"], env=environ, cwd=folder, capture_output=True, text=True, check=False
    )


def test_all_passed(tmp_path: Path) -> None:
    assert outcome(tmp_path).returncode == 0


@pytest.mark.parametrize("failing", [{"everyday": 1}, {"slow": 1}, {"everyday": 5}, {"slow": 2}])
def test_a_failure_of_either_run_is_a_failure(tmp_path: Path, failing: dict[str, int]) -> None:
    assert outcome(tmp_path, **failing).returncode == 1


def test_running_out_of_time_is_said_and_is_no_failure(tmp_path: Path) -> None:
    done = outcome(tmp_path, expired="yes")
    assert done.returncode == 0
    assert "out of time after 40 minutes" in done.stdout


def test_a_missing_file_of_real_data_is_a_failure(tmp_path: Path) -> None:
    data = tmp_path / "shared" / "data"
    data.mkdir(parents=True)
    (data / "SHA256SUMS").write_text(f"{'0' * 64}  parcels.gpkg\n")
    done = outcome(tmp_path)
    assert done.returncode == 1
    assert "Real data is missing" in done.stdout
