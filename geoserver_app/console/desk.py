"""Who sits at the console, in which jurisdiction, and what every one of its pages shows of that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from geoserver_app.accounts.doors import request_rights
from geoserver_app.accounts.models import User
from geoserver_app.accounts.rights import Rights
from geoserver_app.accounts.roles import Capability, Role
from geoserver_app.org.calendar import OfficeCalendar, calendar_of
from geoserver_app.site.jurisdiction import of_request_or_none
from geoserver_app.work import queue
from layers.models import Jurisdiction

_KEPT = "_onemap_desk"
# Roles that look things up but have no work of their own in a queue: they land on a page of links.
_WITHOUT_QUEUE = frozenset({Role.PLANNER, Role.GIS, Role.ADMIN})


@dataclass
class Desk:
    """Somebody at the console. ``rights`` are those in this jurisdiction alone; ``at`` is the page's moment."""

    user: User
    rights: Rights
    jurisdiction: Jurisdiction
    at: datetime

    @cached_property
    def calendar(self) -> OfficeCalendar:
        return calendar_of(self.jurisdiction)

    @cached_property
    def counts(self) -> queue.Counts:
        return queue.counts(self.rights, self.at)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.jurisdiction.time_zone)

    @property
    def language(self) -> str:
        return get_language() or "en"

    @property
    def has_queue(self) -> bool:
        """Whether the console opens with a queue: everybody who sees requests but those who only look things up."""
        return self.may(Capability.SEE_REQUESTS) and not self.rights.roles <= _WITHOUT_QUEUE

    def may(self, capability: Capability) -> bool:
        """Whether something may be done here at all; to which requests is asked for each."""
        return self.rights.may(capability)


def desk_of(request: HttpRequest) -> Desk:
    """The desk of whoever asks, made once a request. Call only in views that ``requires`` let in."""
    kept: Desk | None = getattr(request, _KEPT, None)
    if kept is None:
        assert isinstance(request.user, User)  # noqa: S101  strangers were sent to log in
        everywhere = request_rights(request)
        jurisdiction = _jurisdiction(request, everywhere)
        kept = Desk(request.user, _within(everywhere, jurisdiction), jurisdiction, timezone.now())
        setattr(request, _KEPT, kept)
    return kept


def _jurisdiction(request: HttpRequest, rights: Rights) -> Jurisdiction:
    """The jurisdiction that the address or the host names, if the person works there; else their first one."""
    own = {scope.jurisdiction_id for scope in rights.scopes}
    asked = of_request_or_none(request)
    if asked is not None and asked.pk in own:
        return asked
    return Jurisdiction.objects.filter(pk__in=own).order_by("code").defer("outline")[0]


def _within(rights: Rights, jurisdiction: Jurisdiction) -> Rights:
    here = tuple(scope for scope in rights.scopes if scope.jurisdiction_id == jurisdiction.pk)
    return Rights(user_id=rights.user_id, scopes=here)
