"""The log-ins of the demo, with passwords that everybody may know: only with ./run's own private database."""

from dataclasses import dataclass

from django.conf import settings

from geoserver_app.accounts.models import User
from layers.errors import Conflict


@dataclass(frozen=True)
class DemoLogin:
    """One log-in of the demo; ``password`` is printed by ./run and stands in the README."""

    username: str
    first_name: str
    last_name: str
    is_superuser: bool
    permissions: tuple[str, ...] = ()

    @property
    def password(self) -> str:
        return f"{self.username}-demo"


LOGINS = (
    DemoLogin("admin", "Ada", "Example", is_superuser=True),
    DemoLogin(
        "gis", "Gil", "Example", is_superuser=False,
        permissions=("view_jurisdiction", "view_kind", "change_kind", "view_edition"),
    ),
)  # fmt: skip


def create_logins() -> list[DemoLogin]:
    """Creates or resets the demo's log-ins; Conflict where this is not a demo."""
    if not settings.DEMO:
        raise Conflict("Demo log-ins are only made with DEMO=1, which ./run sets for its own private database.")
    for login in LOGINS:
        _create(login)
    return list(LOGINS)


def _create(login: DemoLogin) -> None:
    from django.contrib.auth.models import Permission

    user, _ = User.objects.update_or_create(
        username=login.username,
        defaults={
            "first_name": login.first_name,
            "last_name": login.last_name,
            "email": f"{login.username}@almendra.example",
            "is_staff": True,
            "is_superuser": login.is_superuser,
        },
    )
    user.set_password(login.password)
    user.save(update_fields=["password"])
    user.user_permissions.set(Permission.objects.filter(codename__in=login.permissions))
