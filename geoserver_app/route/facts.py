"""Everything that rules look at, of one request; what a decision stores, and what is asked of the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from geoserver_app.catalog.models import Service
from geoserver_app.link.ground import NOWHERE, Evidence, Ground, Lies, settle
from geoserver_app.link.links import Links
from geoserver_app.org.calendar import OfficeCalendar
from geoserver_app.route.models import Decision


@dataclass(frozen=True)
class Facts:
    """The facts of one request. ``lies_on`` and ``doubt`` are as measured; ``ground`` and ``unsure`` are what counts.

    ``minute`` is counted in the local week from Monday 0:00, as the clock on the wall shows it; ``priority`` is the
    service's.
    """

    service_id: int
    channel: str
    language: str
    minute: int
    office_open: bool
    priority: str
    area_ids: tuple[int, ...] = ()
    lies_on: Lies = NOWHERE
    doubt: Lies = NOWHERE
    means: str = ""
    asset_kind: str = ""
    asset_owner: str = ""
    owner_class: str = ""
    land_use: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def _settled(self) -> tuple[Lies, Lies, str]:
        settled = settle(Ground(self.lies_on, self.doubt), Evidence(self.asset_kind, self.asset_owner, self.means))
        return settled.lies_on, settled.doubt, settled.source

    @property
    def ground(self) -> Lies:
        """What it lies on, after the evidence of ownership."""
        return self._settled[0]

    @property
    def unsure(self) -> Lies:
        """What of the ground is still in doubt after the evidence."""
        return self._settled[1]

    @property
    def source(self) -> str:
        """What decided whose ground it is: asset, answer or ground."""
        return self._settled[2]

    def parameters(self) -> dict[str, Any]:
        """The facts as parameters of a statement."""
        values = {column.name: getattr(self, column.name) for column in fields(self)}
        return values | {
            "area_ids": list(self.area_ids),
            "lies_on": int(self.lies_on),
            "doubt": int(self.doubt),
        }


def facts_of(
    service: Service,
    links: Links,
    *,
    at: datetime,
    channel: str,
    language: str,
    answers: Mapping[str, Any],
    calendar: OfficeCalendar,
) -> Facts:
    """The facts of a request that was asked for at a moment (aware) and has been linked."""
    return Facts(
        service_id=service.pk,
        channel=channel,
        language=language,
        minute=minute_of_week(at, calendar.zone),
        office_open=calendar.is_open(at),
        priority=service.priority,
        area_ids=links.area_ids,
        lies_on=links.ground.lies_on,
        doubt=links.ground.doubt,
        means=links.evidence.means,
        asset_kind=links.evidence.asset_kind,
        asset_owner=links.evidence.asset_owner,
        owner_class=links.owner_class,
        land_use=links.land_use,
        answers=answers,
    )


def facts_in(decision: Decision) -> Facts:
    """The facts that a decision stored: of areas and answers those that its rules name."""
    return Facts(
        service_id=decision.service,
        channel=decision.channel,
        language=decision.language,
        minute=decision.minute,
        office_open=decision.office_open,
        priority=decision.base_priority,
        area_ids=tuple(decision.area_ids),
        lies_on=Lies(decision.lies_on),
        doubt=Lies(decision.doubt),
        means=decision.means,
        asset_kind=decision.asset_kind,
        asset_owner=decision.asset_owner,
        owner_class=decision.owner_class,
        land_use=decision.land_use,
        answers=decision.answers or {},
    )


def minute_of_week(at: datetime, zone: ZoneInfo) -> int:
    """Minutes from Monday 0:00 on the wall clock of a zone."""
    local = at.astimezone(zone)
    return local.weekday() * 1440 + local.hour * 60 + local.minute
