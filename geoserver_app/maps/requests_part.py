"""What the map's page says about requests before any script runs, and what the scripts start from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from geoserver_app.density.models import Audience
from geoserver_app.geocode.candidate import shown_label
from geoserver_app.geocode.locate import locate
from geoserver_app.maps import asking, listed
from geoserver_app.maps.asking import Asked
from geoserver_app.maps.contents import MapKind
from geoserver_app.maps.filter_form import Months, StaffChoices, form
from geoserver_app.maps.view import View, whole_city
from geoserver_app.published.listing import first_requested
from geoserver_app.published.reader import TooMuch
from layers.models import Jurisdiction

WIDTH, HEIGHT = 824, 610  # of the view that the list is about until a script measures the window
CLOSE = 17
LONGEST = 120


@dataclass(frozen=True)
class Candidate:
    """A place that a search may have meant, as a view of the map with a mark."""

    label: str
    view: View
    here: str


def requests_part(
    http: HttpRequest, place: Jurisdiction, kinds: tuple[MapKind, ...], view: View | None,
    audience: Audience = Audience.PUBLIC, *, staff: StaffChoices | None = None,
) -> dict[str, Any]:  # fmt: skip
    """For the templates below maps/requests/."""
    shown = view or whole_city(place, WIDTH, HEIGHT)
    language, query = get_language() or "en", asking.with_usual(http.GET)
    found, oldest, trouble = None, None, ""
    try:
        # In here statements run in the public's role: what only the application may read comes after.
        with asking.asked(http, audience, usual=True) as asked:
            oldest = first_requested(asked.run, audience, asked.filters.codes)
            found = listed.page_of(asked, audience, shown.frame(WIDTH, HEIGHT).bbox, shown.zoom)
    except TooMuch as error:
        trouble = str(error)
    months = _months(asked, oldest)
    fields = form(place, query, asked.filters, kinds, language=language, months=months, staff=staff)
    return {
        "here_path": http.path,
        "sought": http.GET.get("q", "")[:LONGEST],
        "found": None,
        "trouble": trouble,
        "form": fields,
        "given": [pair for pair in asked.filters.given if pair[0] != "cells"],
        "candidates": _candidates(place, http.GET.get("q", ""), language),
        **(listed.context(asked, found, audience) if found else {}),
    }


def requests_data(today: date, audience: Audience = Audience.PUBLIC) -> dict[str, Any]:
    """Addresses and words for the scripts."""
    staff = audience == Audience.STAFF
    return {
        "requests": {
            "summary": reverse("console_map_summary" if staff else "map_summary"),
            "list": reverse("console_map_list" if staff else "map_list"),
            "card": reverse("console_map_card" if staff else "map_card", args=["NUMBER"]),
            "suggest": reverse("suggest_json"),
            "heat": reverse("console_map_heat" if staff else "map_heat"),
            "today": today.isoformat(),
            "usual": asking.USUAL_STATUS,
            "words": _words(),
        }
    }


def _months(asked: Asked, oldest: datetime | None) -> Months:
    """From the month of the oldest request to the present one."""
    today = asked.place.local_date(timezone.now())
    first = (oldest.astimezone(asked.filters.codes.zone).date() if oldest else today).replace(day=1)
    return Months(first, (today.year - first.year) * 12 + today.month - first.month)


def _candidates(place: Jurisdiction, text: str, language: str) -> list[Candidate]:
    if not text.strip():
        return []
    found = locate(place, text[:LONGEST], on=place.local_date(timezone.now()), limit=5)
    return [
        Candidate(shown_label(one, language), View(CLOSE, one.lat, one.lon), f"{one.lat:.5f},{one.lon:.5f}")
        for one in found
    ]


def _words() -> dict[str, Any]:
    """``{}`` stands for a value."""
    return {
        "many": _("{} requests. Press to list them."),
        "one": _("1 request. Press to list it."),
        "open": pgettext("map", "open"),
        "closed": pgettext("map", "closed"),
        "failed": _("The numbers did not come. Move the map to try again."),
        "nowhere": _("No such place was found in the city. Try a street with its number, or a corner."),
        "places": _("{} places found"),
        "inView": _("{} in this view, {} in all"),
        "offMap": _("{} more have no place on the map."),
        "asOf": _("As of {}."),
        "square": _("{} requests in this square"),
        "squareOne": _("1 request in this square"),
        "squareRate": _("{} requests in this square, {}"),
        "change": _("{} requests in this square; before: {}"),
        "unrated": _("too little here for a rate"),
        "under": _("under {}"),
        "from": _("{} or more"),
        "less": _("{} and fewer"),
        "same": _("as many"),
        "more": _("{} and more"),
        "span": _("{} to {}"),
        "legends": {
            "": _("Requests in a square"),
            "residents": _("Requests for every 1,000 residents"),
            "street_km": _("Requests for every kilometer of street"),
            "parcels": _("Requests for every parcel"),
            "changes": _("Change from {} to {}"),
        },
    }
