"""What the console's maps are drawn from: the city's own ground and the kinds of area that can be switched on."""

from __future__ import annotations

from typing import Any

from geoserver_app.console.desk import Desk
from geoserver_app.maps import contents
from geoserver_app.maps.page import map_data

# On staff maps only the kinds by which work is divided.
_KINDS = ("beat", "neighborhood", "council_district", "maintenance_zone", "easement")


def ground(desk: Desk) -> dict[str, Any]:
    """The data of the public map's scripts, with the kinds of area that the console offers."""
    known = {kind.code: kind for kind in contents.map_kinds(desk.jurisdiction, desk.language)}
    kinds = tuple(known[code] for code in _KINDS if code in known)
    return map_data(desk.jurisdiction, kinds, None)
