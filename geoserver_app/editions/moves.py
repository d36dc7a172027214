"""What would move with an edition: request by request, and counted by department, officer and area."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection

from geoserver_app.editions.models import Turn
from geoserver_app.org.models import Department, Post

_STATEMENT = (Path(__file__).parent / "steps" / "moves.sql").read_text(encoding="utf-8")
# So many are kept one by one for a page and its table; the counts are of all.
LISTED = 20_000


@dataclass(frozen=True)
class Move:
    """One request that would lie, or be, elsewhere. Areas as "beat:21"; desks by id; degrees."""

    number: str
    service: str
    state: str
    requested: datetime
    lon: float
    lat: float
    gone: tuple[str, ...]
    fresh: tuple[str, ...]
    department_before: int | None
    department_after: int | None
    post_before: int | None
    post_after: int | None

    @property
    def is_handed_on(self) -> bool:
        return (self.department_before, self.post_before) != (self.department_after, self.post_after)


@dataclass(frozen=True)
class Moves:
    """What an edition would move of the requests of the last days; ``concerned`` lie on ground that changed."""

    edition: int
    days: int
    concerned: int
    moves: tuple[Move, ...]
    held: tuple[str, ...] = ()

    @property
    def handed_on(self) -> int:
        return sum(one.is_handed_on for one in self.moves)

    def by_area(self) -> list[tuple[str, str, int]]:
        """(left, entered, how many), the most first."""
        pairs = Counter((", ".join(one.gone) or "-", ", ".join(one.fresh) or "-") for one in self.moves)
        return [(gone, fresh, count) for (gone, fresh), count in _ranked(pairs)]

    def by_department(self) -> list[tuple[str, str, int]]:
        """(from, to, how many) of those that would be handed to another department."""
        names = dict(Department.objects.values_list("pk", "name"))
        pairs = Counter(
            (names.get(one.department_before or 0, "-"), names.get(one.department_after or 0, "-"))
            for one in self.moves
            if one.department_before != one.department_after
        )
        return [(before, after, count) for (before, after), count in _ranked(pairs)]

    def by_officer(self) -> list[tuple[str, str, int]]:
        """(from, to, how many) of those that would go to another desk."""
        posts = Post.objects.select_related("department")
        names = {post.pk: f"{post.department.name}: {post.name}" for post in posts}
        pairs = Counter(
            (names.get(one.post_before or 0, "-"), names.get(one.post_after or 0, "-"))
            for one in self.moves
            if one.post_before != one.post_after
        )
        return [(before, after, count) for (before, after), count in _ranked(pairs)]

    def stored(self) -> dict[str, Any]:
        """As JSON: the counts, and the first requests one by one."""
        desks = {post.pk: f"{post.department.name}: {post.name}" for post in Post.objects.select_related("department")}
        return {
            "concerned": self.concerned,
            "moved": len(self.moves),
            "handed_on": self.handed_on,
            "by_area": self.by_area(),
            "by_department": self.by_department(),
            "by_officer": self.by_officer(),
            "requests": [_plain(one, desks) for one in self.moves[:LISTED]],
            "held": list(self.held),
        }


def _plain(one: Move, desks: dict[int, str]) -> dict[str, Any]:
    return asdict(one) | {
        "requested": one.requested.isoformat(),
        "desk_before": desks.get(one.post_before or 0, ""),
        "desk_after": desks.get(one.post_after or 0, ""),
    }


def _ranked(pairs: Counter[tuple[str, str]]) -> Iterable[tuple[tuple[str, str], int]]:
    return sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0]))


def of_turn(turn: Turn) -> tuple[Move, ...]:
    """What the requests that followed a turn became; reads the present, so right after it."""
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, {"turn": turn.pk})
        rows = cursor.fetchall()
    return tuple(_move(row) for row in rows)


def _move(row: tuple[Any, ...]) -> Move:
    number, service, state, requested, lon, lat, gone, fresh, *desks = row
    before, after, post_before, post_after = desks
    return Move(
        number, service, state, requested, lon, lat, tuple(gone), tuple(fresh), before, after, post_before, post_after
    )
