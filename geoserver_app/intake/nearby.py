"""What stands where a pin is, for requests that came without an address: words for staff, in lists and in mails."""

from collections.abc import Iterable

from geoserver_app.intake.models import ServiceRequest
from layers.models import CenterlineShape, ParcelShape


def nearby(requests: Iterable[ServiceRequest]) -> dict[int, str]:
    """The address of the parcel under each pin that came without one, else the street beside it, by the request's id.

    Nothing for those that have an address, or stand nowhere. Two queries at most.
    """
    pinned = [one for one in requests if not one.address_text and one.geom is not None]
    lots = {one.parcel_id for one in pinned if one.parcel_id}
    streets = {one.centerline_id for one in pinned if one.centerline_id}
    situs = ParcelShape.objects.filter(parcel__in=lots, in_force=True).values_list("parcel", "situs_address")
    names = CenterlineShape.objects.filter(centerline__in=streets, in_force=True).values_list("centerline", "full_name")
    by_lot, by_street = dict(situs) if lots else {}, dict(names) if streets else {}
    words = {one.pk: by_lot.get(one.parcel_id or 0) or by_street.get(one.centerline_id or 0) or "" for one in pinned}
    return {pk: text for pk, text in words.items() if text}
