"""Where files wait that were uploaded or fetched: under DATA_DIR, by names that cannot be guessed, served by nobody."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from layers.errors import BadFile, NotFound

# What a name may end in: the readers look at the content, but some formats consist of files beside each other.
_LONGEST_SUFFIX = 20


class TooLarge(BadFile):
    """A file is larger than this installation takes."""

    status = 413


@dataclass(frozen=True)
class Stored:
    """A file in the store: its name there, its size and its hash."""

    name: str
    bytes: int
    sha256: str


def keep(chunks: Iterable[bytes], name: str, *, limit: int) -> Stored:
    """Writes a file, whole or not at all. TooLarge beyond ``limit`` bytes."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    stored = secrets.token_hex(16) + _suffix(name)
    partial, digest, size = folder / f"{stored}.part", hashlib.sha256(), 0
    try:
        with partial.open("wb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise TooLarge(
                        f"The file is larger than {limit // 1_000_000} MB, which is as much as is taken here."
                    )
                digest.update(chunk)
                file.write(chunk)
        partial.rename(folder / stored)
    finally:
        partial.unlink(missing_ok=True)
    return Stored(stored, size, digest.hexdigest())


def path(stored: str) -> Path:
    """The file itself. NotFound where it is gone."""
    found = _folder() / Path(stored).name
    if not stored or not found.is_file():
        raise NotFound("The file is not here any more: send it again.")
    return found


def drop(stored: str) -> None:
    """Deletes a file, if it is there."""
    if stored:
        (_folder() / Path(stored).name).unlink(missing_ok=True)


def _suffix(name: str) -> str:
    suffixes = "".join(Path(name).suffixes[-2:]).lower()
    plain = "".join(letter for letter in suffixes if letter.isascii() and (letter.isalnum() or letter == "."))
    return plain[-_LONGEST_SUFFIX:] if plain.startswith(".") else ""


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "incoming"
