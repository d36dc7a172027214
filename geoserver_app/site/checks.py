"""System checks: what a newcomer gets wrong, each with an id and a hint."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connections


@register(Tags.files)
def data_folder(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """onemap.E001: files of residents and exports need a folder that can be written."""
    folder = Path(settings.DATA_DIR)
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if os.access(nearest, os.W_OK):
        return []
    return [
        Error(
            f"DATA_DIR {folder} cannot be written.",
            hint="Set DATA_DIR to an absolute folder that the server's user may write.",
            id="onemap.E001",
        )
    ]


@register(Tags.compatibility)
def one_gdal_in_the_process(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """onemap.W001: two GDAL libraries in one process can crash it; ours is the one inside pyogrio's wheel."""
    import pyogrio
    from django.contrib.gis import gdal

    ours = ".".join(map(str, pyogrio.__gdal_version__))
    version = gdal.gdal_full_version()
    theirs = version.decode() if isinstance(version, bytes) else str(version)
    if ours in theirs:
        return []
    return [
        Warning(
            f"GeoDjango runs on {theirs.strip()}, pyogrio on GDAL {ours}: two libraries in one process.",
            hint="Unset GDAL_LIBRARY_PATH, so that the GDAL in pyogrio's wheel is found and used by both.",
            id="onemap.W001",
        )
    ]


@register(Tags.database)
def database_has_what_we_need(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> Sequence[CheckMessage]:
    """onemap.E002 to E004: PostGIS in its schema, versions, and the schema of public views."""
    found: list[CheckMessage] = []
    for alias in databases or []:
        try:
            found += _database_messages(alias)
        except DatabaseError as error:
            found.append(
                Error(
                    f"The database cannot be asked: {str(error).splitlines()[0]}",
                    hint="Is it running? ./run starts the private one; else look at DATABASE_URL.",
                    id="onemap.E002",
                )
            )
    return found


def _database_messages(alias: str) -> list[CheckMessage]:
    with connections[alias].cursor() as cursor:
        cursor.execute("select current_setting('server_version_num')::int")
        version = cursor.fetchone()[0]
        cursor.execute(
            "select e.extversion, n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace"
            " where e.extname = 'postgis'"
        )
        postgis = cursor.fetchone()
    messages: list[CheckMessage] = []
    if version < 150000:
        messages.append(Error(f"PostgreSQL {version // 10000} is too old.", hint="Use 15 or newer.", id="onemap.E003"))
    if postgis is None or tuple(map(int, postgis[0].split(".")[:2])) < (3, 3):
        messages.append(
            Error(
                f"PostGIS 3.3 or newer is needed, found: {postgis[0] if postgis else 'none'}.",
                hint="A superuser runs geoserver_app/machine/dba.sql once; see docs/operator/own-database.md.",
                id="onemap.E004",
            )
        )
    return messages
