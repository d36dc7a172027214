"""Requests that other rules would give to another desk, as rows of a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from geoserver_app.rulebook.names import Names

HEADINGS = ("service_request_id", "service", "state", "requested_datetime", "lon", "lat", "desk_before", "desk_after",
            "agency_before", "agency_after", "rule_before", "rule_after")  # fmt: skip


def rows(moves: Iterable[Mapping[str, Any]], names: Names) -> Iterator[tuple[object, ...]]:
    """One row for each request (as Simulated.stored() has them), as HEADINGS; rules by their position."""
    for one in moves:
        yield (
            one["number"], names.service(one["service"]), one["state"], one["requested"],
            "" if one["lon"] is None else f"{one['lon']:.6f}", "" if one["lat"] is None else f"{one['lat']:.6f}",
            names.desk(one["department_before"], one["post_before"]),
            names.desk(one["department_after"], one["post_after"]),
            names.agency(one["agency_before"]) if one["agency_before"] else "",
            names.agency(one["agency_after"]) if one["agency_after"] else "",
            one["winner_before"] or "", one["winner_after"] or "",
        )  # fmt: skip
