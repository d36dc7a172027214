"""Empties the database after a test that commits: deletes what is there instead of truncating all 120 tables.

Django truncates every table and then makes content types, permissions and views anew, a second of each such test. Few
tables of a test have rows, and the rows of the framework are the same before and after.
"""

from typing import Any

from django.db import connection, transaction
from django.test import TransactionTestCase

FRAMEWORK = {"django_content_type", "auth_permission"}


def instead_of_truncating() -> None:
    """From now on every test that commits ends like this."""
    TransactionTestCase._fixture_teardown = _end  # type: ignore[method-assign] # Django has no door for this


def _end(_case: Any) -> None:
    with connection.cursor() as cursor:
        filled = _filled(cursor)
        frozen = _with_triggers(cursor, filled)
        with transaction.atomic():
            # History refuses to be deleted; whoever owns a table can switch that off, foreign keys go on.
            for table in frozen:
                cursor.execute(f'alter table "{table}" disable trigger user')
            for table in filled:
                cursor.execute(f'delete from "{table}"')
        for table in frozen:
            cursor.execute(f'alter table "{table}" enable trigger user')
        if filled:
            # Else statistics taken of pages without a row would say that a table stays empty however it is filled.
            cursor.execute("vacuum " + ", ".join(f'"{table}"' for table in filled))


def _filled(cursor: Any) -> list[str]:
    """The tables of Django's models that have rows."""
    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - FRAMEWORK
    cursor.execute(" union all ".join(f"select '{name}' where exists (select from \"{name}\")" for name in tables))
    return sorted(name for (name,) in cursor.fetchall())


def _with_triggers(cursor: Any, tables: list[str]) -> list[str]:
    cursor.execute(
        "select distinct tgrelid::regclass::text from pg_trigger"
        " where not tgisinternal and tgrelid = any(%s::regclass[])",
        [tables],
    )
    return [name for (name,) in cursor.fetchall()]
