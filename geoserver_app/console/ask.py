"""One request in front of one person: what they may do with this very request."""

from __future__ import annotations

from dataclasses import dataclass

from geoserver_app.accounts.roles import Capability
from geoserver_app.console.desk import Desk
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.work.actor import Actor
from geoserver_app.work.sight import find, staff_for
from geoserver_app.work.states import CLOSED, State, next_states

RELATED = ("service", "jurisdiction", "department", "post__department", "agency", "assignee", "asset")


@dataclass(frozen=True)
class Ask:
    """The desk, the request, and the person as an actor upon it."""

    desk: Desk
    request: ServiceRequest
    actor: Actor

    @property
    def is_closed(self) -> bool:
        return self.request.state in CLOSED

    def may(self, *one_of: Capability) -> bool:
        """Whether the person has one of the capabilities over this request."""
        return not self.actor.capabilities.isdisjoint(one_of)

    def may_become(self, state: State) -> bool:
        """Whether the person may take the request to a state from here."""
        return state in next_states(self.request.state, self.actor)


def ask_for(desk: Desk, number: str) -> Ask:
    """The request with a number, for this person; NotFound too where it exists and is not theirs to see."""
    found = find(desk.rights, desk.jurisdiction.pk, number)
    request = ServiceRequest.objects.select_related(*RELATED).defer("jurisdiction__outline").get(pk=found.pk)
    return Ask(desk, request, staff_for(desk.rights, request))
