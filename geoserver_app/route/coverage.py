"""Whether everything has an owner: each service on each class of place, decided by a version of the rules."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from geoserver_app.catalog.models import Service
from geoserver_app.link.ground import NOWHERE, Lies
from geoserver_app.route.known import Known
from geoserver_app.route.models import Decision, RuleSet
from geoserver_app.route.past import rows
from geoserver_app.route.program import Program, program_of

# Places as they occur: a park's ground is a public parcel too, a state highway a right-of-way.
PLACES: dict[str, Lies] = {
    "right_of_way": Lies.RIGHT_OF_WAY,
    "private_parcel": Lies.PRIVATE_PARCEL,
    "public_parcel": Lies.PUBLIC_PARCEL,
    "park": Lies.PARK | Lies.PUBLIC_PARCEL,
    "easement": Lies.EASEMENT | Lies.PRIVATE_PARCEL,
    "state_highway": Lies.STATE_HIGHWAY | Lies.RIGHT_OF_WAY,
    "water": Lies.WATER | Lies.PUBLIC_PARCEL,
    "rail": Lies.RAIL | Lies.PRIVATE_PARCEL,
    "outside": Lies.OUTSIDE,
    "nowhere": NOWHERE,
}
_FACTS = """select x.request_id, x.service_id, '{}'::bigint[] as area_ids, x.lies_on, 0 as doubt, ''::text as means,
    ''::text as asset_kind, ''::text as asset_owner, ''::text as parcel_owner, ''::text as parcel_use,
    '{}'::jsonb as answers, 'web'::text as channel, 'en'::text as language, 0 as minute, true as office_open,
    'normal'::text as priority
    from jsonb_to_recordset(%(asked)s::jsonb) as x (request_id bigint, service_id bigint, lies_on int)"""


@dataclass(frozen=True)
class Owner:
    """Who gets a service on one class of place, in no area: ids; ``rule`` is the exception that decides, if one does.

    ``is_gap``: nobody but the triage desk, and no rule says so.
    """

    department: int | None
    post: int | None
    agency: int | None
    rule: int | None
    is_gap: bool


@dataclass(frozen=True)
class Covered:
    """One service on every class of place, in the order of PLACES."""

    service: Service
    owners: tuple[Owner, ...]

    @property
    def gaps(self) -> int:
        return sum(one.is_gap for one in self.owners)


def coverage(rule_set: RuleSet) -> list[Covered]:
    """Every service that is offered, by its code; decided in one statement, without area, answers or evidence."""
    services = list(Known(rule_set.jurisdiction).offered().order_by("code"))
    masks = list(PLACES.values())
    asked = [
        {"request_id": at * len(masks) + number, "service_id": service.pk, "lies_on": int(mask)}
        for at, service in enumerate(services)
        for number, mask in enumerate(masks)
    ]
    owners = _owners(program_of(rule_set), asked)
    return [
        Covered(service, tuple(owners[at * len(masks) + number] for number in range(len(masks))))
        for at, service in enumerate(services)
    ]


def _owners(program: Program, asked: Sequence[dict[str, int]]) -> dict[int, Owner]:
    statement = program.statement(_FACTS)
    decided = rows(
        f"select d.request_id, d.way, d.winner, d.department, d.post, d.agency, d.triage from ({statement}) d",
        {"asked": json.dumps(asked)},
    )
    meant = {clause.position for clause in program.clauses if clause.triage}
    return {
        number: Owner(department, post, agency, winner, _is_gap(way, winner, triage, meant))
        for number, way, winner, department, post, agency, triage in decided
    }


def _is_gap(way: str, winner: int | None, triage: bool, meant: set[int]) -> bool:
    if way == Decision.Way.NONE:
        return True
    return way == Decision.Way.RULE and triage and winner not in meant
