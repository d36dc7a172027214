"""The processes of a run share one migrated database: the first that needs it makes it, each works in a copy.

To migrate from nothing costs eleven seconds of a processor, to copy less than one. It is kept for the next run of the
same code: its comment says of which it was made.
"""

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
# Whatever migrations run, and what is run after them.
MADE_OF = ("geoserver_app/**/*.py", "geoserver_app/**/*.sql", "layers/**/*.py", "layers/**/*.sql", "requirements.txt")


def share() -> None:
    """From now on the test database of this process is a copy of the one that the code as it is was migrated for."""
    creation, code = connection.creation, fingerprint()
    migrated = creation.create_test_db

    def copied(verbosity: int = 1, autoclobber: bool = False, **options: Any) -> str:
        own, shared = connection.settings_dict["TEST"]["NAME"], shared_name()
        with creation._nodb_cursor() as cursor:
            # Held until this connection is closed.
            cursor.execute("select pg_advisory_lock(hashtext(%s))", [shared])
            if not _is_of(cursor, shared, code):
                connection.settings_dict["TEST"]["NAME"] = shared
                before = connection.settings_dict["NAME"]
                migrated(verbosity=verbosity, autoclobber=True, **options)
                _use(before)
                connection.settings_dict["TEST"]["NAME"] = own
                cursor.execute(f'comment on database "{shared}" is %s', [code])
            cursor.execute(f'drop database if exists "{own}" with (force)')
            cursor.execute(f'create database "{own}" template "{shared}"')
        _use(own)
        return str(own)

    creation.create_test_db = copied


def shared_name() -> str:
    """The name that the test database has where one process runs."""
    return str(connection.settings_dict["TEST"]["NAME"]).rpartition("_gw")[0] + "_migrated"


def fingerprint() -> str:
    """Of all files that a migrated database comes from."""
    digest = hashlib.sha256()
    for path in sorted(found for pattern in MADE_OF for found in ROOT.glob(pattern)):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _is_of(cursor: Any, shared: str, code: str) -> bool:
    cursor.execute("select shobj_description(oid, 'pg_database') from pg_database where datname = %s", [shared])
    return bool(cursor.fetchone() == (code,))


def _use(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = name
