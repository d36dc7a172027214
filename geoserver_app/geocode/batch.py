"""Many texts at once, from a table into a table: COPY out, set-based look-up, COPY in."""

from __future__ import annotations

from datetime import date

from django.db import connection
from psycopg import sql

from geoserver_app.geocode.locate import locate_many
from layers.models import Jurisdiction

ANSWERS = "geocode_answers"


def locate_table(jurisdiction: Jurisdiction, table: str, column: str, *, on: date) -> int:
    """Locates every distinct text of a column into the temporary table ``geocode_answers``; how many were found.

    One row for each text: the text, and of its best candidate label, lon, lat, score, method, precision, reasons; nulls
    where nothing was found. The table lasts as long as the caller's transaction.
    """
    texts = _copied_out(table, column)
    answers = locate_many(jurisdiction, texts, on=on, limit=1)
    found = 0
    with connection.cursor() as cursor:
        cursor.execute(f"drop table if exists pg_temp.{ANSWERS}")
        cursor.execute(
            f"create temporary table {ANSWERS} (text text primary key, label text, lon float8, lat float8,"
            " score float8, method text, precision text, reasons text[]) on commit drop"
        )
        with cursor.copy(f"copy {ANSWERS} from stdin") as copy:
            for text, candidates in zip(texts, answers, strict=True):
                best = candidates[0] if candidates else None
                found += best is not None
                copy.write_row(
                    (text, best.label, best.lon, best.lat, best.score, best.method, best.precision, list(best.reasons))
                    if best
                    else (text, *[None] * 7)
                )
    return found


def _copied_out(table: str, column: str) -> list[str]:
    name = sql.Identifier(column)
    statement = sql.SQL("copy (select distinct {name} from {table} where {name} <> '') to stdout").format(
        name=name, table=sql.Identifier(*table.split("."))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(["text"])
        return [str(row[0]) for row in copy.rows()]
