"""Everything that rules look at, of one request; what a decision stores, and what is asked of the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from geoserver_app.catalog.models import Service
from geoserver_app.link.ground import EXCLUSIVE, NOWHERE, Evidence, Ground, Lies, settle
from geoserver_app.link.links import Links
from geoserver_app.org.calendar import OfficeCalendar
from geoserver_app.route.models import Decision


@dataclass(frozen=True)
class Facts:
    """The facts of one request. ``lies_on`` and ``doubt`` are as measured; ``ground`` and ``unsure`` are what counts.

    ``minute`` is counted in the local week from Monday 0:00, as the clock on the wall shows it; ``priority`` is the
    service's. ``parcel_owner`` and ``parcel_use`` are those of the parcel it lies in by the map. ``assumed`` is ground
    that it may turn out to lie on (see ways()).
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
    parcel_owner: str = ""
    parcel_use: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    assumed: Lies | None = None

    @cached_property
    def _settled(self) -> tuple[Lies, Lies, str]:
        settled = settle(Ground(self.lies_on, self.doubt), Evidence(self.asset_kind, self.asset_owner, self.means))
        return settled.lies_on, settled.doubt, settled.source

    @property
    def ground(self) -> Lies:
        """What it lies on, after the evidence of ownership."""
        return self._settled[0] if self.assumed is None else self.assumed

    @property
    def unsure(self) -> Lies:
        """What of the ground is still in doubt after the evidence."""
        return self._settled[1]

    @property
    def source(self) -> str:
        """What decided whose ground it is: asset, answer or ground."""
        return self._settled[2]

    @property
    def owner_class(self) -> str:
        """Whose the parcel is; "" where the place counts as lying in another one or in none."""
        return self.parcel_owner if self._in_its_parcel else ""

    @property
    def land_use(self) -> str:
        """What the parcel is used for; "" where the place counts as lying in another one or in none."""
        return self.parcel_use if self._in_its_parcel else ""

    @property
    def _in_its_parcel(self) -> bool:
        return bool(self.ground & self.lies_on & (Lies.PRIVATE_PARCEL | Lies.PUBLIC_PARCEL))

    def ways(self, relevant: Lies) -> tuple[Facts, ...]:
        """The facts in every way the ground may turn out, as far as the rules care (``relevant`` kinds of it).

        Of right-of-way, private and public parcel it is one; anything else in doubt is there or not; a state highway
        is a right-of-way. Without doubt there is one way: as it is.
        """
        unsure = self.unsure & relevant
        if not unsure:
            return (self,)
        exclusive = [code for code in EXCLUSIVE if code in unsure] or [self.ground & EXCLUSIVE]
        if unsure & EXCLUSIVE and not self.ground & EXCLUSIVE:
            exclusive.append(NOWHERE)
        base = self.ground & ~EXCLUSIVE & ~unsure
        grounds = {_consistent(base | one | over) for one in exclusive for over in _subsets(unsure & ~EXCLUSIVE)}
        return tuple(replace(self, assumed=ground) for ground in sorted(grounds))

    def parameters(self) -> dict[str, Any]:
        """The facts as parameters of a statement."""
        values = {column.name: getattr(self, column.name) for column in fields(self) if column.name != "assumed"}
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
        parcel_owner=links.owner_class,
        parcel_use=links.land_use,
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
        parcel_owner=decision.owner_class,
        parcel_use=decision.land_use,
        answers=decision.answers or {},
    )


def _consistent(ground: Lies) -> Lies:
    return ground if Lies.RIGHT_OF_WAY in ground else ground & ~Lies.STATE_HIGHWAY


def _subsets(mask: Lies) -> list[Lies]:
    subsets = [NOWHERE]
    for bit in mask:
        subsets += [one | bit for one in subsets]
    return subsets


def minute_of_week(at: datetime, zone: ZoneInfo) -> int:
    """Minutes from Monday 0:00 on the wall clock of a zone."""
    local = at.astimezone(zone)
    return local.weekday() * 1440 + local.hour * 60 + local.minute
