"""Who makes a change: a member of staff with what they may do, the reporter with the code, or the product itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from geoserver_app.accounts.roles import Capability


class Party(StrEnum):
    """The side that an actor stands on."""

    STAFF = "staff"
    REPORTER = "reporter"  # whoever knows number and code, or has a signed link
    SYSTEM = "system"  # routing, and completion that comes back from a department's own software


@dataclass(frozen=True)
class Actor:
    """Who makes a change. For staff, ``capabilities`` are those that they have over this very request."""

    party: Party
    user_id: int | None = None
    capabilities: frozenset[Capability] = frozenset()

    @classmethod
    def staff(cls, user_id: int, capabilities: frozenset[Capability]) -> Actor:
        return cls(Party.STAFF, user_id, capabilities)

    def is_one_of(self, allowed: frozenset[Party | Capability]) -> bool:
        """Whether this party, or something it may do, is among what a change asks for."""
        return self.party in allowed or bool(self.capabilities & allowed)


SYSTEM = Actor(Party.SYSTEM)
REPORTER = Actor(Party.REPORTER)
