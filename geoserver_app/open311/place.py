"""Where a report is: a point, an address as written, or an address by its id. A point outweighs an address."""

from __future__ import annotations

from dataclasses import replace

from geoserver_app.catalog.models import Service
from geoserver_app.geocode.outside import locate_or_ask
from geoserver_app.maps.here import what_is_here
from geoserver_app.open311.ask import Ask
from geoserver_app.open311.errors import OUT_OF_AREA, Fault, Open311Error, bad
from geoserver_app.report.around import thing_meant
from geoserver_app.report.check import SURE, needs_place, place_of
from geoserver_app.report.draft import Method, Spot
from layers.errors import OneMapError
from layers.lookup import check_position, inside
from layers.models import AddressPointShape, Jurisdiction


def spot_of(ask: Ask, service: Service) -> Spot:
    """The place of a report, by the same rules as on the web; an address that is not found is kept as it was written.

    Refused: no place at all, half a point, a point in a neighbor's land.
    """
    if not needs_place(service):
        return Spot()
    spot = _given(ask)
    if not spot.is_pinned and not spot.address:
        raise bad("Say where: lat and long, or address_string, or address_id.")
    if spot.is_pinned:
        check_is_ours(ask, *spot.position)
    thing = thing_meant(ask.jurisdiction, service, spot)
    if thing is None:
        return spot
    return replace(spot, lon=thing.lon, lat=thing.lat, method=Method.ASSET.value, accuracy_m=None, asset=str(thing.id))


def _given(ask: Ask) -> Spot:
    lat, lon, written = ask.number("lat"), ask.number("long"), ask.text("address_string")
    known = _by_id(ask)
    address = written or (known.address if known else "")
    if lat is None and lon is None:
        return known or _by_text(ask, address)
    if lat is None or lon is None:
        raise bad("lat and long belong together: one of them is missing.")
    _check_position(lon, lat)
    return Spot(lon, lat, Method.PIN.value, address=address)


def _check_position(lon: float, lat: float) -> None:
    try:
        check_position(lon, lat)
    except OneMapError as error:
        raise bad(f"lat {lat}, long {lon}: {error}") from error


def _by_id(ask: Ask) -> Spot | None:
    """The place of an address point of the city's own (layers of kind address_point)."""
    address_id = ask.text("address_id")
    if not address_id:
        return None
    rows = AddressPointShape.objects.filter(
        address_point__jurisdiction=ask.jurisdiction, address_point__address_id=address_id, in_force=True
    )
    row = rows.order_by("pk").first()
    if row is None:
        raise bad(f"There is no address with the address_id '{address_id[:60]}' here.")
    return Spot(row.geom.x, row.geom.y, Method.ADDRESS.value, address=row.full_address[:250])


def _by_text(ask: Ask, written: str) -> Spot:
    if not written:
        return Spot()
    found = locate_or_ask(ask.jurisdiction, written, on=ask.jurisdiction.local_date(ask.at), limit=1)
    if found and found[0].score >= SURE:
        return place_of(found[0])
    # Not found for sure: a person looks at it; nothing that was written is lost.
    return Spot(method=Method.ADDRESS.value, address=written)


def check_is_ours(ask: Ask, lon: float, lat: float) -> None:
    """Refuses a point (degrees) in land that is known to be somebody else's, naming whose; other points are taken."""
    if inside(ask.jurisdiction, lon, lat):
        return
    said = _served_here(ask.jurisdiction, lon, lat) or _neighbor(ask.jurisdiction, lon, lat)
    if said:
        raise Open311Error(Fault(OUT_OF_AREA, f"This place is outside of {ask.jurisdiction.name}. {said}"))


def _served_here(ours: Jurisdiction, lon: float, lat: float) -> str:
    for one in Jurisdiction.objects.exclude(pk=ours.pk).defer("outline").order_by("code"):
        if inside(one, lon, lat):
            return f"It lies in {one.name}: send it with jurisdiction_id={one.code}."
    return ""


def _neighbor(ours: Jurisdiction, lon: float, lat: float) -> str:
    here = what_is_here(ours, lon, lat)
    if here.municipality is None:
        return ""
    ways = [here.municipality_contact, str(here.municipality.attributes.get("telephone") or "")]
    reached = ", ".join(way for way in ways if way)
    return f"It lies in {here.municipality_name}. {f'Ask there: {reached}.' if reached else ''}".strip()
