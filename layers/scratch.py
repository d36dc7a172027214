"""Folders for what is only passing through, which a process that is killed does not leave behind for good.

What is unpacked in them may hold names and telephone numbers. Each is locked (flock) for as long as its process works
in it: the next one of the same prefix removes what nobody holds any more, and systemd-tmpfiles leaves what is held.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path


@contextmanager
def folder(prefix: str) -> Iterator[Path]:
    """A new folder under the system's temporary one, this user's alone, for as long as the block runs."""
    _remove_abandoned(prefix)
    with ExitStack() as stack:
        yield _held(prefix, stack)


def _held(prefix: str, stack: ExitStack) -> Path:
    while True:
        made = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=prefix)))
        with suppress(OSError):  # where folders cannot be locked, none is taken for abandoned either
            _lock(made, fcntl.LOCK_SH, stack)
        if made.exists():  # else another process took it for abandoned before it was locked
            return made


def _remove_abandoned(prefix: str) -> None:
    for left in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        with suppress(OSError), ExitStack() as stack:  # held, or gone meanwhile
            if left.lstat().st_uid == os.geteuid():
                _lock(left, fcntl.LOCK_EX | fcntl.LOCK_NB, stack)
                shutil.rmtree(left, ignore_errors=True)


def _lock(path: Path, kind: int, stack: ExitStack) -> None:
    """Until the stack is closed. OSError where it cannot be had."""
    opened = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    stack.callback(os.close, opened)
    fcntl.flock(opened, kind)
