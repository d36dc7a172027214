"""What the map's scripts say, in the language of the page. Everything else stands in the templates."""

from django.utils.translation import gettext as _


def texts() -> dict[str, str]:
    """The catalogue; names as the scripts use them, ``{}`` where a value goes in."""
    return {
        "asking": _("Looking up this place…"),
        "failed": _("The city's computer did not answer. Check your connection and try again, or call us."),
        "locating": _("Finding where you are…"),
        "notLocated": _("Your device did not say where it is. Move the map and press “What is at the center?”."),
        "shown": _("Shown on the map: {}"),
        "hidden": _("No longer shown: {}"),
        "ft": _("ft"),
        "mi": _("mi"),
    }
