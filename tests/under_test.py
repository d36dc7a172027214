"""Addresses of the test database, for tests that start a process of their own."""

from urllib.parse import quote, urlencode

from django.db import connection


def database_url() -> str:
    """The owner's address of the database under test, in the form that reaches sockets and hosts alike."""
    given = connection.settings_dict
    who = f"{quote(given['USER'])}:{quote(given['PASSWORD'])}"
    where = urlencode({"host": given["HOST"], "port": given["PORT"] or 5432})
    return f"postgresql://{who}@/{given['NAME']}?{where}"
