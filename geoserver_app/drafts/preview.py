"""The preview of a draft: which requests of the last days it would move, and the ground that changes hands."""

from __future__ import annotations

import csv
import json
from html import escape
from typing import Any

import shapely
from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from geoserver_app import jobs
from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.console import ground
from geoserver_app.console.desk import desk_of
from geoserver_app.drafts.access import edition_of, page, to, user_of
from geoserver_app.drafts.edition import head
from geoserver_app.editions import difference
from geoserver_app.editions.models import Simulation
from geoserver_app.editions.sheets import harmless
from geoserver_app.gis import sentences
from geoserver_app.maps.drawing.picture import Order, Words, draw
from geoserver_app.maps.mercator import Frame, frame_around
from geoserver_app.maps.page import LEAFLET, attribution
from layers.models import Edition

LONGEST = 3660
LINES = 100
WIDTH, HEIGHT = 824, 610
PICTURE = {"default-src": ["'none'"], "style-src": ["'unsafe-inline'"], "font-src": ["data:"]}
_RUNNING = (Simulation.State.WAITING, Simulation.State.RUNNING)


@require_http_methods(["GET", "POST"])
@requires(Capability.EDIT_GEOGRAPHY)
def preview_page(request: HttpRequest, edition_id: int) -> HttpResponse:
    """GET .../preview/: the newest preview, or how far it is; POST ``days``: has one made by the worker."""
    edition = edition_of(request, edition_id)
    found = Simulation.objects.filter(edition=edition).first()
    if request.method == "POST":
        _ask(request, edition, found)
        return to(request, "gis_preview", edition.pk)
    desk = desk_of(request)
    pieces = difference.pieces(edition)
    context = head(desk, edition) | {
        "simulation": found,
        "running": found is not None and found.state in _RUNNING,
        "result": found.result if found is not None and found.state == Simulation.State.DONE else None,
        "listed": found.result.get("requests", [])[:LINES] if found is not None else [],
        "pieces": [(one["properties"], sentences.square_metres(one["properties"]["area_m2"])) for one in pieces],
        "leaflet_overrides": LEAFLET,
        "ground": ground.ground(desk),
        "picture_size": (WIDTH, HEIGHT),
        "days": found.days if found is not None else 30,
    }
    return page(request, "preview", context)


def _ask(request: HttpRequest, edition: Edition, found: Simulation | None) -> None:
    text = request.POST.get("days", "")
    days = min(max(int(text) if text.isdigit() else 30, 1), LONGEST)
    if found is not None and found.state in _RUNNING:
        return
    asked = Simulation.objects.create(edition=edition, days=days, asked_by=user_of(request), asked_at=timezone.now())
    jobs.defer_simulation(asked)


@requires(Capability.EDIT_GEOGRAPHY)
def state(request: HttpRequest, edition_id: int) -> HttpResponse:
    """GET .../preview/state.json: how far it is."""
    found = _newest(request, edition_id)
    running = found.state in _RUNNING
    waiting = found.state == Simulation.State.WAITING
    step = _("Waiting for the worker") if waiting else _("Requests are looked at")
    return _private(
        JsonResponse({"running": running, "state": found.state, "step": step, "done": found.done, "total": found.total})
    )


@requires(Capability.EDIT_GEOGRAPHY)
def map_data(request: HttpRequest, edition_id: int) -> HttpResponse:
    """GET .../preview/map.json: GeoJSON of the ground that changes hands and of the requests that would move."""
    edition = edition_of(request, edition_id)
    found = Simulation.objects.filter(edition=edition, state=Simulation.State.DONE).first()
    requests = found.result.get("requests", []) if found is not None else []
    return _private(JsonResponse(difference.collection(edition, requests)))


@csp_replace(PICTURE)  # type: ignore[arg-type]  # its types know no view that takes a part of the address
@requires(Capability.EDIT_GEOGRAPHY)
def picture(request: HttpRequest, edition_id: int) -> HttpResponse:
    """GET .../preview/map.svg: the ground that changes hands, as a picture."""
    return _private(HttpResponse(svg(edition_of(request, edition_id)), content_type="image/svg+xml"))


def svg(edition: Edition) -> str:
    """The whole jurisdiction, with the ground that changes hands on top."""
    place = edition.kind.jurisdiction
    frame = frame_around(place.outline.extent, WIDTH, HEIGHT)
    words = Words(_("Ground that changes hands"), attribution(place), _("ft"), _("mi"))
    drawn = "".join(_piece(one, frame) for one in difference.pieces(edition))
    return draw(Order(place.code, frame, words)).removesuffix("</svg>") + f"<g>{drawn}</g></svg>"


def _piece(one: dict[str, Any], frame: Frame) -> str:
    rings = shapely.get_rings(shapely.get_parts(shapely.from_geojson(json.dumps(one["geometry"]))))
    paths = []
    for ring in rings:
        places = (frame.pixel(x, y) for x, y in shapely.get_coordinates(ring).tolist())
        paths.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places) + "Z")
    said = f"{one['properties']['before'] or '–'} → {one['properties']['after'] or '–'}"
    return (
        f'<path d="{"".join(paths)}" fill="#5b2a86" fill-opacity=".3" fill-rule="evenodd" stroke="#5b2a86">'
        f"<title>{escape(said)}</title></path>"
    )


@requires(Capability.EDIT_GEOGRAPHY)
def sheet(request: HttpRequest, edition_id: int) -> HttpResponse:
    """GET .../preview/requests.csv: the requests that would move, one a row."""
    found = _newest(request, edition_id)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="edition-{edition_id}-preview.csv"'
    writer = csv.writer(answer)
    columns = ("number", "service", "state", "requested", "lon", "lat", "gone", "fresh", "desk_before", "desk_after")
    writer.writerow(columns)
    for one in found.result.get("requests", []):
        row = one | {"gone": " ".join(one["gone"]), "fresh": " ".join(one["fresh"])}
        writer.writerow([harmless(row.get(name, "")) for name in columns])
    return _private(answer)


def _newest(request: HttpRequest, edition_id: int) -> Simulation:
    found = Simulation.objects.filter(edition=edition_of(request, edition_id)).first()
    if found is None:
        raise Http404(_("There is no preview of this edition yet."))
    return found


def _private(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "private, no-store"
    return answer
