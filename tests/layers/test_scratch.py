"""Passing folders: gone at the block's end, after an error, and after a kill as soon as somebody makes the next."""

import os
import signal
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from layers import scratch

PREFIX = "passing-"


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def left(temporary: Path) -> list[Path]:
    return sorted(temporary.glob(f"{PREFIX}*"))


def dies_in_it() -> int:
    """Is killed within the block, with a file in the folder; the number of the process."""
    child = os.fork()
    if child == 0:
        try:
            with scratch.folder(PREFIX) as passing:
                (passing / "people.csv").write_text("Ana Example\n")
                os.kill(os.getpid(), signal.SIGKILL)
        finally:
            os._exit(1)
    return os.WTERMSIG(os.waitpid(child, 0)[1])


def test_what_a_killed_process_left_is_removed_by_the_next(temporary: Path) -> None:
    assert dies_in_it() == signal.SIGKILL
    assert [(one / "people.csv").exists() for one in left(temporary)] == [True]
    with scratch.folder(PREFIX) as passing:
        assert left(temporary) == [passing]
        assert passing.stat().st_mode & 0o077 == 0
    assert left(temporary) == []


def test_an_error_in_the_block_leaves_nothing(temporary: Path) -> None:
    with pytest.raises(ValueError, match="broken"), scratch.folder(PREFIX) as passing:
        (passing / "people.csv").write_text("Ana Example\n")
        raise ValueError("broken")
    assert left(temporary) == []


def test_what_others_work_in_stays(temporary: Path) -> None:
    with scratch.folder(PREFIX) as first, scratch.folder(PREFIX) as second:
        assert left(temporary) == sorted([first, second])
        assert first != second


def test_nothing_else_is_touched(temporary: Path) -> None:
    kept = temporary / "kept"
    kept.mkdir()
    (kept / "file").touch()
    (temporary / f"{PREFIX}link").symlink_to(kept)
    (temporary / f"{PREFIX}file").touch()
    (temporary / "other-1").mkdir()
    with scratch.folder(PREFIX):
        pass
    assert {one.name for one in temporary.iterdir()} == {"kept", f"{PREFIX}link", f"{PREFIX}file", "other-1"}
    assert (kept / "file").exists()


def uses(rounds: int) -> int:
    """How many times a folder was there, and its own, while it was worked in."""
    there = 0
    for _ in range(rounds):
        with scratch.folder(PREFIX) as passing:
            (passing / "file").touch()
            there += (passing / "file").exists()
    return there


def test_many_at_once_never_lose_theirs(temporary: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(uses, [100] * 8)) == [100] * 8
    assert left(temporary) == []
