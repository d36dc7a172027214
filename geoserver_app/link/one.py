"""Links of one place: what was found there, under the policies of each kind of area and of the service."""

from __future__ import annotations

from collections.abc import Iterator

from geoserver_app.link import privacy
from geoserver_app.link.found import Cover, Found, find
from geoserver_app.link.ground import Evidence, reach
from geoserver_app.link.ground_found import ground_at
from geoserver_app.link.links import Doubt, Links
from geoserver_app.link.membership import chosen, exceptional, members
from geoserver_app.link.subject import Subject
from layers.lookup import check_position

# An address farther than this from the pin is another place; both are kept and staff choose.
FAR_M = 100.0
CONTACT = ("name", "contact", "telephone", "email", "url")


def link(subject: Subject) -> Links:
    """Links of one place by the editions in force on its day; writes nothing.

    A shared border counts to the area that the kind's policy chooses. NotAPlace for impossible degrees.
    """
    if subject.lon is None or subject.lat is None:
        return _without_place(subject)
    check_position(subject.lon, subject.lat)
    found = find(subject)
    areas = members(found, subject.manual)
    rows = exceptional(found, subject.manual)
    return Links(
        epoch=found.epoch,
        area_ids=_sorted_ids(areas),
        parcel_id=found.parcel_id,
        centerline_id=found.centerline_id,
        memberships=rows,
        near_border=any(row.method in {"edge", "near_border"} for row in rows),
        inside=found.inside,
        ground=ground_at(found, reach(subject.place_method, subject.accuracy_m)),
        evidence=Evidence(found.asset_kind, found.asset_owner, subject.means),
        owner_class=found.owner_class,
        land_use=found.land_use,
        reviews=tuple(_doubts(found, subject)),
        public=privacy.public_row(subject.policy, _seen(found, subject, areas), subject.description),
    )


def _without_place(subject: Subject) -> Links:
    nothing = privacy.Seen(None, None, None, "", "", (), (), ())
    return Links(
        epoch=subject.jurisdiction.epoch,
        evidence=Evidence(means=subject.means),
        reviews=(Doubt("no_place", {"address": subject.address_text}),) if subject.place_wanted else (),
        public=privacy.public_row(subject.policy, nothing, subject.description),
    )


def _doubts(found: Found, subject: Subject) -> Iterator[Doubt]:
    if not found.inside:
        yield Doubt("outside", {"municipality": _contact(found.covers[0])})
    if subject.deciding_kind in {gap.kind for gap in found.gaps} - _manual_kinds(found, subject):
        yield Doubt("in_gap", {"kind": subject.deciding_kind})
    if found.address_m is not None and found.address_m > FAR_M and subject.located:
        where = subject.located
        yield Doubt(
            "address_far_from_pin",
            {"metres": int(found.address_m + 0.5), "address": where.address, "lon": where.lon, "lat": where.lat},
        )


def _manual_kinds(found: Found, subject: Subject) -> set[str]:
    by_hand = dict(subject.manual)
    return {gap.kind for gap in found.gaps if gap.kind_id in by_hand}


def _contact(covers: list[Cover]) -> dict[str, str]:
    """Whose land it is instead and how to reach them; empty where nobody knows."""
    hit = next((cover for cover in covers if cover.kind == "municipality"), None)
    return {name: hit.attributes[name] for name in CONTACT if hit.attributes.get(name)} if hit else {}


def _seen(found: Found, subject: Subject, areas: dict[int, tuple[int, ...]]) -> privacy.Seen:
    block = privacy.block_name(found.number, found.street)
    by_address = subject.located.address if subject.located and subject.place_method == "address" else ""
    coarse = {cover.kind_id for cover in found.covers[0] if cover.kind in privacy.COARSE_KINDS}
    coarse |= {bridge.kind_id for bridge in found.bridges if bridge.kind in privacy.COARSE_KINDS}
    return privacy.Seen(
        lon=subject.lon,
        lat=subject.lat,
        spot=found.spot,
        address=by_address or found.situs or block,
        block=block,
        area_ids=_sorted_ids(areas),
        spot_area_ids=_sorted_ids(chosen(found.covers[1])),
        coarse_area_ids=_sorted_ids({kind_id: ids for kind_id, ids in areas.items() if kind_id in coarse}),
    )


def _sorted_ids(areas: dict[int, tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(sorted({area_id for ids in areas.values() for area_id in ids}))
