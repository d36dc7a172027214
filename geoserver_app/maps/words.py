"""Words for what the data say in codes: one area of a kind, a use of land, a class of owner."""

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from layers.addresses import block_in
from layers.models import Kind

# A kind is named in the plural ("Police beats"); these say one of it.
_ONE = {
    "neighborhood": gettext_lazy("Neighborhood"),
    "beat": gettext_lazy("Police beat"),
    "council_district": gettext_lazy("Council district"),
    "maintenance_zone": gettext_lazy("Maintenance zone"),
    "block_watch": gettext_lazy("Block-watch group"),
    "right_of_way": gettext_lazy("Right-of-way"),
    "park": gettext_lazy("Park"),
    "easement": gettext_lazy("Utility easement"),
    "zipcode_area": gettext_lazy("ZIP code"),
    "census_tract": gettext_lazy("Census tract"),
    "water": gettext_lazy("Water"),
    "rail": gettext_lazy("Rail line"),
    "municipality": gettext_lazy("Municipality"),
}

_LAND_USE = {
    "residential": gettext_lazy("Homes"),
    "single_family": gettext_lazy("Single-family home"),
    "two_to_four_units": gettext_lazy("Two to four homes"),
    "multi_family": gettext_lazy("Apartments"),
    "condominium": gettext_lazy("Condominiums"),
    "mobile_home": gettext_lazy("Mobile homes"),
    "commercial": gettext_lazy("Shops and offices"),
    "retail": gettext_lazy("Shops"),
    "office": gettext_lazy("Offices"),
    "industrial": gettext_lazy("Industry"),
    "agricultural": gettext_lazy("Farmland"),
    "civic": gettext_lazy("Public building"),
    "institutional": gettext_lazy("Public building"),
    "school": gettext_lazy("School"),
    "church": gettext_lazy("Place of worship"),
    "hospital": gettext_lazy("Hospital"),
    "cemetery": gettext_lazy("Cemetery"),
    "railroad": gettext_lazy("Railway"),
    "park": gettext_lazy("Park"),
    "open_space": gettext_lazy("Open space"),
    "utility": gettext_lazy("Utility"),
    "vacant": gettext_lazy("Vacant land"),
    "parking": gettext_lazy("Parking"),
    "mixed_use": gettext_lazy("Homes and shops"),
}

_OWNER = {
    "private": gettext_lazy("privately owned"),
    "city": gettext_lazy("owned by the city"),
    "county": gettext_lazy("owned by the county"),
    "state": gettext_lazy("owned by the state"),
    "federal": gettext_lazy("owned by the federal government"),
    "school_district": gettext_lazy("owned by the school district"),
    "utility": gettext_lazy("owned by a utility"),
    "railroad": gettext_lazy("owned by a railroad"),
    "nonprofit": gettext_lazy("owned by a nonprofit"),
}


def one_of(kind: Kind) -> str:
    """What one area of a kind is called in the active language."""
    known = _ONE.get(kind.code)
    return str(known) if known else kind.name_in(get_language() or "en")


def land_use(code: str) -> str:
    """A use of land in words; one of the city's own is shown as it is."""
    return str(_LAND_USE.get(_key(code), code))


def owner(code: str) -> str:
    """Whose a parcel is, as a class, in words."""
    if _key(code) in _OWNER:
        return str(_OWNER[_key(code)])
    return _("owner: %(owner)s") % {"owner": code} if code else ""


def _key(code: str) -> str:
    return code.strip().lower().replace(" ", "_").replace("-", "_")


def readable(address: str) -> str:
    """An address that the assessor keeps in capitals, as people write it: 442 W Mulberry Street, 12 2nd Avenue.

    A block is called so in the active language.
    """
    if address.isupper():
        address = " ".join(word if word in _STAY else word.capitalize() for word in address.split(" "))
    return block_in(address, get_language() or "en")


_STAY = {"N", "E", "S", "W", "NE", "NW", "SE", "SW", "PO", "US", "SR", "II", "III", "IV"}
