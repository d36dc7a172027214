"""Photos that were sent before their report: made safe at once, kept privately for a day, named by a token.

A photo survives every error in the form, and a slow upload happens while the rest is still being typed. Only who holds
the signed token can see or send it.
"""

import json
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from geoserver_app.intake.photos import LARGEST_BYTES, BadPhoto, PhotoPosition, read_photo
from geoserver_app.intake.submission import Photo
from layers.errors import NotFound

KEPT_S = 24 * 3600
_SALT = "onemap.report.photo"


@dataclass(frozen=True)
class Waiting:
    """A photo that waits: its token, its size in pixels, and where it says it was taken (degrees)."""

    token: str
    width: int
    height: int
    position: PhotoPosition | None


def keep(file: UploadedFile) -> Waiting:
    """Makes a photo safe and keeps it; BadPhoto where the file is none that we can take."""
    if (file.size or 0) > LARGEST_BYTES:
        raise BadPhoto(
            f"The photo has {(file.size or 0) / 1e6:.0f} MB; up to {LARGEST_BYTES / 1e6:.0f} MB can be sent."
        )
    photo, position = read_photo(file.read())
    name = secrets.token_hex(16)
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    sweep(at=timezone.now())
    _write(folder / f"{name}.jpg", photo.content)
    _write(folder / f"{name}.s.jpg", photo.thumbnail)
    said = {
        "width": photo.width,
        "height": photo.height,
        "sha256": photo.sha256,
        "position": asdict(position) if position else None,
    }
    _write(folder / f"{name}.json", json.dumps(said).encode())
    return _waiting(signing.TimestampSigner(salt=_SALT).sign(name), said)


def find(tokens: Iterable[str]) -> list[Waiting]:
    """The photos of tokens that still wait, in order; others are left out."""
    found = []
    for token in tokens:
        try:
            found.append(_waiting(token, _said(_name(token))))
        except NotFound:
            continue
    return found


def thumbnail(token: str) -> bytes:
    """The small picture (JPEG); NotFound for a token that is wrong, too old, or sent already."""
    return _read(f"{_name(token)}.s.jpg")


def photo(token: str) -> Photo:
    """The photo as it goes into a report; NotFound as above."""
    name = _name(token)
    said = _said(name)
    return Photo(_read(f"{name}.jpg"), _read(f"{name}.s.jpg"), said["width"], said["height"], said["sha256"])


def sweep(*, at: datetime) -> int:
    """Drops photos that waited longer than a day; returns how many files."""
    swept = 0
    for path in _folder().glob("*.*"):
        if path.is_file() and path.stat().st_mtime < at.timestamp() - KEPT_S:
            path.unlink(missing_ok=True)
            swept += 1
    return swept


def _waiting(token: str, said: dict[str, Any]) -> Waiting:
    at = said["position"]
    position = PhotoPosition(at["lon"], at["lat"]) if isinstance(at, dict) else None
    return Waiting(token, said["width"], said["height"], position)


def _name(token: str) -> str:
    try:
        return signing.TimestampSigner(salt=_SALT).unsign(token, max_age=KEPT_S)
    except signing.BadSignature as wrong:
        raise NotFound("This photo is not there any more. Please choose it again.") from wrong


def _said(name: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(_read(f"{name}.json"))
    return said


def _read(file: str) -> bytes:
    path = _folder() / file
    try:
        return path.read_bytes()
    except FileNotFoundError as missing:
        raise NotFound("This photo is not there any more. Please choose it again.") from missing


def _write(path: Path, data: bytes) -> None:
    partial = path.with_name(f"{path.name}.part")
    partial.write_bytes(data)
    partial.rename(path)


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "waiting"
