"""A database of its own for benchmarks, made from the template and migrated like the real one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django
import psycopg
from django.core.management import call_command
from psycopg import sql

NAME = os.environ.get("ONEMAP_BENCH_DB", "bench_onemap")


def prepare() -> None:
    """Starts Django on the benchmark database; makes and migrates it where it is missing."""
    django.setup()
    from django.conf import settings
    from django.db import connection

    parameters = connection.get_connection_params()
    template = settings.DATABASES["default"]["TEST"]["TEMPLATE"]
    _create(parameters, template)
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = NAME
    call_command("migrate", verbosity=0)


def connect(*, role: str = "") -> psycopg.Connection[tuple[object, ...]]:
    """A plain connection to the benchmark database, as the owner or with a role of lesser rights set."""
    raw = psycopg.connect(**log_in(NAME), autocommit=True)
    raw.execute("set jit = off")
    if role:
        raw.execute(sql.SQL("set role {}").format(sql.Identifier(role)))
    return raw


@contextmanager
def using(name: str) -> Iterator[None]:
    """Django's connection and the published pool in another database, as long as the block runs."""
    from django.db import connection, connections

    from geoserver_app.published import reader

    before = connection.settings_dict["NAME"]
    connections.close_all()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        reader.close()
        connections.close_all()
        connection.settings_dict["NAME"] = before


def copy(name: str, *, of: str = "") -> None:
    """A database like another, or like the one that Django is connected to."""
    from django.db import connection, connections

    base = of or connection.settings_dict["NAME"]
    connections.close_all()
    admin(sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(base)))


def drop(name: str) -> None:
    """Takes a database away, if it is there."""
    from django.db import connections

    connections.close_all()
    admin(sql.SQL("drop database if exists {}").format(sql.Identifier(name)))


def exists(name: str) -> bool:
    """Whether there is such a database."""
    return bool(admin(sql.SQL("select 1 from pg_database where datname = {}").format(sql.Literal(name))))


def log_in(name: str) -> dict[str, Any]:
    """What psycopg connects to a database with, as the owner."""
    from django.db import connection

    parameters = connection.get_connection_params()
    kept = {key: parameters[key] for key in ("user", "password", "host", "port") if key in parameters}
    return {**kept, "dbname": name}


def admin(statement: sql.Composable) -> list[tuple[object, ...]]:
    """Runs a statement outside of any of the benchmarks' databases; its rows, if it gives some."""
    with psycopg.connect(**log_in("postgres"), autocommit=True) as raw:
        found = raw.execute(statement)
        return found.fetchall() if found.description else []


def _create(parameters: dict[str, object], template: str) -> None:
    kept = {key: parameters[key] for key in ("user", "password", "host", "port") if key in parameters}
    with psycopg.connect(**{**kept, "dbname": parameters["dbname"]}, autocommit=True) as raw:
        there = raw.execute("select 1 from pg_database where datname = %s", [NAME]).fetchone()
        if not there:
            raw.execute(
                sql.SQL("create database {} template {}").format(sql.Identifier(NAME), sql.Identifier(template))
            )
