"""What a place lies on, how sure that is, and which evidence goes before it when it is asked whose ground it is."""

from dataclasses import dataclass
from enum import IntFlag

# Where nobody said how exact a position is. A pin is set by a finger on a map, a telephone's own position is worse; an
# address or a mapped asset is where the map says it is.
ACCURACY_M = {"pin": 5.0, "device": 15.0, "photo": 15.0, "address": 0.0, "asset": 0.0}
# Beyond this a position says nothing about whose ground it is anyway, and looking farther costs.
LARGEST_REACH_M = 50.0
# Without polygons of the right-of-way: what is no parcel counts as one up to here from a centerline (200 feet wide).
STREET_HALF_WIDTH_M = 30.0
# A border closer than this goes through the place: the line in degrees and the one in the metre plane differ by as
# much over a stretch of two kilometres.
EDGE_M = 0.05


class Lies(IntFlag):
    """Kinds of ground, as bits that are stored: never renumber them. ``PARCEL`` is used in doubts only (which one?)."""

    RIGHT_OF_WAY = 1
    PRIVATE_PARCEL = 2
    PUBLIC_PARCEL = 4
    PARK = 8
    EASEMENT = 16
    WATER = 32
    BUILDING = 64
    RAIL = 128
    STATE_HIGHWAY = 256
    OUTSIDE = 512
    PARCEL = 1024


NOWHERE = Lies(0)
# Of these a place has one: being on one and near another is a doubt about both.
EXCLUSIVE = Lies.RIGHT_OF_WAY | Lies.PRIVATE_PARCEL | Lies.PUBLIC_PARCEL
# What evidence of ownership decides.
OWNERSHIP = EXCLUSIVE | Lies.PARK
CODES = {code.name.lower(): code for code in Lies if code.name and code is not Lies.PARCEL}
# Kinds of area that say what a place lies on; the others are districts, which say whose it is.
KINDS = {
    "right_of_way": Lies.RIGHT_OF_WAY,
    "park": Lies.PARK,
    "easement": Lies.EASEMENT,
    "water": Lies.WATER,
    "building": Lies.BUILDING,
    "rail": Lies.RAIL,
}
MEANINGS = {"row": Lies.RIGHT_OF_WAY, "private": Lies.PRIVATE_PARCEL, "park": Lies.PARK}


@dataclass(frozen=True)
class Ground:
    """What a place lies on, and of which kinds of ground that is in doubt: their line is within ``reach_m``.

    ``line_m`` is the distance to the line of the parcel it lies in, None where it lies in none.
    """

    lies_on: Lies = NOWHERE
    doubt: Lies = NOWHERE
    reach_m: float = 0.0
    line_m: float | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        return codes(self.lies_on)


@dataclass(frozen=True)
class Evidence:
    """What says whose ground it is besides the map: the asset that was tapped, then the resident's answer."""

    asset_kind: str = ""
    asset_owner: str = ""
    means: str = ""  # ServiceAttribute.MEANINGS: row, private, park, wires, fallen


@dataclass(frozen=True)
class Settled:
    """The ground that counts after the evidence; ``source`` is what decided: asset, answer or ground."""

    lies_on: Lies
    doubt: Lies
    source: str


def codes(lies: Lies) -> tuple[str, ...]:
    """The names of the bits that are set, in their fixed order: ("right_of_way", "easement")."""
    return tuple(code.name.lower() for code in Lies if code in lies and code.name)


def reach(place_method: str, accuracy_m: float | None) -> float:
    """How far in metres the true place may lie from the given one: as the device says, else by how it was given.

    The same rule stands in steps/spots.sql.
    """
    if accuracy_m is None or place_method in {"address", "asset"}:
        return ACCURACY_M.get(place_method, 0.0)
    return min(max(accuracy_m, 0.0), LARGEST_REACH_M)


def parcel_code(owner_class: str) -> Lies:
    """Private unless the assessor says that somebody else than a private person owns the parcel."""
    return Lies.PRIVATE_PARCEL if owner_class in {"", "private"} else Lies.PUBLIC_PARCEL


def settle(ground: Ground, evidence: Evidence) -> Settled:
    """Asset, then answer, then ground: the first that says whose it is replaces what the map says of ownership.

    What lies over it (easement, water, building, rail) stays as measured; so does the public parcel under a park. The
    same rule stands in route/decide.sql.
    """
    said, source = _of_asset(ground, evidence.asset_owner), "asset"
    if not said:
        said, source = MEANINGS.get(evidence.means, NOWHERE), "answer"
    if not said:
        return Settled(ground.lies_on, ground.doubt, "ground")
    replaced = OWNERSHIP if Lies.RIGHT_OF_WAY in said else OWNERSHIP | Lies.STATE_HIGHWAY
    kept = ground.lies_on & Lies.PUBLIC_PARCEL if Lies.PARK in said else NOWHERE
    return Settled(ground.lies_on & ~replaced | said | kept, ground.doubt & ~replaced, source)


def _of_asset(ground: Ground, owner: str) -> Lies:
    if owner == "city":
        return Lies.PARK if Lies.PARK in ground.lies_on else Lies.RIGHT_OF_WAY
    return Lies.PRIVATE_PARCEL if owner == "private" else NOWHERE
