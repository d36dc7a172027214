"""Where photos lie: under DATA_DIR, by names that cannot be guessed, never below a folder that a server serves."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from geoserver_app.intake.submission import Photo
from layers.errors import NotFound


@dataclass(frozen=True)
class Kept:
    """The names of a photo and its thumbnail in the store."""

    file: str
    thumbnail: str


def keep(photo: Photo) -> Kept:
    """Writes both pictures, whole or not at all. A file whose row is never committed is swept by `sweep_photos`."""
    name = secrets.token_hex(16)
    kept = Kept(f"{name[:2]}/{name}.jpg", f"{name[:2]}/{name}.s.jpg")
    _write(kept.file, photo.content)
    _write(kept.thumbnail, photo.thumbnail)
    return kept


def content(name: str) -> bytes:
    """The bytes of a file in the store; NotFound where it is gone."""
    path = _folder() / name
    if not path.is_file():
        raise NotFound(_("This photo is not there any more."))
    return path.read_bytes()


def _write(name: str, data: bytes) -> None:
    path = _folder() / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    partial = path.with_suffix(".part")
    with partial.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "photos"
