"""The ground at a place, and what of it is in doubt, from what was found there. The same rules: steps/ground.sql."""

from geoserver_app.link.found import Found
from geoserver_app.link.ground import EXCLUSIVE, KINDS, NOWHERE, Ground, Lies, parcel_code


def ground_at(found: Found, reach_m: float) -> Ground:
    """What the place lies on and what is doubtful within ``reach_m`` metres.

    Right-of-way, private and public parcels exclude each other: being on one and near another puts both in doubt. A
    line between two private parcels is none about ownership, only about which parcel it is.
    """
    lies, near = _lies_on(found), _exclusive_near(found)
    other = near & ~lies
    doubt = (other | lies & EXCLUSIVE) if other else NOWHERE
    for kind in KINDS.keys() & {border.kind for border in found.borders}:
        doubt |= KINDS[kind] & ~EXCLUSIVE
    if (found.line_m is not None and found.line_m <= reach_m) or (found.parcel_id is None and found.beside):
        doubt |= Lies.PARCEL
    if _state_in_doubt(found, lies, doubt):
        doubt |= Lies.STATE_HIGHWAY
    return Ground(lies, doubt, reach_m, found.line_m)


def _lies_on(found: Found) -> Lies:
    lies = NOWHERE if found.inside else Lies.OUTSIDE
    for kind in KINDS.keys() & {cover.kind for cover in found.covers[0]}:
        lies |= KINDS[kind]
    if found.parcel_id is not None:
        lies |= parcel_code(found.owner_class)
    elif found.opened:
        lies |= Lies.RIGHT_OF_WAY
    if Lies.RIGHT_OF_WAY in lies and any(is_state(owner) for owner in _row_owners(found) or {found.street_owner}):
        lies |= Lies.STATE_HIGHWAY
    return lies


def is_state(owner: str) -> bool:
    """Whether an owner's name is the state's: "state", "State of California"."""
    return owner.lower().startswith("state")


def _row_owners(found: Found) -> set[str]:
    """Owners that the right-of-way's polygons at the place name; where they name none, the street's owner counts."""
    owners = (cover.attributes.get("owner") for cover in found.covers[0] if cover.kind == "right_of_way")
    return {owner for owner in owners if owner}


def _exclusive_near(found: Found) -> Lies:
    near = NOWHERE
    for kind in KINDS.keys() & {border.kind for border in found.borders}:
        near |= KINDS[kind] & EXCLUSIVE
    for owner_class, metres in found.beside:
        if metres > 0:
            near |= parcel_code(owner_class)
    return near | Lies.RIGHT_OF_WAY if found.opened and found.parcel_id is not None else near


def _state_in_doubt(found: Found, lies: Lies, doubt: Lies) -> bool:
    named = (border.attributes.get("owner") for border in found.borders if border.kind == "right_of_way")
    states = {is_state(owner) for owner in named if owner}
    if Lies.STATE_HIGHWAY in lies:
        return Lies.RIGHT_OF_WAY in doubt or False in states
    return True in (states or ({is_state(found.street_owner)} if Lies.RIGHT_OF_WAY in doubt else set()))
