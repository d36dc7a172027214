"""What `doctor` looks at: each look yields findings, and a finding that is not well says the way on."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import procrastinate.contrib.django.models as queue
import psycopg
import pyogrio
import pyproj
import shapely
from django.conf import settings
from django.contrib.gis import gdal, geos
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core import checks
from django.db import connection

from geoserver_app.site.health import database_problems
from layers.confined import door
from layers.errors import OneMapError
from layers.models import Jurisdiction

LEAST_FREE_MB = 500
HEARTBEAT = timedelta(seconds=60)
LARGEST_CLOCK_DIFFERENCE = timedelta(seconds=2)
EXTENSIONS = ("postgis", "btree_gist", "pg_trgm", "unaccent", "fuzzystrmatch")
SEARCH_PATHS = {
    "onemap_owner": "public, postgis",
    "onemap_app": "public, postgis",
    "published_reader": "published, postgis",
}
RUN_DBA = (
    "A superuser runs geoserver_app/machine/dba.sql again (docs/operator/own-database.md); ./run does so by itself."
)


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `way_on` is empty where it is well; `broken` where nothing works without it."""

    what: str
    way_on: str = ""
    broken: bool = False

    @property
    def mark(self) -> str:
        """How it stands in the list: ok, look, wrong."""
        if not self.way_on:
            return "ok"
        return "wrong" if self.broken else "look"


Look = Callable[[], Iterator[Finding]]


def findings() -> Iterator[Finding]:
    """Everything, in the order in which one thing needs the other; only what needs no database where there is none."""
    yield from libraries()
    yield from folders()
    yield from static_files()
    yield from translations()
    yield from files_from_outside()
    problems = [problem for problem in database_problems() if problem != "migrations pending"]
    if problems:
        yield Finding(
            f"database: {problems[0]}", "./run starts the private one; else look at DATABASE_URL.", broken=True
        )
        return
    for look in (versions, extensions, roles, reader, migrations, clock, time_zones, worker, system_checks):
        yield from look()


def libraries() -> Iterator[Finding]:
    """The GDAL, GEOS and PROJ of this process."""
    proj = f"PROJ {pyproj.proj_version_str}"
    yield Finding(f"libraries in use: GDAL {_text(gdal.gdal_version())}, GEOS {_text(geos.geos_version())}, {proj}")
    wheels = f"pyogrio GDAL {pyogrio.__gdal_version_string__}, shapely GEOS {shapely.geos_version_string}"
    yield Finding(f"libraries of the wheels: {wheels}")
    to_metres = pyproj.Transformer.from_crs(4326, 32611, always_xy=True)
    east, _north = to_metres.transform(-117.0, 36.0)  # on the zone's middle meridian: 500,000 m by definition
    if abs(east - 500_000) > 0.01:
        yield Finding(
            f"PROJ puts 117 W at {east} m", "Its data files are not found: unset PROJ_DATA and PROJ_LIB.", broken=True
        )


def folders() -> Iterator[Finding]:
    """Space for files of residents and exports."""
    folder = Path(settings.DATA_DIR)
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free_mb = shutil.disk_usage(there).free // 1_000_000
    way_on = "" if free_mb >= LEAST_FREE_MB else f"Make room: fewer than {LEAST_FREE_MB} MB are free."
    yield Finding(f"files: {folder}, {free_mb} MB free", way_on)


def static_files() -> Iterator[Finding]:
    """Style sheets and scripts under their hashed names."""
    manifest = Path(settings.STATIC_ROOT) / getattr(staticfiles_storage, "manifest_name", "staticfiles.json")
    way_on = "" if manifest.exists() else "./run collects them; by hand: manage.py collectstatic"
    yield Finding(f"static files: {settings.STATIC_ROOT}", way_on)


def translations() -> Iterator[Finding]:
    """Every catalog compiled (times of files say nothing after a clone)."""
    for source in sorted(file for folder in settings.LOCALE_PATHS for file in Path(folder).rglob("*.po")):
        compiled = source.with_suffix(".mo").exists()
        language = source.parents[1].name
        yield Finding(f"translation: {language}", "" if compiled else "Compile it: manage.py compilemessages")


_WALLS = {
    "network": "It may not make a network namespace (a container that forbids it?), so only Landlock keeps it off TCP.",
    "files": "This kernel grants no Landlock (5.13 and later have it), so it could read what this user can.",
}


def files_from_outside() -> Iterator[Finding]:
    """The process that reads uploaded files, and the walls around it."""
    try:
        missing = door.missing_walls()
    except OneMapError as error:
        yield Finding("reader of files: does not start", f"{error} No file is loaded until it does.", broken=True)
        return
    if not missing:
        yield Finding("reader of files: shut in from network and files")
    for wall in missing:
        way_on = f"{_WALLS[wall]} Load only files that you trust, or use another machine (docs/gis/formats.md)."
        yield Finding(f"reader of files: no wall towards {wall}", way_on)


def versions() -> Iterator[Finding]:
    """PostgreSQL and PostGIS, with the libraries inside PostGIS."""
    (server,) = _row("select current_setting('server_version')")
    yield Finding(f"PostgreSQL {server}")
    (postgis,) = _row("select postgis_full_version()")
    upgrade = "Its functions are older than its library. " + RUN_DBA if "needs" in str(postgis).lower() else ""
    yield Finding(f"PostGIS: {postgis}", upgrade)


