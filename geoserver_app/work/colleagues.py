"""Who may be named for a request: the people who work in the department that has it."""

from __future__ import annotations

from datetime import date

from geoserver_app.accounts.models import Assignment, User
from geoserver_app.accounts.roles import CAPABILITIES, Capability, Role
from geoserver_app.intake.models import ServiceRequest

_WORKING = [role for role in Role if Capability.WORK in CAPABILITIES[role]]


def colleagues(request: ServiceRequest, day: date) -> list[User]:
    """Those with an assignment to its department on a local day, each once; none where no department has it."""
    if request.department_id is None:
        return []
    held = Assignment.objects.filter(
        jurisdiction=request.jurisdiction_id, department=request.department_id, role__in=_WORKING, user__is_active=True
    ).select_related("user")
    return list({one.user_id: one.user for one in held.order_by("pk") if one.holds_on(day)}.values())
