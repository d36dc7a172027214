"""The console of those who have no queue: links to what they may do."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from geoserver_app.accounts.backends import PAGES
from geoserver_app.accounts.roles import Capability
from geoserver_app.console.desk import Desk


@dataclass(frozen=True)
class Link:
    """Where it leads, what it is called, what is done there."""

    address: str
    title: str
    what: str


def landing(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The page of links; every role has at least the map."""
    return render(request, "console/landing.html", {"desk": desk, "links": links(desk)})


def links(desk: Desk) -> list[Link]:
    """What somebody may do, most specific first."""
    found = [Link(reverse("map"), _("City map"), _("Streets, parcels, beats and districts; what is at a place."))]
    if desk.may(Capability.SEE_REQUESTS):
        listed = f"{reverse('console')}?tab=open"
        found.insert(
            0, Link(listed, _("All open requests"), _("As a list and on a map; closed ones on a tab beside it."))
        )
    if desk.may(Capability.PLAN):
        what = _("Areas ranked by what was asked for, by residents, streets and parcels; as a map, CSV, GeoJSON.")
        found.insert(0, Link(reverse("plan"), _("Planning"), what))
    if desk.may(Capability.READ_OUTBOX):
        found.append(Link(reverse("console_outbox"), _("Outbox"), _("Every message that was sent, word by word.")))
    if desk.may(Capability.EDIT_GEOGRAPHY):
        what = _("Editions of every layer, their quality reports, and what a new one changes.")
        found.append(Link(reverse("gis_desk"), _("GIS desk"), what))
    if desk.may(Capability.EDIT_RULES):
        what = _("Who gets what: versions, exceptions, what a change would have moved.")
        found.append(Link(reverse("rules_index"), _("Rules"), what))
    if desk.may(Capability.MANAGE_PEOPLE):
        what = _("Which programs may send requests here, how often, and what they did.")
        found.append(Link(reverse("console_api_keys"), _("API keys"), what))
    if not desk.rights.capabilities.isdisjoint(PAGES.values()):
        found.append(
            Link(reverse("admin:index"), _("Administration"), _("Services, rules, areas, people: what is yours."))
        )
    return found
