"""The public row: what everybody may see of a request, by its service's policy, and never finer than it.

The policies from fine to coarse: exact, block_face, cell, area_only, hidden. One that cannot be computed (no street
near, no place) falls to the next coarser one. The same rules in SQL, for many requests, stand in steps/results.sql.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from geoserver_app.catalog.models import Service

EXACT, BLOCK_FACE, CELL, AREA_ONLY, HIDDEN = "exact", "block_face", "cell", "area_only", "hidden"
# Areas large enough to be named where not even a coarse place is shown.
COARSE_KINDS = ("municipality", "neighborhood", "beat", "council_district", "maintenance_zone", "zipcode_area",
                "census_tract")  # fmt: skip
# Cells of the tile grid, so that they are the same for every request and every map: 250 m wide at 36 degrees north.
# Farther from the equator the cells of a zoom are smaller on the ground, so the next coarser zoom is taken.
CELL_ZOOM, FAR_CELL_ZOOM, FAR_LAT = 17, 16, 48.0

E_MAIL = r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:[.][A-Za-z0-9-]+)+"
TELEPHONE = r"[+]?[(]?[0-9](?:[ ()./-]{0,3}[0-9]){6,}"
E_MAIL_MASK, TELEPHONE_MASK = "[e-mail]", "[telephone]"

# SQL for the middle of a street segment (degrees); ``geom`` is the segment's line.
MIDDLE_SQL = """case GeometryType(ST_LineMerge(geom)) when 'LINESTRING'
    then ST_LineInterpolatePoint(ST_LineMerge(geom), 0.5) else ST_PointOnSurface(geom) end"""


@dataclass(frozen=True)
class Policy:
    """What a service lets everybody see of its requests."""

    privacy: str
    is_public: bool
    text_at_once: bool

    @classmethod
    def of(cls, service: Service) -> "Policy":
        """The policy of a service; a sensitive one is never public as a single request."""
        return cls(
            privacy=service.privacy,
            is_public=service.publication == Service.Audience.PUBLIC and not service.sensitive,
            text_at_once=service.text_publication == Service.Publication.AT_ONCE,
        )


@dataclass(frozen=True)
class PublicRow:
    """What everybody may see of a request; ``lon``, ``lat`` in degrees, None where it stands on no map."""

    is_public: bool = False
    lon: float | None = None
    lat: float | None = None
    address: str = ""
    area_ids: tuple[int, ...] = ()
    description: str = ""


@dataclass(frozen=True)
class Seen:
    """What there is to show at each grade: the place, the block's middle or the cell's center, and their areas."""

    lon: float | None
    lat: float | None
    spot: tuple[float, float] | None
    address: str
    block: str
    area_ids: Sequence[int]
    spot_area_ids: Sequence[int]
    coarse_area_ids: Sequence[int]


def public_row(policy: Policy, seen: Seen, description: str) -> PublicRow:
    """The public row of a request by its service's policy."""
    privacy = grade(policy.privacy, has_place=seen.lon is not None, has_block=bool(seen.block))
    if not policy.is_public or privacy == HIDDEN:
        return PublicRow()
    text = mask(description) if policy.text_at_once else ""
    if privacy == EXACT:
        return PublicRow(True, seen.lon, seen.lat, seen.address, tuple(seen.area_ids), text)
    if privacy == AREA_ONLY or seen.spot is None:
        return PublicRow(True, area_ids=tuple(seen.coarse_area_ids), description=text)
    address = seen.block if privacy == BLOCK_FACE else ""
    return PublicRow(True, *seen.spot, address, tuple(seen.spot_area_ids), text)


def grade(privacy: str, *, has_place: bool, has_block: bool) -> str:
    """The policy that can be kept with what there is: never a finer one than was asked for."""
    if privacy == BLOCK_FACE and not has_block:
        privacy = CELL
    if privacy in {EXACT, BLOCK_FACE, CELL} and not has_place:
        return AREA_ONLY
    return privacy


def mask(text: str) -> str:
    """A text without e-mail addresses and telephone numbers: every run of seven or more digits counts as one."""
    return re.sub(TELEPHONE, TELEPHONE_MASK, re.sub(E_MAIL, E_MAIL_MASK, text))


def mask_sql(text: str) -> str:
    """The same as mask(), as SQL over an expression; a text without @ and digits is not searched at all."""
    return (
        f"case when {text} ~ '[@0-9]' then regexp_replace(regexp_replace({text}, '{E_MAIL}', '{E_MAIL_MASK}', 'g'),"
        f" '{TELEPHONE}', '{TELEPHONE_MASK}', 'g') else {text} end"
    )


def block_name(number: int | None, street: str) -> str:
    """A block as everybody may read it: "4500 block of W Olive Ave"; the street alone where numbers are unknown."""
    block = number // 100 * 100 if number else 0
    return f"{block} block of {street}" if street and block else street


def block_name_sql(number: str, street: str) -> str:
    """The same as block_name(), as SQL over two expressions."""
    block = f"{number} / 100 * 100 || ' block of '"
    return f"case when {number} >= 100 and {street} <> '' then {block} else '' end || {street}"


def cell_center_sql(lon: str, lat: str) -> str:
    """SQL for the center of the cell that a place (degrees) lies in, to seven decimals; the arguments are SQL too."""
    cells = f"(case when abs({lat}) >= {FAR_LAT} then {1 << FAR_CELL_ZOOM} else {1 << CELL_ZOOM} end)::float8"
    column = f"floor(({lon} + 180.0) / 360.0 * {cells})"
    row = f"floor((1.0 - asinh(tan(radians({lat}))) / pi()) / 2.0 * {cells})"
    return (
        f"ST_SetSRID(ST_MakePoint(round((({column} + 0.5) / {cells} * 360.0 - 180.0)::numeric, 7)::float8,"
        f" round(degrees(atan(sinh(pi() * (1.0 - 2.0 * ({row} + 0.5) / {cells}))))::numeric, 7)::float8), 4326)"
    )
