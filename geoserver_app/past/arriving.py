"""What export_jurisdiction wrote, brought into another installation: checked whole, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.db import transaction

from geoserver_app.flow_restore import TableFile, restore
from geoserver_app.geocode.fill import fill_jurisdiction
from geoserver_app.past.belonging import Table, tables
from geoserver_app.past.leaving import FORMAT, MANIFEST, VERSION
from layers.errors import BadFile, Conflict
from layers.models import Jurisdiction

Told = Callable[[str], None]


@dataclass(frozen=True)
class Arrived:
    """How much came."""

    code: str
    tables: int
    rows: int
    photos: int


def arrive(folder: Path, *, commit: bool, told: Told) -> Arrived:
    """Brings an export in; without ``commit`` it is done and undone.

    BadFile where the folder is damaged or of another version, Conflict where the jurisdiction or its ids are there.
    """
    manifest = _manifest(folder)
    code = str(manifest["jurisdiction"])
    if Jurisdiction.objects.filter(code=code).exists():
        raise Conflict(f"There is a jurisdiction {code!r} here already.")
    files = _checked(folder, manifest, told)
    photos = _photo_names(folder)
    with transaction.atomic():
        rows = restore(files)
        place = Jurisdiction.objects.get(code=code)
        fill_jurisdiction(place)
        if commit:
            _bring_photos(folder, photos)
        transaction.set_rollback(not commit)
    return Arrived(code, len(files), rows, len(photos))


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadFile(f"{folder} holds no sound {MANIFEST}: the export was broken off, or it is none.") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT or not isinstance(found.get("tables"), list):
        raise BadFile(f"{folder / MANIFEST} is not of an export of this product.")
    if found.get("version") != VERSION:
        raise BadFile(f"The export is of version {found.get('version')!r}; this installation reads {VERSION}.")
    return found


def _checked(folder: Path, manifest: dict[str, Any], told: Told) -> list[TableFile]:
    """The files of all tables in the order in which they can come in; each whole, with the columns that we have."""
    written = {str(one.get("name")): one for one in manifest["tables"] if isinstance(one, dict)}
    known = tables()
    unknown = sorted(written.keys() - {one.name for one in known})
    if unknown:
        raise BadFile(f"The export has {', '.join(unknown)}, which this installation does not know: upgrade it first.")
    return [_file(folder, one, written[one.name], told) for one in known if one.name in written]


def _file(folder: Path, table: Table, written: dict[str, Any], told: Told) -> TableFile:
    told(table.name)
    path = folder / "data" / f"{table.name}.csv"
    columns = tuple(str(one) for one in written.get("columns", ()))
    foreign = sorted(set(columns) - set(table.columns))
    if foreign or not columns:
        raise BadFile(
            f"{path.name} has columns that this installation has not ({', '.join(foreign)}): upgrade it first."
        )
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror}.") from error
    if digest != written.get("sha256"):
        raise BadFile(f"{path.name} is not what was exported: it was changed or damaged.")
    return TableFile(table.name, columns, path, table.has_sequence)


def _photo_names(folder: Path) -> list[PurePosixPath]:
    root = folder / "photos"
    files = (one for one in root.rglob("*.jpg") if one.is_file() and not one.is_symlink()) if root.is_dir() else ()
    return sorted(PurePosixPath(one.relative_to(root)) for one in files)


def _bring_photos(folder: Path, names: list[PurePosixPath]) -> None:
    for name in names:
        target = Path(settings.MEDIA_ROOT) / "photos" / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        shutil.copyfile(folder / "photos" / name, target)
