"""What the database found at one place: rows of one.sql, sorted by what they are about."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from geoserver_app.link.ground import KINDS, STREET_HALF_WIDTH_M, reach
from geoserver_app.link.privacy import MIDDLE_SQL, cell_center_sql
from geoserver_app.link.subject import Subject
from layers.asked import ask
from layers.lookup import STREET_M
from layers.metric import plane_point_sql

# A sliver between two parcels is no street: the least share of the disc around a place that lies in no parcel.
OPEN_SHARE = 0.02


@dataclass(frozen=True)
class Cover:
    """An area that covers a spot; ``one`` where its kind lets a place count to one area only."""

    kind: str
    kind_id: int
    area_id: int
    rank: tuple[float, str]
    one: bool
    attributes: dict[str, Any]


@dataclass(frozen=True)
class Near:
    """An area whose border is near (or, as a bridge, nearest), with the metres to it; no area is a gap."""

    kind: str
    kind_id: int
    area_id: int | None
    metres: float | None
    attributes: dict[str, Any]


@dataclass
class Found:
    """Everything that was found; ``covers`` has the place at 0 and the public spot at 1, each in order of choice."""

    epoch: int = 0
    inside: bool = False
    covers: dict[int, list[Cover]] = field(default_factory=lambda: {0: [], 1: []})
    borders: list[Near] = field(default_factory=list)
    bridges: list[Near] = field(default_factory=list)
    gaps: list[Near] = field(default_factory=list)
    parcel_id: int | None = None
    owner_class: str = ""
    land_use: str = ""
    situs: str = ""
    line_m: float | None = None
    beside: list[tuple[str, float]] = field(default_factory=list)  # owner class and metres of parcels within reach
    centerline_id: int | None = None
    street: str = ""
    street_owner: str = ""
    number: int | None = None
    opened: bool = False
    spot: tuple[float, float] | None = None
    asset_kind: str = ""
    asset_owner: str = ""
    address_m: float | None = None


def find(subject: Subject) -> Found:
    """Asks the database about the place of a subject (which has one); one round trip, for days past maybe two."""
    found = Found()
    for row in _rows(subject):
        _READERS[row.part](found, row)
    for covers in found.covers.values():
        covers.sort(key=lambda cover: (cover.kind_id, *cover.rank))
    return found


@cache
def statement(*, past: bool = False, address: bool = False, asset: bool = False) -> str:
    """The SQL of one.sql with the parts that are asked for, and the expressions that other modules own filled in."""
    text = Path(__file__).with_name("one.sql").read_text(encoding="utf-8")
    for part, wanted in (("past", past), ("now", not past), ("address", address), ("asset", asset)):
        if not wanted:
            text = re.sub(rf"--\[{part}\].*?--\[/{part}\]", "", text, flags=re.DOTALL)
    # Without the comments: a parameter that only they name would have no type.
    return re.sub(r"^\s*--.*\n", "", text, flags=re.MULTILINE).format(
        plane_point=plane_point_sql("%(lon)s::float8", "%(lat)s::float8", "j.metric_srid"),
        plane_address=plane_point_sql("%(address_lon)s::float8", "%(address_lat)s::float8", "j.metric_srid"),
        middle=MIDDLE_SQL,
        cell=cell_center_sql("%(lon)s::float8", "%(lat)s::float8"),
        some_ground=f"{OPEN_SHARE} * pi() * %(reach)s::float8 ^ 2",
    )


def parameters(subject: Subject) -> dict[str, Any]:
    """The parameters of the statement for a subject."""
    return {
        "jurisdiction": subject.jurisdiction.pk,
        "lon": subject.lon,
        "lat": subject.lat,
        "on": subject.on,
        "reach": reach(subject.place_method, subject.accuracy_m),
        "privacy": subject.policy.privacy if subject.policy.is_public else "hidden",
        "asset": subject.asset_id,
        "ground": list(KINDS),
        "street_m": STREET_M,
        "half_m": STREET_HALF_WIDTH_M,
        "address_lon": subject.located.lon if subject.located else None,
        "address_lat": subject.located.lat if subject.located else None,
    }


def _rows(subject: Subject) -> list[Any]:
    asked, given = {"address": subject.located is not None, "asset": subject.asset_id is not None}, parameters(subject)
    rows = ask(statement(**asked), given)
    return ask(statement(past=True, **asked), given) if any(row.part == "past" for row in rows) else rows


def _place(found: Found, row: Any) -> None:
    found.epoch, found.inside = int(row.metres), row.flag


def _area(found: Found, row: Any) -> None:
    cover = Cover(row.kind, row.kind_id, row.feature_id, (row.metres, row.code), row.flag, row.attributes or {})
    found.covers[row.spot].append(cover)


def _near(row: Any) -> Near:
    return Near(row.kind, row.kind_id, row.feature_id, row.metres, row.attributes or {})


def _parcel(found: Found, row: Any) -> None:
    found.parcel_id, found.owner_class, found.land_use = row.feature_id, row.code, row.attributes
    found.situs, found.line_m = row.name, row.metres


def _street(found: Found, row: Any) -> None:
    found.centerline_id, found.street = row.feature_id, row.name
    found.street_owner = (row.attributes or {}).get("owner", "")
    found.number = None if row.metres is None else int(row.metres)


def _opened(found: Found, row: Any) -> None:
    found.opened = True


def _seen(found: Found, row: Any) -> None:
    found.spot = (row.x, row.y)


def _asset(found: Found, row: Any) -> None:
    found.asset_kind, found.asset_owner = row.kind, row.name


def _address(found: Found, row: Any) -> None:
    found.address_m = row.metres


_READERS = {
    "place": _place,
    "area": _area,
    "border": lambda found, row: found.borders.append(_near(row)),
    "bridge": lambda found, row: (found.bridges if row.feature_id else found.gaps).append(_near(row)),
    "parcel": _parcel,
    "beside": lambda found, row: found.beside.append((row.code, row.metres)),
    "street": _street,
    "open": _opened,
    "seen": _seen,
    "asset": _asset,
    "address": _address,
}
