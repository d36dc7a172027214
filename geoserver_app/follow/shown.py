"""What a page tells of a request: to everybody only its public row, to whoever holds the code all that is their own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from geoserver_app.catalog.form import in_words, public_answers
from geoserver_app.catalog.models import Service, in_language
from geoserver_app.duplicates import incidents
from geoserver_app.follow.stages import Stage, line_words, sentence, stages
from geoserver_app.intake.models import Media, Reporter, ServiceRequest
from geoserver_app.maps.words import readable
from geoserver_app.notify import moments
from geoserver_app.notify.masks import mask_address
from geoserver_app.route.plain import because
from geoserver_app.work.history import Line, for_everybody, for_reporter
from geoserver_app.work.states import CLOSED
from geoserver_app.work.steps import REOPEN_DAYS
from layers.models import Area, AreaShape

# Kinds by which people know where they live; what the ground is made of is no answer to "where".
_KINDS = ("neighborhood", "council_district", "beat")
# While the page says who has it, it says why.
_TOLD_WHY = ("assigned", "accepted", "in_progress", "referred", "done")


@dataclass(frozen=True)
class Entry:
    """A line of the history: when, what, and the words that came with it."""

    when: str
    at: datetime
    words: str
    note: str


@dataclass(frozen=True)
class Spot:
    """The place. ``point`` is None where none may be shown; ``is_exact`` False where it stands for something larger."""

    address: str
    point: Point | None
    is_exact: bool
    remark: str
    areas: tuple[str, ...]


@dataclass(frozen=True)
class Due:
    """By when it is expected, in words."""

    words: str
    at: datetime
    is_late: bool


@dataclass(frozen=True)
class Shown:
    """One request as a page tells it."""

    request: ServiceRequest
    own: bool
    service: str
    sentence: str
    because: str
    stages: tuple[Stage, ...]
    due: Due | None
    spot: Spot
    words: str
    answers: tuple[tuple[str, str], ...]
    photos: tuple[Media, ...]
    history: tuple[Entry, ...]
    told: str
    people: int  # how many reported the same thing

    @property
    def number(self) -> str:
        return self.request.service_request_id

    @property
    def is_open(self) -> bool:
        return self.request.state not in CLOSED


def shown(request: ServiceRequest, *, own: bool, language: str, at: datetime) -> Shown:
    """What to tell. ``own``: to whoever holds number and code; else only what is public of a public request."""
    lines = for_reporter(request) if own else for_everybody(request)
    zone = ZoneInfo(request.jurisdiction.time_zone)
    return Shown(
        request=request,
        own=own,
        service=request.service.name_in(language),
        sentence=sentence(request, language, by_reporter=_withdrawn(request)),
        because=because(request, language, own=own) if request.state in _TOLD_WHY else "",
        stages=tuple(stages(request, lines, language)),
        due=_due(request, language, zone, at),
        spot=_own_spot(request) if own else _public_spot(request),
        words=request.description if own else request.public_description,
        answers=_answers(request, own=own, language=language),
        photos=tuple(photos(request, own=own)),
        history=_history(request, lines, own=own, language=language, zone=zone),
        told=_told(request) if own else "",
        people=incidents.people(request.incident_id),
    )


def photos(request: ServiceRequest, *, own: bool) -> Iterable[Media]:
    """The photos that may be seen: one's own, and those that were released of a public request."""
    rows = request.media.order_by("pk")
    if own:
        return [one for one in rows if one.is_public or one.stage != Media.Stage.WORK]
    return [one for one in rows if one.is_public] if request.is_public else []


def may_reopen(request: ServiceRequest, at: datetime) -> bool:
    """Whether the reporter may reopen it: for REOPEN_DAYS after it was closed."""
    closed = request.closed_at
    return request.state in CLOSED and closed is not None and at <= closed + timedelta(days=REOPEN_DAYS)


