"""Everything of a jurisdiction as open files, so that a city can leave: a folder of tables, photos and maps.

``data/`` holds every table verbatim (CSV, geometry as hexadecimal EWKB), as ``manifest.json`` says it: that is what
import_jurisdiction reads. Beside it stands what people and other programs want to read: ``requests.csv`` with codes and
names instead of ids, and the areas in force as GeoJSON.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, cast

from django.db import connection, transaction
from psycopg import sql

from geoserver_app.intake import private_store
from geoserver_app.intake.models import Media
from geoserver_app.past.belonging import USER, Table, tables
from geoserver_app.side_by_side import LANES
from layers.errors import BadFile, NotFound
from layers.models import Jurisdiction, Kind

FORMAT, VERSION = "one-map-city-hall", 1
MANIFEST = "manifest.json"
_STEPS = Path(__file__).parent / "steps"
# A password is of one installation, and nobody's else business.
_BLANKED = {USER: {"password": "'!'", "is_superuser": "false"}}


@dataclass(frozen=True)
class Written:
    """A table as it was written: its file within the folder, how many rows, a sum over it."""

    name: str
    file: str
    columns: tuple[str, ...]
    rows: int
    sha256: str
    references: dict[str, str]


def export(place: Jurisdiction, folder: Path, *, at: datetime, told: Callable[[str], None]) -> list[Written]:
    """Writes everything of a jurisdiction as it stands at one moment. BadFile where the folder is not empty."""
    _make(folder)
    known = tables()
    found: dict[str, Written] = {}

    def write(table: Table) -> None:
        told(table.name)
        found[table.name] = _write(table, place, folder)

    with _one_moment() as moment:
        # What takes longest begins first.
        _together([partial(_readable, place, folder), *(partial(write, table) for table in known)], moment)
        photos = _photos(place, folder, told)
    written = [found[table.name] for table in known]
    manifest = {
        "format": FORMAT, "version": VERSION, "jurisdiction": place.code, "exported_at": at.isoformat(),
        "photos": photos, "tables": [asdict(one) for one in written],
    }  # fmt: skip
    # Last of all: a folder without it was broken off.
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return written


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(folder.iterdir()):
            raise BadFile(f"{folder} is not empty: say a folder that is new. It will hold personal data.")
        (folder / "data").mkdir()
        (folder / "layers").mkdir()
    except OSError as error:
        raise BadFile(f"{folder} cannot be written: {error.strerror}.") from error


@contextmanager
def _one_moment() -> Iterator[str | None]:
    """All tables as they stand at the same moment, while work goes on; the name by which other connections see it too.

    None inside a transaction of the caller, whose rows no other connection sees.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if outermost:
            cursor.execute("set transaction isolation level repeatable read, read only")
            cursor.execute("select pg_export_snapshot()")
        yield str(cursor.fetchone()[0]) if outermost else None


def _together(tasks: Sequence[Callable[[], None]], moment: str | None) -> None:
    """Does tasks that read the database, several at a time on connections of their own that see one moment.

    The first error ends it. Without a moment they are done one after the other on this connection.
    """
    if moment is None:
        for task in tasks:
            task()
        return
    waiting = deque(tasks)
    with ThreadPoolExecutor(LANES, thread_name_prefix="export") as pool:
        for lane in [pool.submit(_lane, waiting, moment) for _ in range(LANES)]:
            lane.result()


def _lane(waiting: deque[Callable[[], None]], moment: str) -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read, read only")
            cursor.execute("set transaction snapshot %s", [moment])
            while task := _next(waiting):
                task()
    except BaseException:
        waiting.clear()
        raise
    finally:
        connection.close()


def _next(waiting: deque[Callable[[], None]]) -> Callable[[], None] | None:
    try:
        return waiting.popleft()
    except IndexError:  # another lane took the last one
        return None


def _readable(place: Jurisdiction, folder: Path) -> None:
    """What people and other programs read: requests with codes and names, areas as maps."""
    _write_copy(folder / "requests.csv", (_STEPS / "requests_csv.sql").read_text(encoding="utf-8"), place)
    _areas(place, folder)


def _write(table: Table, place: Jurisdiction, folder: Path) -> Written:
    file = f"data/{table.name}.csv"
    blanked = _BLANKED.get(table.name, {})
    columns = ", ".join(f"{blanked[one]} as {one}" if one in blanked else f'"{one}"' for one in table.columns)
    statement = f"select {columns} from {table.name} where {table.where} order by {_order(table)}"
    digest, rows = _write_copy(folder / file, statement, place)
    return Written(table.name, file, table.columns, rows, digest, table.references)


def _order(table: Table) -> str:
    return table.key if table.has_sequence else ", ".join(f'"{one}"' for one in table.columns[:2])


def _write_copy(path: Path, statement: str, place: Jurisdiction) -> tuple[str, int]:
    """A statement's rows as CSV with a header; a sum over the file, and how many there are."""
    digest = hashlib.sha256()
    asked = sql.SQL("copy ({}) to stdout (format csv, header, encoding 'UTF8')").format(
        sql.SQL(cast(Any, statement.replace("%(jurisdiction)s", "{jurisdiction}").replace("%%", "%"))).format(
            jurisdiction=sql.Literal(place.pk)
        )
    )
    with connection.cursor() as cursor, path.open("wb") as out:
        with cast(Any, cursor).copy(asked) as copy:
            for block in copy:
                digest.update(block)
                out.write(block)
        return digest.hexdigest(), max(0, int(cursor.rowcount))


def _areas(place: Jurisdiction, folder: Path) -> None:
    """The areas in force, a file for each kind."""
    kinds = Kind.objects.filter(jurisdiction=place, feature_class=Kind.FeatureClass.AREA).order_by("code")
    statement = (_STEPS / "areas_geojson.sql").read_text(encoding="utf-8")
    for kind in kinds:
        with connection.cursor() as cursor, (folder / "layers" / f"{kind.code}.geojson").open("w") as out:
            cursor.execute(statement, {"kind": kind.pk})
            out.write('{"type": "FeatureCollection", "features": [\n')
            out.write(",\n".join(row[0] for row in cursor))
            out.write("\n]}\n")


def _photos(place: Jurisdiction, folder: Path, told: Callable[[str], None]) -> int:
    """Photos and their thumbnails under the names that the table has; one that is gone is told."""
    count = 0
    names = Media.objects.filter(request__jurisdiction=place).order_by("pk").values_list("file", "thumbnail")
    for pair in names.iterator():
        for name in pair:
            target = folder / "photos" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                target.write_bytes(private_store.content(name))
            except NotFound:
                told(f"The photo {name} is not there any more; its row is.")
                continue
            count += 1
    return count


def remove(folder: Path) -> None:
    """Takes away what was written of an export that failed."""
    shutil.rmtree(folder, ignore_errors=True)
