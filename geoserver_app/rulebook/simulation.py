"""What a version would have decided otherwise of the last days: asked for, watched, counted, drawn, taken away."""

from __future__ import annotations

import csv
from html import escape
from typing import Any

import shapely
from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from geoserver_app import jobs
from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.console import ground
from geoserver_app.drafts.preview import HEIGHT, LONGEST, PICTURE, WIDTH
from geoserver_app.editions.sheets import harmless
from geoserver_app.maps.drawing.paths import SCALE, path_data
from geoserver_app.maps.drawing.picture import Order, Words, draw
from geoserver_app.maps.mercator import frame_around
from geoserver_app.maps.page import LEAFLET, attribution
from geoserver_app.route.models import RuleSimulation
from geoserver_app.rulebook.access import head, page, private, rules_desk, to, user_of, version_of
from geoserver_app.rulebook.difference import collection, outlines
from geoserver_app.rulebook.names import Names
from geoserver_app.rulebook.sheet import HEADINGS, rows

LINES = 100
DAYS = 90


@require_http_methods(["GET", "POST"])
@requires(Capability.EDIT_RULES)
def simulation_page(request: HttpRequest, version: int) -> HttpResponse:
    """GET .../simulation/: the newest, or how far it is; POST ``days``: has one worked out by the worker."""
    rule_set = version_of(request, version)
    found = RuleSimulation.objects.filter(rule_set=rule_set).select_related("against").first()
    if request.method == "POST":
        text = request.POST.get("days", "")
        days = min(max(int(text) if text.isdigit() and len(text) < 6 else DAYS, 1), LONGEST)
        if found is None or not found.is_running:
            asked = RuleSimulation.objects.create(
                rule_set=rule_set, days=days, asked_by=user_of(request), asked_at=timezone.now()
            )
            jobs.defer_rule_simulation(asked)
        return to(request, "simulation", version)
    desk = rules_desk(request)
    done = found.result if found is not None and found.state == RuleSimulation.State.DONE else None
    context = head(request, rule_set, "simulation") | {
        "simulation": found,
        "running": found is not None and found.is_running,
        "result": _in_words(done, Names(desk.language)) if done else None,
        "days": found.days if found is not None else DAYS,
        "ground": ground.ground(desk),
        "leaflet_overrides": LEAFLET,
        "picture_size": (WIDTH, HEIGHT),
    }
    return page(request, "simulation", context)


def _in_words(result: dict[str, Any], names: Names) -> dict[str, Any]:
    """The counts with names instead of ids."""
    changed = [one for one in result["held"] if one["before"] != one["after"]]
    kind = result["areas"][0]["kind"] if result["areas"] else ""
    return result | {
        "held": [
            (names.desk(one["department"], one["post"]), one["before"], one["after"], one["after"] - one["before"])
            for one in changed
        ],
        "departments": [(names.department(old), names.department(new), n) for old, new, n in result["handed"]],
        "officers": [(names.post(old), names.post(new), n) for old, new, n in result["desks"]],
        "areas": [one for one in result["areas"] if one["kind"] == kind],
        "more_areas": [one for one in result["areas"] if one["kind"] != kind],
        "listed": [
            one | {
                "service_name": names.service(one["service"]),
                "from": names.desk(one["department_before"], one["post_before"]),
                "to": names.desk(one["department_after"], one["post_after"]),
            }
            for one in result["moves"][:LINES]
        ],
    }  # fmt: skip


@require_GET
@requires(Capability.EDIT_RULES)
def state(request: HttpRequest, version: int) -> HttpResponse:
    """GET .../simulation/state.json: how far it is."""
    found = _newest(request, version)
    waits = found.state == RuleSimulation.State.WAITING
    step = _("Waiting for the worker") if waits else _("Requests are decided again")
    told = {"running": found.is_running, "state": found.state, "step": step, "done": found.done, "total": found.total}
    return private(JsonResponse(told))


@require_GET
@requires(Capability.EDIT_RULES)
def map_data(request: HttpRequest, version: int) -> HttpResponse:
    """GET .../simulation/map.json: GeoJSON of areas with what would move in them, and of those requests."""
    found = _newest(request, version)
    return private(JsonResponse(collection(found.result, Names(rules_desk(request).language))))


@csp_replace(PICTURE)  # type: ignore[arg-type]  # its types know no view that takes a part of the address
@require_GET
@requires(Capability.EDIT_RULES)
def picture(request: HttpRequest, version: int) -> HttpResponse:
    """GET .../simulation/map.svg: the same as a picture."""
    found, place = _newest(request, version), rules_desk(request).jurisdiction
    frame = frame_around(place.outline.extent, WIDTH, HEIGHT)
    words = Words(_("Where requests would have gone to another desk"), attribution(place), _("ft"), _("mi"))
    drawn = []
    for one, geometry in outlines(found.result):
        pixels = shapely.transform(geometry, lambda xy: [frame.pixel(x, y) for x, y in xy.tolist()])
        drawn.append(
            f'<path d="{path_data([pixels])}" transform="scale({1 / SCALE})" fill="#5b2a86"'
            f' fill-opacity="{one["share"]:.2f}" fill-rule="evenodd" stroke="#5b2a86" stroke-width="10">'
            f"<title>{escape(one['code'])}: {one['count']}</title></path>"
        )
    for one in found.result.get("moves", []):
        if one["lon"] is not None:
            x, y = frame.pixel(one["lon"], one["lat"])
            drawn.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#c05600" stroke="#fff" stroke-width=".7"/>')
    whole = draw(Order(place.code, frame, words)).removesuffix("</svg>") + f"<g>{''.join(drawn)}</g></svg>"
    return private(HttpResponse(whole, content_type="image/svg+xml"))


@require_GET
@requires(Capability.EDIT_RULES)
def sheet(request: HttpRequest, version: int) -> HttpResponse:
    """GET .../simulation/requests.csv: the requests that would have gone elsewhere, one a row."""
    found = _newest(request, version)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="rules-{version}-simulation.csv"'
    writer = csv.writer(answer)
    writer.writerow(HEADINGS)
    for row in rows(found.result.get("moves", []), Names(rules_desk(request).language)):
        writer.writerow([harmless(cell) for cell in row])
    return private(answer)


def _newest(request: HttpRequest, version: int) -> RuleSimulation:
    found = RuleSimulation.objects.filter(rule_set=version_of(request, version)).first()
    if found is None:
        raise Http404(_("These rules were not tried on past requests yet."))
    return found