def _withdrawn(request: ServiceRequest) -> bool:
    """Whether it was the reporter who took it back."""
    return request.history.filter(to_state="cancelled", by_reporter=True).exists()


def _due(request: ServiceRequest, language: str, zone: ZoneInfo, at: datetime) -> Due | None:
    due = request.expected_datetime
    if due is None or request.state in CLOSED or request.field_action_at:
        return None
    return Due(moments.full(due, language, zone, at), due, due < at)


def _own_spot(request: ServiceRequest) -> Spot:
    address = readable(request.address_text or request.public_address)
    remark = "" if request.geom or address else _("No place was given.")
    return Spot(address, request.geom, True, remark, _area_names(request.area_ids))


def _public_spot(request: ServiceRequest) -> Spot:
    exact = request.service.privacy == Service.Privacy.EXACT
    return Spot(
        readable(request.public_address),
        request.public_geom,
        exact,
        "" if exact else _coarser(request.service.privacy),
        _area_names(request.public_area_ids),
    )


def _coarser(privacy: str) -> str:
    """Why the place is not shown exactly."""
    said = {
        Service.Privacy.BLOCK_FACE: _("Only the block is shown, not the house."),
        Service.Privacy.CELL: _("The place is shown only roughly."),
        Service.Privacy.AREA_ONLY: _("Only the area is shown."),
        Service.Privacy.HIDDEN: _("The place is not shown."),
    }
    return said[Service.Privacy(privacy)]


def _area_names(ids: Iterable[int]) -> tuple[str, ...]:
    """The names of the areas that people know, in the order of the city's kinds, each once."""
    areas = Area.objects.filter(pk__in=list(ids), kind__code__in=_KINDS).select_related("kind")
    ordered = sorted(areas, key=lambda area: (_KINDS.index(area.kind.code), area.code))
    rows = AreaShape.objects.filter(area__in=ordered).order_by("in_force", "pk").values_list("area_id", "name")
    names = dict(rows)
    return tuple(dict.fromkeys(names.get(area.pk) or area.code for area in ordered))


def _answers(request: ServiceRequest, *, own: bool, language: str) -> tuple[tuple[str, str], ...]:
    given = {row.attribute.code: row for row in request.answers.select_related("attribute")}
    values = {code: row.value for code, row in given.items()}
    visible = values if own else public_answers(request.service, values)
    rows = sorted((given[code] for code in visible), key=lambda row: row.attribute.position)
    return tuple(
        (in_language(row.attribute.question, language), in_words(row.attribute, row.value, language)) for row in rows
    )


def _history(
    request: ServiceRequest, lines: Iterable[Line], *, own: bool, language: str, zone: ZoneInfo
) -> tuple[Entry, ...]:
    """The newest first; the report itself is the last line."""
    reported = _("You reported it") if own else pgettext("request", "Reported")
    told = [Entry(moments.stamp(request.requested_datetime, language, zone), request.requested_datetime, reported, "")]
    told += [
        Entry(moments.stamp(line.at, language, zone), line.at, line_words(line, own=own), line.note) for line in lines
    ]
    return tuple(reversed(told))


def _told(request: ServiceRequest) -> str:
    """How the reporter is told, with enough of the address to recognize it: who holds the code may not be alone."""
    reporter: Reporter | None = getattr(request, "reporter", None)
    if reporter is None or reporter.tell_by == Reporter.TellBy.NONE:
        return _("You get no messages. Look here for news.")
    where = reporter.email if reporter.tell_by == Reporter.TellBy.EMAIL else reporter.phone
    values = {"address": mask_address(where, reporter.tell_by)}
    said = {
        Reporter.TellBy.EMAIL: _("We write an e-mail to %(address)s."),
        Reporter.TellBy.TEXT: _("We send a text message to %(address)s."),
        Reporter.TellBy.PHONE: _("We call %(address)s."),
        Reporter.TellBy.POST: _("We write a letter to the address that you gave."),
    }
    return said[Reporter.TellBy(reporter.tell_by)] % values