def extensions() -> Iterator[Finding]:
    """Every extension, in schema postgis and nowhere else."""
    statement = "select e.extname, n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace"
    found = {str(name): str(schema) for name, schema in _rows(statement)}
    for name in EXTENSIONS:
        schema = found.get(name)
        yield Finding(
            f"extension {name}: {schema or 'missing'}", "" if schema == "postgis" else RUN_DBA, broken=not schema
        )


def roles() -> Iterator[Finding]:
    """The three roles, none of them mighty, each with its search path."""
    statement = (
        "select rolname, rolsuper or rolcreaterole or rolbypassrls, rolconfig from pg_roles where rolname = any(%s)"
    )
    found = {str(name): (bool(mighty), config or []) for name, mighty, config in _rows(statement, list(SEARCH_PATHS))}
    for name, path in SEARCH_PATHS.items():
        if name not in found:
            yield Finding(f"role {name}: missing", RUN_DBA, broken=True)
            continue
        mighty, config = found[name]
        way_on = "" if f"search_path={path}" in config else f"Its search_path is not {path}. {RUN_DBA}"
        way_on = "It is a superuser or may make roles: take that away." if mighty else way_on
        yield Finding(f"role {name}: search_path {path}", way_on)


def reader() -> Iterator[Finding]:
    """The log-in of the map tiles: reads schema published, and no table of ours."""
    try:
        with psycopg.connect(settings.PUBLISHED_DATABASE_URL, connect_timeout=5) as session:
            name = session.execute("select current_user").fetchone()
            views = session.execute("select count(*) from pg_views where schemaname = 'published'").fetchone()
            tables = session.execute(
                "select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace"
                " where n.nspname = 'public' and c.relkind in ('r', 'p') and has_table_privilege(c.oid, 'select')"
            ).fetchone()
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[-1]
        yield Finding(f"log-in of the map tiles: {reason}", "Look at PUBLISHED_DATABASE_URL.", broken=True)
        return
    yield Finding(f"log-in of the map tiles: {name[0] if name else '?'}, {views[0] if views else 0} views")
    if not views or not views[0]:
        yield Finding("schema published has no views", "Build them: manage.py migrate", broken=True)
    if tables and tables[0]:
        yield Finding(
            f"it can read {tables[0]} tables", "PUBLISHED_DATABASE_URL must log in as published_reader.", broken=True
        )


def migrations() -> Iterator[Finding]:
    """Tables as this version of the program wants them."""
    pending = "migrations pending" in database_problems()
    yield Finding(
        "tables: " + ("migrations pending" if pending else "up to date"), "manage.py migrate" if pending else ""
    )


def clock() -> Iterator[Finding]:
    """This machine's clock against the database's: deadlines are counted on both."""
    (there,) = _row("select clock_timestamp()")
    apart = abs(datetime.now(UTC) - there) if isinstance(there, datetime) else timedelta(0)
    way_on = "" if apart <= LARGEST_CLOCK_DIFFERENCE else "Set both clocks by NTP."
    yield Finding(f"clocks: {apart.total_seconds():.1f} s apart", way_on)


def time_zones() -> Iterator[Finding]:
    """Each jurisdiction's zone, known here and in the database, with the same offset today."""
    for place in Jurisdiction.objects.order_by("code") if not _unmigrated() else []:
        statement = "select extract(epoch from utc_offset) from pg_timezone_names where name = %s"
        theirs = _rows(statement, place.time_zone)
        try:
            ours = datetime.now(ZoneInfo(place.time_zone)).utcoffset()
        except ZoneInfoNotFoundError:
            yield Finding(f"time zone {place.time_zone}: not known here", "Install tzdata.", broken=True)
            continue
        agrees = bool(theirs) and ours is not None and float(str(theirs[0][0])) == ours.total_seconds()
        yield Finding(
            f"time zone {place.time_zone} ({place.code})", "" if agrees else "Install the same tzdata on both machines."
        )


def worker() -> Iterator[Finding]:
    """Somebody who does the jobs, and jobs that failed."""
    if _unmigrated():
        return
    alive = queue.ProcrastinateWorker.objects.filter(last_heartbeat__gt=datetime.now(UTC) - HEARTBEAT).count()
    way_on = "" if alive else "./run starts it; by hand: manage.py procrastinate worker"
    yield Finding(f"worker: {alive} alive", way_on)
    failed = queue.ProcrastinateJob.objects.filter(status="failed").count()
    waiting = queue.ProcrastinateJob.objects.filter(status="todo").count()
    yield Finding(
        f"jobs: {waiting} waiting, {failed} failed", "The worker's log says why they failed." if failed else ""
    )


def system_checks() -> Iterator[Finding]:
    """Django's checks and ours, those for public service only behind HTTPS."""
    found = checks.run_checks(include_deployment_checks=settings.HTTPS, databases=["default"])
    for message in found:
        if not message.is_silenced():
            yield Finding(
                f"{message.id}: {message.msg}", message.hint or "See the message.", broken=message.is_serious()
            )
    if not found:
        yield Finding("system checks: nothing found")
    if not settings.HTTPS and not set(settings.ALLOWED_HOSTS) <= {"127.0.0.1", "localhost", "[::1]"}:
        yield Finding(
            "other machines are served without HTTPS",
            "Put a TLS proxy in front and set HTTPS=1 (docs/operator/installing.md).",
        )


def _unmigrated() -> bool:
    return bool(database_problems())


def _rows(statement: str, *values: str | list[str]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _row(statement: str) -> tuple[Any, ...]:
    return _rows(statement)[0]


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
