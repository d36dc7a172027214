"""The requests of a turn: listed, taken down as they are before it, kept beside it, given back what they had."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection

from geoserver_app.editions.models import Turn, TurnRequest

_STEPS = Path(__file__).parent / "steps"


def list_requests(turn: Turn) -> int:
    """Lists those of concerned_request, and of what is undone all that it changed; how many."""
    return _run(
        "insert into editions_turnrequest (turn_id, request_id, is_done)"
        " select %(turn)s, request_id, false from concerned_request union"
        " select %(turn)s, request_id, false from editions_turnrequest"
        " where turn_id in (select id from editions_turn where change_id = %(undone)s and way <> 'roll_back')"
        " and before is not null",
        {"turn": turn.pk, "undone": turn.change_id if turn.undoes_id else None},
    )


def list_waiting(turn: Turn) -> int:
    """Lists those of concerned_request, and of a turn that is undone those that nobody has touched since; how many."""
    return _run(
        "insert into editions_turnrequest (turn_id, request_id, is_done)"
        " select %(turn)s, request_id, false from concerned_request union"
        " select %(turn)s, t.request_id, false from editions_turnrequest t"
        " where t.turn_id = %(undone)s and t.before is not null and not exists ("
        "   select from work_statuschange c where c.request_id = t.request_id and c.id > t.seen)",
        {"turn": turn.pk, "undone": turn.undoes_id},
    )


def waiting(turn: Turn, count: int) -> list[int]:
    """The next requests that have not followed yet."""
    rows = TurnRequest.objects.filter(turn=turn, is_done=False).order_by("request")
    return list(rows.values_list("request", flat=True)[:count])


def take(ids: list[int]) -> None:
    """Makes before_batch: these requests as they are."""
    _run("drop table if exists pg_temp.before_batch, pg_temp.after_batch")
    _run(_text("take"), {"ids": ids})
    _run("create unique index on before_batch (request_id); analyze before_batch")


def keep(turn: Turn, ids: list[int]) -> None:
    """Keeps what became different since take() beside each request of the turn, and marks all as done."""
    _run(_text("take").replace("before_batch", "after_batch"), {"ids": ids})
    _run(_text("keep"), {"turn": turn.pk, "ids": ids})
    _run("drop table pg_temp.before_batch, pg_temp.after_batch")


def restorable(turn: Turn, ids: list[int]) -> list[int]:
    """Makes restore_batch of those that the undone turn changed and nobody has touched since; their ids."""
    _run("drop table if exists pg_temp.restore_batch, pg_temp.restored_line")
    _run(_text("restorable"), {"ids": ids, "undone": turn.undoes_id})
    return [pk for (pk,) in _rows("select request_id from restore_batch order by request_id")]


def restore(turn: Turn, at: datetime) -> dict[int, int]:
    """Gives the requests of restore_batch what they had; the line in its history of each that has another desk now."""
    _run(_text("restore"), {"at": at, "edition": turn.edition_id})
    return dict(_rows("select request_id, line from restored_line order by request_id"))


@cache
def _text(name: str) -> str:
    return (_STEPS / f"{name}.sql").read_text(encoding="utf-8")


def _run(statement: str, parameters: dict[str, Any] | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def _rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())
