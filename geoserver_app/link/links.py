"""What linking a place gives: frozen values that flow writes into the request, and what link itself keeps of them."""

from dataclasses import dataclass, field
from typing import Any

from geoserver_app.link.ground import Evidence, Ground
from geoserver_app.link.privacy import PublicRow


@dataclass(frozen=True)
class Exceptional:
    """A membership that is not plain: on or near a border, over a gap, by choice between several, by hand.

    ``area_id`` is None with method "gap": the kind divides the city, but not here. ``alternatives`` are the areas of
    the kind that it might be instead.
    """

    kind_id: int
    area_id: int | None
    method: str
    distance_m: float | None
    alternatives: tuple[int, ...] = ()


@dataclass(frozen=True)
class Doubt:
    """A reason why a person must look: a code and what she needs to know, for a Review."""

    reason: str
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Links:
    """What a place lies in, on and near on the day of its request.

    ``area_ids`` is sorted and holds areas of every kind; ``near_border`` is about districts only (a beat's border), the
    ground has its own doubts. ``owner_class`` and ``land_use`` are the parcel's. ``areas_today`` are those by today's
    editions, where somebody asked for them and they differ.
    """

    epoch: int = 0
    area_ids: tuple[int, ...] = ()
    parcel_id: int | None = None
    centerline_id: int | None = None
    memberships: tuple[Exceptional, ...] = ()
    near_border: bool = False
    inside: bool = False
    ground: Ground = field(default_factory=Ground)
    evidence: Evidence = field(default_factory=Evidence)
    owner_class: str = ""
    land_use: str = ""
    reviews: tuple[Doubt, ...] = ()
    public: PublicRow = field(default_factory=PublicRow)
    areas_today: tuple[int, ...] | None = None
