"""Stamps: what a step was last done with, so that a second start takes seconds."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def digest(paths: Iterable[Path], *extra: str) -> str:
    """A hash over the contents and names of files, and further text that the step depends on."""
    total = hashlib.sha256("\0".join(extra).encode())
    for path in sorted(paths):
        total.update(f"\0{path.name}\0".encode() + path.read_bytes())
    return total.hexdigest()


class Stamp:
    """One step's mark: `fresh(key)` says whether it was finished with this key."""

    def __init__(self, folder: Path, name: str) -> None:
        self._path = folder / name

    def fresh(self, key: str) -> bool:
        """Whether the step was finished with exactly this key."""
        return self._path.is_file() and self._path.read_text() == key

    def set(self, key: str) -> None:
        """Note that the step is finished; the folder is made where it is missing."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(key)

    def clear(self) -> None:
        """Have the step done again next time."""
        self._path.unlink(missing_ok=True)
