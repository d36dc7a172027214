"""Tables emptied after a test that commits, much quicker than Django's flush.

Flush truncates each of some hundred tables with its indexes, and writes types and permissions anew; a test fills some
twenty tables with a few rows.
"""

from collections.abc import Callable
from unittest.mock import patch

from django.db import connection
from django.db.transaction import atomic
from django.test import TransactionTestCase

KEPT = {"django_content_type", "auth_permission"}
# The job queue's, whose references are looked at line by line: what refers to another first.
QUEUE = ("procrastinate_periodic_defers", "procrastinate_events", "procrastinate_jobs", "procrastinate_workers")


def quickly() -> Callable[[], None]:
    """From now on tests that commit are cleared up by ``empty_tables``; call what it gives for Django's own way."""
    patched = patch.object(TransactionTestCase, "_fixture_teardown", lambda _test: empty_tables())
    patched.start()
    return patched.stop


@atomic
def empty_tables() -> None:
    """Deletes the rows of every table that has any, those that nobody may delete otherwise included."""
    assert connection.settings_dict["NAME"].startswith(connection.settings_dict["TEST"]["NAME"])
    with connection.cursor() as cursor:
        tables = [connection.ops.quote_name(name) for name in _filled()]
        for table in tables:
            cursor.execute(f"alter table {table} disable trigger user")
        for table in tables:
            cursor.execute(f"delete from {table}")
        # Foreign keys are checked here, so the order does not matter.
        cursor.execute("set constraints all immediate")
        for table in tables:
            cursor.execute(f"alter table {table} enable trigger user")


def _filled() -> list[str]:
    """The tables of models and of jobs that have a row."""
    models = connection.introspection.django_table_names(only_existing=True, include_views=False)
    names = [*QUEUE, *(name for name in models if name not in KEPT)]
    with connection.cursor() as cursor:
        cursor.execute(
            " union all ".join(
                f"select {n}, '{name}' where exists (select from {connection.ops.quote_name(name)})"
                for n, name in enumerate(names)
            )
        )
        return [name for _n, name in sorted(cursor.fetchall())]
