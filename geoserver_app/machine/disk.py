"""Free space, asked before a step that would otherwise stop half-way."""

import shutil
from pathlib import Path

from geoserver_app.machine.errors import NoSpace

MIB = 1024 * 1024
FIRST_SET_UP = 2_000 * MIB  # virtual environment 350 (with the tests 700), then the cluster
NEW_CLUSTER = 1_000 * MIB  # the demo city 400, its write-ahead log, room to work
EVERY_START = 200 * MIB
FULL = "No space left on device"


def require_free(folder: Path, needed: int, purpose: str) -> None:
    """NoSpace where the file system of `folder` has fewer than `needed` bytes free."""
    free = shutil.disk_usage(_existing(folder)).free
    if free < needed:
        raise NoSpace(
            f"The disk of {folder} has {free // MIB} MB free, {purpose} needs {needed // MIB} MB. "
            "Make room on it and start again; nothing is lost, and what was done is kept."
        )


def refuse_if_full(output: str, folder: Path, purpose: str) -> None:
    """NoSpace where a program's output says that the disk filled up under it."""
    if FULL in output:
        raise NoSpace(
            f"The disk filled up during: {purpose} ({folder}). Make room on it and start again; what was done is kept."
        )


def _existing(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder
