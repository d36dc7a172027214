"""Which of Django's own permissions a role gives: those of the administration pages."""

from datetime import datetime
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from geoserver_app.accounts.models import User
from geoserver_app.accounts.rights import rights_of
from geoserver_app.accounts.roles import Capability

# The capability that opens the administration pages of a package's tables. Nobody but a superuser opens others.
PAGES = {
    "catalog": Capability.EDIT_CATALOG,
    "layers": Capability.EDIT_GEOGRAPHY,
    "org": Capability.MANAGE_PEOPLE,
    "accounts": Capability.MANAGE_PEOPLE,
    "route": Capability.EDIT_RULES,
    "work": Capability.EDIT_CATALOG,
    "open311": Capability.EDIT_CATALOG,
    "forward": Capability.MANAGE_PEOPLE,
}
_KEPT = "_onemap_capabilities"


class RoleBackend(BaseBackend):
    """Answers ``user.has_perm`` from the roles; which rows, the pages themselves limit by jurisdiction."""

    def has_perm(self, user_obj: User | AnonymousUser, perm: str, obj: Any = None) -> bool:
        return self.has_module_perms(user_obj, perm.partition(".")[0])

    def has_module_perms(self, user_obj: User | AnonymousUser, app_label: str) -> bool:
        capability = PAGES.get(app_label)
        return capability is not None and capability in capabilities(user_obj, timezone.now())


def capabilities(user: User | AnonymousUser, at: datetime) -> frozenset[Capability]:
    """What somebody may do somewhere, looked up once for each user object."""
    kept: frozenset[Capability] | None = getattr(user, _KEPT, None)
    if kept is None:
        kept = rights_of(user, at=at).capabilities
        setattr(user, _KEPT, kept)
    return kept
