"""Requests that would move as rows of a table, for a CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from geoserver_app.editions.moves import Move
from geoserver_app.org.models import Post

HEADINGS = ("service_request_id", "service", "state", "requested_datetime", "lon", "lat", "areas_left",
            "areas_entered", "desk_before", "desk_after")  # fmt: skip


def rows(moves: Iterable[Move]) -> Iterator[tuple[object, ...]]:
    """One row for each request, as HEADINGS."""
    posts = Post.objects.select_related("department")
    names = {post.pk: f"{post.department.code}/{post.code}" for post in posts}
    for one in moves:
        yield (
            one.number, one.service, one.state, one.requested.isoformat(), f"{one.lon:.6f}", f"{one.lat:.6f}",
            " ".join(one.gone), " ".join(one.fresh), names.get(one.post_before or 0, ""),
            names.get(one.post_after or 0, ""),
        )  # fmt: skip


def harmless(value: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "@", "-", "\t", "\r"} else value
