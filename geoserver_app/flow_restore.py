"""Requests and all that belongs to them written as another installation had them: the end of leaving it.

A part of flow, because it writes requests. Nothing is decided and nothing is told: rows come in under their own ids, as
they are. Mails that had not gone out there do not go out here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from django.db import DataError, IntegrityError, connection
from psycopg import errors, sql

from layers.errors import BadFile, Conflict

_BLOCK = 1 << 20


@dataclass(frozen=True)
class TableFile:
    """A table's rows as CSV with a header."""

    table: str
    columns: Sequence[str]
    path: Path
    has_sequence: bool


def restore(files: Iterable[TableFile]) -> int:
    """Copies tables in, in the order given, in the caller's transaction; how many rows.

    Conflict where this installation has rows of its own under the same ids, BadFile where a value is none.
    """
    total = 0
    for one in files:
        try:
            total += _copy(one)
        except (IntegrityError, errors.UniqueViolation, errors.ForeignKeyViolation) as error:
            raise Conflict(
                f"{one.path.name} cannot come in: {_first_line(error)}. Rows keep their ids, so they need"
                " an installation that is new, or at least has none of them."
            ) from error
        except (DataError, errors.DataError) as error:
            raise BadFile(f"{one.path.name} is damaged: {_first_line(error)}.") from error
        if one.has_sequence:
            _go_on_after(one.table)
    _hold_mail_back()
    _check_references()
    return total


def _copy(one: TableFile) -> int:
    statement = sql.SQL("copy {} ({}) from stdin (format csv, header, encoding 'UTF8')").format(
        sql.Identifier(one.table), sql.SQL(", ").join(sql.Identifier(name) for name in one.columns)
    )
    with connection.cursor() as cursor:
        with cast(Any, cursor).copy(statement) as copy, one.path.open("rb") as file:
            while block := file.read(_BLOCK):
                copy.write(block)
        return max(0, int(cursor.rowcount))


def _go_on_after(table: str) -> None:
    """New rows get ids behind those that came."""
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "select setval(pg_get_serial_sequence(%s, 'id'), greatest((select max(id) from {table}),"
                " nextval(pg_get_serial_sequence(%s, 'id'))))"
            ).format(table=sql.Identifier(table)),
            [table, table],
        )


def _check_references() -> None:
    """What points at a row that did not come is found out now, not at the commit."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
            cursor.execute("set constraints all deferred")
    except IntegrityError as error:
        raise BadFile(f"The export does not fit together: {_first_line(error)}.") from error


def _hold_mail_back() -> None:
    with connection.cursor() as cursor:
        cursor.execute("update notify_message set state = 'suppressed' where state in ('pending', 'sending')")


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0]
