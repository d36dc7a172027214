"""Where a request is, what lies there, and who gets it: locate, link, route. Decides and writes no more than the place.

A part of flow, which calls it for a new report and whenever a pin, a service or an area was put right.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from geoserver_app.failpoint import reached
from geoserver_app.geocode.locate import locate
from geoserver_app.handling import put, stage
from geoserver_app.intake.answers import answers_of
from geoserver_app.intake.models import Review, ServiceRequest
from geoserver_app.intake.store import place_columns
from geoserver_app.link.links import Links
from geoserver_app.link.one import link
from geoserver_app.link.subject import Located, Subject, subject_of
from geoserver_app.org.calendar import OfficeCalendar
from geoserver_app.route import decide
from geoserver_app.route.facts import Facts, facts_of
from geoserver_app.work.opening import Outcome

Stage = Review.Stage
# A locator's candidate below this is a guess: the request waits in review with the address as it was given.
SURE = 80.0


def placed(request: ServiceRequest) -> Located | None:
    """Where its address is; a report without a pin gets that place."""
    text = request.address_text.strip()
    if not text or (request.place_method == ServiceRequest.PlaceMethod.ADDRESS and request.geom is not None):
        return Located(request.geom.x, request.geom.y, text) if text and request.geom else None
    with stage(Stage.GEOCODE):
        on = request.jurisdiction.local_date(request.requested_datetime)
        best = next(iter(locate(request.jurisdiction, text, on=on, limit=1)), None)
    reached("flow.located")
    if best is None or best.score < SURE:
        return None
    if request.geom is None:
        method = ServiceRequest.PlaceMethod.ADDRESS.value
        put(request, place_method=method, **place_columns(best.lon, best.lat))
    return Located(best.lon, best.lat, best.label)


def decided(
    request: ServiceRequest,
    calendar: OfficeCalendar,
    located: Located | None,
    at: datetime,
    *,
    keep_manual: bool = True,
) -> tuple[Links, Facts, decide.Routing]:
    """What its place lies in, what rules look at, and who gets it; nothing is written."""
    with stage(Stage.LINK):
        answers = answers_of(request)
        links = _linked_today(subject_of(request, answers=answers, located=located, keep_manual=keep_manual), at)
    reached("flow.linked")
    with stage(Stage.ROUTE):
        asked, channel, language = request.requested_datetime, request.channel, request.language
        facts = facts_of(
            request.service, links, at=asked, channel=channel, language=language, answers=answers, calendar=calendar
        )
        routing = decide.decide(facts, jurisdiction_id=request.jurisdiction_id)
    reached("flow.routed")
    return links, facts, routing


def _linked_today(subject: Subject, at: datetime) -> Links:
    """The links as filed; with the areas of today where the request is of another day and borders moved since."""
    links = link(subject)
    today = subject.jurisdiction.local_date(at)
    if subject.on == today or subject.lon is None:
        return links
    now = link(replace(subject, on=today)).area_ids
    return replace(links, areas_today=now if now != links.area_ids else None)


def outcome(routing: decide.Routing) -> Outcome:
    return Outcome(
        priority=routing.priority,
        department_id=routing.department_id,
        post_id=routing.post_id,
        agency_id=routing.agency_id,
        triage=routing.triage,
        copies=routing.copies,
    )


def triage_desk(request: ServiceRequest, routing: decide.Routing) -> list[int]:
    desk = routing.post_id or decide.triage(request.jurisdiction_id, priority=request.priority, reason="").post_id
    return [desk] if desk else []
