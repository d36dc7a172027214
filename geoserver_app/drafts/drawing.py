"""Drawing in a draft: on the map with an editor, or as GeoJSON in a field where no scripts run."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from geoserver_app import jobs
from geoserver_app.accounts.doors import request_rights, requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.console import ground
from geoserver_app.console.desk import desk_of
from geoserver_app.drafts.access import edition_of, page, refused, to, user_of
from geoserver_app.drafts.edition import head
from geoserver_app.maps.page import LEAFLET
from layers import drawing
from layers.errors import OneMapError
from layers.models import Edition, Kind
from layers.quality import report as quality

MOST_AREAS = 2_000  # on the map at once; what has more comes as a file


@require_http_methods(["GET", "POST"])
@requires(Capability.EDIT_GEOGRAPHY)
def draw_page(request: HttpRequest, edition_id: int) -> HttpResponse:
    """GET .../draw/?code=: the map with the areas, or one of them; POST: draws one, or takes it out (``out``)."""
    edition = edition_of(request, edition_id)
    if request.method == "POST":
        return _drawn(request, edition)
    return page(request, "draw", _context(request, edition))


def _context(request: HttpRequest, edition: Edition, sent: dict[str, str] | None = None) -> dict[str, Any]:
    desk = desk_of(request)
    shapes = _shapes(edition)
    code = request.GET.get("code", "")
    chosen = shapes.filter(area__code=code).first() if code else None
    said = {"code": code, "name": chosen.name, "geojson": chosen.geom.json} if chosen is not None else {}
    return head(desk, edition) | {
        "is_open": drawing.is_open(edition),
        "areas": shapes.values_list("area__code", "name")[:MOST_AREAS],
        "one": sent or said or {"code": "", "name": "", "geojson": ""},
        "chosen": chosen,
        "leaflet_overrides": LEAFLET,
        "ground": ground.ground(desk),
        "words": {
            "draw": _("Draw"), "edit": _("Move corners"), "cut": _("Cut out"), "done": _("Done"),
            "said": _("Drawn. Keep it with the button below the map."), "geometry": edition.kind.geometry,
        },
    }  # fmt: skip


def _shapes(edition: Edition) -> Any:
    return drawing.shapes_of(edition).select_related("area").order_by("area__code")


def _drawn(request: HttpRequest, edition: Edition) -> HttpResponse:
    sent = {name: request.POST.get(name, "") for name in ("code", "name", "geojson")}
    by = user_of(request).get_full_name() or user_of(request).username
    try:
        if request.POST.get("out"):
            drawing.take_out(edition, sent["code"], by=by)
            messages.success(request, _("“%s” is not in this draft any more.") % sent["code"])
        else:
            drawing.draw(edition, sent["code"], sent["name"], sent["geojson"], by=by)
            messages.success(request, _("“%s” is drawn.") % sent["code"])
    except OneMapError as error:
        refused(request, error)
        return page(request, "draw", _context(request, edition, sent), status=error.status)
    jobs.defer_check(quality.asked(edition))
    return to(request, "gis_draw", edition.pk)


@requires(Capability.EDIT_GEOGRAPHY)
def areas(request: HttpRequest, edition_id: int) -> HttpResponse:
    """GET .../draw/areas.json: the areas of an edition as GeoJSON."""
    features = [
        {
            "type": "Feature",
            "geometry": json.loads(one.geom.json),
            "properties": {"code": one.area.code, "name": one.name},
        }
        for one in _shapes(edition_of(request, edition_id))[:MOST_AREAS]
    ]
    answer = JsonResponse({"type": "FeatureCollection", "features": features})
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_POST
@requires(Capability.EDIT_GEOGRAPHY)
def new_draft(request: HttpRequest, kind: str) -> HttpResponse:
    """POST /console/gis/kinds/KIND/draft/: a draft with everything that is in force, to draw in."""
    desk = desk_of(request)
    found = Kind.objects.filter(jurisdiction=desk.jurisdiction, code=kind, feature_class=Kind.FeatureClass.AREA).first()
    if found is None or not request_rights(request).may(Capability.EDIT_GEOGRAPHY, desk.jurisdiction.pk):
        raise Http404(_("There is no such kind of area."))
    user = user_of(request)
    try:
        source = _("Drawn by %s") % (user.get_full_name() or user.username)
        edition = drawing.copy_of_current(found, source=source)
    except OneMapError as error:
        refused(request, error)
        return to(request, "gis_desk")
    jobs.defer_check(quality.asked(edition))
    return to(request, "gis_draw", edition.pk)
