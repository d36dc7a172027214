"""A copy of the program for a service user who cannot read the clone (root's home is closed to others)."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from geoserver_app.machine.place import Place

COPIED = ("manage.py", "geoserver_app", "layers", "fixtures")
LEFT_OUT = {"__pycache__"}


def refresh(place: Place) -> None:
    """Bring the copy to the clone's state: changed files written, vanished ones removed; only where one is needed."""
    if not place.copied:
        return
    place.code.mkdir(exist_ok=True)
    wanted = {file.relative_to(place.clone) for name in COPIED for file in _files(place.clone / name)}
    for relative in sorted(wanted):
        _copy(place.clone / relative, place.code / relative)
    for file in list(_files(place.code)):
        if file.relative_to(place.code) not in wanted:
            file.unlink()


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    for folder, subfolders, names in os.walk(path):
        subfolders[:] = [name for name in subfolders if name not in LEFT_OUT]
        yield from (Path(folder) / name for name in names)


def _copy(source: Path, target: Path) -> None:
    found = source.stat()
    if target.exists():
        there = target.stat()
        if (there.st_size, there.st_mtime_ns) == (found.st_size, found.st_mtime_ns):
            return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)
    target.chmod(0o755 if found.st_mode & 0o100 else 0o644)
