"""The page on which staff correct the place of a request: by an address, by the map, by the picture without scripts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from geoserver_app import flow
from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.console.act import back, sentence
from geoserver_app.console.ask import Ask, ask_for
from geoserver_app.console.desk import desk_of
from geoserver_app.console.ground import ground
from geoserver_app.console.place_facts import outline
from geoserver_app.geocode.candidate import Candidate
from geoserver_app.geocode.outside import locate_or_ask
from geoserver_app.maps.here import point
from geoserver_app.maps.mercator import Frame
from geoserver_app.maps.page import LEAFLET
from geoserver_app.maps.view import View, whole_city
from geoserver_app.work.errors import NotAllowed
from layers.errors import OneMapError

_ZOOM = 18


class PlaceForm(forms.Form):
    """Where it is, in degrees; how that is known; and how sure one is."""

    lat = forms.FloatField(label=_("Latitude"), min_value=-90, max_value=90)
    lon = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180)
    method = forms.ChoiceField(choices=[("pin", ""), ("address", "")], widget=forms.HiddenInput)
    address_text = forms.CharField(label=_("Address as people say it"), required=False, max_length=250)
    exact = forms.BooleanField(
        label=_("This is the exact spot: somebody saw it or the resident was asked"), required=False
    )
    note = forms.CharField(label=_("Note for staff"), required=False, max_length=500)


@dataclass(frozen=True)
class Proposed:
    """A place that is chosen but not yet written: from the address of the page, or the one that the request has."""

    lon: float
    lat: float
    method: str
    label: str
    is_new: bool


@requires(Capability.CORRECT)
def place_page(request: HttpRequest, number: str) -> HttpResponse:
    """GET: the map, the search, a proposal; POST moves the request there and leads back to its page."""
    ask = ask_for(desk_of(request), number)
    if not ask.may(Capability.CORRECT):
        raise NotAllowed(str(_("You may look at this request, but not correct its place.")))
    if request.method != "POST":
        return _show(request, ask, _empty(request, ask))
    form = PlaceForm(request.POST, label_suffix="")
    if not form.is_valid():
        return _show(request, ask, form, status=400)
    try:
        flow.move(ask.request.pk, _place(form.cleaned_data), by=ask.desk.rights, note=form.cleaned_data["note"])
    except OneMapError as error:
        messages.error(request, sentence(error, ask))
        return _show(request, ask, form, status=error.status)
    messages.success(request, str(_("Moved; placed and routed again.")))
    return back(request, number)


def _place(given: dict[str, Any]) -> flow.Place:
    exact = given["exact"] and given["method"] == "pin"
    return flow.Place(
        given["lon"], given["lat"], method=given["method"], accuracy_m=0.0 if exact else None,
        address_text=given["address_text"],
    )  # fmt: skip


def _empty(request: HttpRequest, ask: Ask) -> PlaceForm:
    proposed = proposal(request, ask)
    if proposed is None:
        return PlaceForm(label_suffix="", initial={"method": "pin", "address_text": ask.request.address_text})
    label = proposed.label or ask.request.address_text
    values = {"lon": f"{proposed.lon:.6f}", "lat": f"{proposed.lat:.6f}", "method": proposed.method}
    return PlaceForm(label_suffix="", initial={**values, "address_text": label})


def proposal(request: HttpRequest, ask: Ask) -> Proposed | None:
    """The place that the address of the page names (a candidate, a press on the picture), else the present one."""
    query = request.GET
    if "at.x" in query or "lat" in query:
        lon, lat = point(request)
        method = "address" if query.get("method") == "address" else "pin"
        return Proposed(lon, lat, method, query.get("label", "")[:250], is_new=True)
    geom = ask.request.geom
    return Proposed(geom.x, geom.y, "pin", "", is_new=False) if geom else None


def _show(request: HttpRequest, ask: Ask, form: PlaceForm, status: int = 200) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:250]
    on = ask.desk.jurisdiction.local_date(ask.request.requested_datetime)
    found: list[Candidate] = locate_or_ask(ask.desk.jurisdiction, text, on=on) if text else []
    proposed = proposal(request, ask)
    context = {
        "desk": ask.desk, "one": ask.request, "form": form, "text": text, "found": found, "proposed": proposed,
        "frame": _frame(ask, proposed), "ground": ground(ask.desk), "leaflet_overrides": LEAFLET,
        "place": {"lon": proposed.lon if proposed else None, "lat": proposed.lat if proposed else None,
                  "parcel": outline(ask.request)},
    }  # fmt: skip
    return render(request, "console/place.html", context, status=status)


def _frame(ask: Ask, proposed: Proposed | None) -> Frame:
    """What the picture without scripts shows: the surroundings, or the whole city where no place is known."""
    if proposed is None:
        return whole_city(ask.desk.jurisdiction, 640, 420).frame(640, 420)
    return View(_ZOOM, proposed.lat, proposed.lon).frame(640, 420)
