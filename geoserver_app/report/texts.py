"""What the scripts of the page start from: addresses, the map, and their words in the language of the page."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from geoserver_app.intake.photos import LARGEST_BYTES, MOST_PHOTOS
from geoserver_app.maps.page import map_data
from layers.models import Jurisdiction


def page_data(jurisdiction: Jurisdiction) -> dict[str, Any]:
    """The map's data, and what is the report's own under ``report``."""
    data = map_data(jurisdiction, (), None)
    own = {
        "services": reverse("report_services"),
        "form": reverse("report_form"),
        "places": reverse("report_places"),
        "here": reverse("report_here"),
        "same": reverse("report_same"),
        "assets": reverse("report_assets"),
        "known": reverse("report_known"),
        "photos": reverse("report_photos"),
        "largestBytes": LARGEST_BYTES,
        "mostPhotos": MOST_PHOTOS,
        "words": words(),
    }
    return {**data, "report": own}


def words() -> dict[str, str]:
    """The catalogue of the scripts; ``{}`` where a value goes in."""
    return {
        "noServices": _("Nothing found. Try other words, or choose from the list below."),
        "services": _("{} found"),
        "failed": _("The city's computer did not answer. Check your connection and try again, or call us."),
        "locating": _("Finding where you are…"),
        "notLocated": _("Your device did not say where it is. Set the pin on the map, or write the address."),
        "located": _("The pin is where you are, to about {} feet. Drag it if it is not quite right."),
        "pinned": _("The pin is set: {}"),
        "noPlaces": _("No such address or corner in our city. Try “450 Olive Ave” or “Olive and 4th”."),
        "places": _("{} places found"),
        "theMap": _("Map. Arrow keys move it, plus and minus zoom, Enter sets the pin at the center."),
        "thing": _("This one: {}"),
        "tapThing": _("Tap the one you mean: the dots are the city's."),
        "nearer": _("Zoom in to see them."),
        "uploading": _("Uploading {}"),
        "badPhoto": _("“{}” could not be taken. Send a photo as JPEG, PNG, WebP or GIF of up to 20 MB."),
        "tooMany": _("Up to {} photos can be sent with a report."),
        "remove": _("Remove this photo"),
        "usePhotoPlace": _("Set the pin where this photo was taken"),
        "sending": _("Sending…"),
        "waitPhotos": _("A photo is still on its way. The report is sent as soon as it has arrived."),
        "pin": _("Pin: where the problem is. Drag it."),
    }
