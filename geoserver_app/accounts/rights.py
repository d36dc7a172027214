"""What somebody may do, and to whose requests. Nothing is allowed that no assignment allows.

Rights are a list of scopes, one for each assignment. Within a scope everything must fit (jurisdiction *and* department
*and* area *and* sensitivity); one scope that fits is enough. They are never added up across scopes: the liaison of
Public Works who is also the aide of district 2 may not work on what other departments do in district 2.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.models import AnonymousUser

from geoserver_app.accounts.models import Assignment, User
from geoserver_app.accounts.roles import CAPABILITIES, Capability, Role
from layers.models import Area, Jurisdiction


@dataclass(frozen=True)
class Matter:
    """What a right is checked against, of one request: whose it is (and who has a copy), where, how sensitive."""

    jurisdiction_id: int
    department_ids: frozenset[int] = frozenset()
    area_ids: frozenset[int] = frozenset()
    sensitive: bool = False


@dataclass(frozen=True)
class Scope:
    """What one assignment gives. ``department_id`` None: every department; ``area_ids`` None: everywhere."""

    jurisdiction_id: int
    role: Role
    capabilities: frozenset[Capability]
    department_id: int | None = None
    area_ids: frozenset[int] | None = None
    sensitive: bool = False

    def covers(self, matter: Matter) -> bool:
        """Whether a request lies inside this scope, whatever may be done with it."""
        return (
            matter.jurisdiction_id == self.jurisdiction_id
            and (self.department_id is None or self.department_id in matter.department_ids)
            and (self.area_ids is None or not self.area_ids.isdisjoint(matter.area_ids))
            and (self.sensitive or not matter.sensitive)
        )


@dataclass(frozen=True)
class Rights:
    """All scopes of one person at a moment; without scopes a stranger."""

    user_id: int | None = None
    scopes: tuple[Scope, ...] = field(default=())

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(scope.role for scope in self.scopes)

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Everything that may be done somewhere; what to is another question."""
        return frozenset(capability for scope in self.scopes for capability in scope.capabilities)

    def scopes_for(self, capability: Capability) -> tuple[Scope, ...]:
        """The scopes that give a capability: a queryset of what may be seen is their union."""
        return tuple(scope for scope in self.scopes if capability in scope.capabilities)

    def jurisdictions(self, capability: Capability) -> frozenset[int]:
        """Ids of the jurisdictions in which something may be done somewhere."""
        return frozenset(scope.jurisdiction_id for scope in self.scopes_for(capability))

    def departments(self, capability: Capability) -> frozenset[int] | None:
        """Ids of the departments for which something may be done; None for all of them."""
        found = [scope.department_id for scope in self.scopes_for(capability)]
        return None if None in found else frozenset(one for one in found if one is not None)

    def may(self, capability: Capability, jurisdiction_id: int | None = None) -> bool:
        """Whether something may be done at all (in a jurisdiction): enough to open a page, not to show a request."""
        return any(jurisdiction_id in (None, scope.jurisdiction_id) for scope in self.scopes_for(capability))

    def may_with(self, capability: Capability, matter: Matter) -> bool:
        """Whether something may be done with one request."""
        return any(scope.covers(matter) for scope in self.scopes_for(capability))


STRANGER = Rights()


def rights_of(user: User | AnonymousUser, *, at: datetime) -> Rights:
    """The rights of somebody at a moment, in three queries at most; a stranger's where nobody is logged in.

    A superuser is an administrator of every jurisdiction: may set everything up, but sees no names and nothing
    sensitive unless an assignment says so.
    """
    if not isinstance(user, User) or not user.is_active:
        return STRANGER
    held = Assignment.objects.filter(user=user).select_related("jurisdiction").defer("jurisdiction__outline")
    assignments = [one for one in held if one.holds_on(one.jurisdiction.local_date(at))]
    area_ids = _area_ids(assignments)
    scopes = [_scope(one, area_ids) for one in assignments]
    if user.is_superuser:
        scopes += [_administrator(pk) for pk in Jurisdiction.objects.values_list("pk", flat=True)]
    return Rights(user_id=user.pk, scopes=tuple(scopes))


def _scope(assignment: Assignment, area_ids: dict[tuple[int, str, str], int]) -> Scope:
    role = Role(assignment.role)
    keys = [(assignment.jurisdiction_id, assignment.area_kind, code) for code in assignment.area_codes]
    return Scope(
        jurisdiction_id=assignment.jurisdiction_id,
        role=role,
        capabilities=CAPABILITIES[role],
        department_id=assignment.department_id,
        # A code that names no area gives nothing, not everything.
        area_ids=frozenset(area_ids[key] for key in keys if key in area_ids) if assignment.area_kind else None,
        sensitive=assignment.sensitive,
    )


def _administrator(jurisdiction_id: int) -> Scope:
    return Scope(jurisdiction_id, Role.ADMIN, CAPABILITIES[Role.ADMIN])


def _area_ids(assignments: Iterable[Assignment]) -> dict[tuple[int, str, str], int]:
    """(jurisdiction, kind, code) -> id of every area that the assignments name and that exists."""
    limited = [one for one in assignments if one.area_kind]
    if not limited:
        return {}
    rows = Area.objects.filter(
        jurisdiction__in={one.jurisdiction_id for one in limited},
        kind__code__in={one.area_kind for one in limited},
        code__in={code for one in limited for code in one.area_codes},
    ).values_list("jurisdiction_id", "kind__code", "code", "pk")
    return {(jurisdiction, kind, code): pk for jurisdiction, kind, code, pk in rows}
