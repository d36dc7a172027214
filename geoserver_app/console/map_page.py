"""GET /console/map/: the public map's page on the staff's set, with everything that somebody may see."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.console.desk import desk_of
from geoserver_app.console.filters import Choices
from geoserver_app.density.models import Audience
from geoserver_app.maps.contents import map_kinds
from geoserver_app.maps.filter_form import StaffChoices
from geoserver_app.maps.page import LEAFLET, chosen_kinds, legend, map_data, named_view
from geoserver_app.maps.requests_part import requests_data, requests_part


@requires(Capability.SEE_REQUESTS)
@require_safe
def staff_map(request: HttpRequest) -> HttpResponse:
    """The map with filters by state, channel and department besides; nobody else keeps the page."""
    desk = desk_of(request)
    kinds = map_kinds(desk.jurisdiction, desk.language)
    view, chosen, choices = named_view(request), chosen_kinds(request, kinds), Choices(desk)
    staff = StaffChoices(
        states=[(one.value, one.label) for one in choices.states],
        channels=[(one.value, one.label) for one in choices.channels],
        departments=[(one.value, one.label) for one in choices.departments],
    )
    today = desk.jurisdiction.local_date(desk.at)
    context = {
        **requests_part(request, desk.jurisdiction, kinds, view, Audience.STAFF, staff=staff),
        "desk": desk,
        "kinds": kinds,
        "chosen": chosen,
        "legend": legend(),
        "areas_text": ",".join(chosen),
        "leaflet_overrides": LEAFLET,
        "map_data": {**map_data(desk.jurisdiction, kinds, view), **requests_data(today, Audience.STAFF)},
    }
    answer = render(request, "console/map.html", context)
    answer["Cache-Control"] = "private, no-store"
    return answer
