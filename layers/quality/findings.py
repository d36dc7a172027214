"""Findings while a report is made: noted by class, the largest kept, all counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry, Point
from psycopg.sql import Composable

from layers.metric import out_of_plane
from layers.models import Kind
from layers.quality import classes
from layers.srid import STORAGE_SRID

_SHOWN_VERTICES = 400  # of an outline that a map draws


@dataclass(frozen=True)
class Finding:
    """One finding. ``ground`` (metre plane) is where it is; what is listed of a class is moved to degrees at the end.

    What is known in degrees already has ``geom``, which the map draws, and ``place``, to which it points.
    """

    found: str
    codes: tuple[str, ...] = ()
    fids: tuple[int, ...] = ()
    area_m2: float | None = None
    size: float = 0.0  # the worst first: square metres, metres or a count, as the class has it
    ground: shapely.Geometry | None = None
    place: shapely.Point | None = None
    geom: shapely.Geometry | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    is_open: bool = False
    severity: str = ""  # where it is another than its class has

    def drawn(self, srid: int) -> tuple[shapely.Point | None, shapely.Geometry | None]:
        """Where the map points to and what it draws, in degrees."""
        if self.ground is None:
            return self.place, self.geom
        point = inside_of(self.ground)
        return (None if point is None else out_of_plane(point, srid)), in_degrees(self.ground, srid)

    def grave(self, kind: Kind) -> str:
        """How grave it is in a kind."""
        return self.severity or classes.severity(self.found, kind, is_open=self.is_open)


@dataclass
class Book:
    """Everything that a report found. ``sql`` holds, by class, a statement that shows the findings."""

    kind: Kind
    kept: dict[str, list[Finding]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    areas: dict[str, float] = field(default_factory=dict)
    graves: dict[str, dict[str, int]] = field(default_factory=dict)
    sql: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    def note(self, finding: Finding) -> None:
        """Counts a finding and keeps it where it is among the largest of its class."""
        code = finding.found
        self.counts[code] = self.counts.get(code, 0) + 1
        self.areas[code] = self.areas.get(code, 0.0) + (finding.area_m2 or 0.0)
        grave = finding.grave(self.kind)
        by_grave = self.graves.setdefault(code, {})
        by_grave[grave] = by_grave.get(grave, 0) + 1
        kept = self.kept.setdefault(code, [])
        kept.append(finding)
        if len(kept) >= 2 * classes.LISTED:
            self.kept[code] = self._largest(code)

    def count_more(self, code: str, count: int, area_m2: float = 0.0, severity: str = "") -> None:
        """Counts findings that are too many to be noted singly."""
        self.counts[code] = self.counts.get(code, 0) + count
        self.areas[code] = self.areas.get(code, 0.0) + area_m2
        grave = severity or classes.severity(code, self.kind)
        by_grave = self.graves.setdefault(code, {})
        by_grave[grave] = by_grave.get(grave, 0) + count

    def largest(self, code: str) -> list[Finding]:
        """The findings of a class that a report lists: open ones first, then by size."""
        return self._largest(code)[: classes.LISTED]

    def _largest(self, code: str) -> list[Finding]:
        return sorted(self.kept.get(code, []), key=lambda one: (not one.is_open, -one.size))[: classes.LISTED]

    def show_by(self, code: str, statement: Composable) -> None:
        """States the SQL that shows the findings of a class, for an analyst's own console."""
        if self.counts.get(code):
            self.sql[code] = statement.as_string(None)


def in_degrees(geometry: shapely.Geometry | None, srid: int) -> shapely.Geometry | None:
    """A geometry of the metre plane as a map shows it: degrees, not more vertices than a map needs.

    None for none, and for one that cannot be drawn with so few (a street network): a mark at its place must do.
    """
    if geometry is None or geometry.is_empty:
        return None
    whole = geometry.area
    tolerance = 0.25
    while shapely.get_num_coordinates(geometry) > _SHOWN_VERTICES and tolerance < 500:
        # For the eye alone: rings may cross afterwards.
        thinner = shapely.simplify(geometry, tolerance, preserve_topology=False)
        geometry = geometry if thinner.is_empty else thinner
        tolerance *= 3
    if abs(geometry.area - whole) > 0.05 * whole:
        return None
    moved: shapely.Geometry = out_of_plane(geometry, srid)
    return moved


def solid(ground: shapely.Geometry) -> shapely.Geometry:
    """The areas of what two areas share, without the lines and points where they only touch."""
    parts = [part for part in shapely.get_parts(ground) if part.area > 0]
    if ground.geom_type != "GeometryCollection" or not parts:
        return ground
    return shapely.union_all(parts)


def inside_of(geometry: shapely.Geometry | None) -> shapely.Point | None:
    """A point on a geometry: where a mark is put. None for none."""
    if geometry is None or geometry.is_empty:
        return None
    point: shapely.Point = shapely.point_on_surface(geometry)
    return point


def stored(geometry: shapely.Geometry | None) -> GEOSGeometry | None:
    """A shapely geometry in degrees as Django stores it."""
    return None if geometry is None else GEOSGeometry(memoryview(shapely.to_wkb(geometry)), srid=STORAGE_SRID)


def stored_point(point: shapely.Point | None) -> Point | None:
    return None if point is None else Point(point.x, point.y, srid=STORAGE_SRID)
