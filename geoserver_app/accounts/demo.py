"""The log-ins of the demo, with passwords that everybody may know: only with ./run's own private database."""

from dataclasses import dataclass

from django.conf import settings

from geoserver_app.accounts.models import User
from layers.errors import Conflict


@dataclass(frozen=True)
class DemoLogin:
    """One log-in of the demo; ``password`` is printed by ./run and stands in the README.

    What each of them may do is told in fixtures/almendra/people.yaml, as for everybody.
    """

    username: str
    first_name: str
    last_name: str
    what: str
    is_superuser: bool = False

    @property
    def password(self) -> str:
        return f"{self.username}-demo"


LOGINS = (
    DemoLogin("agent", "Amparo", "Linares", "answers the telephone and the counter"),
    DemoLogin("dispatcher", "Daniel", "Okafor", "decides what the rules could not"),
    DemoLogin("liaison", "Lena", "Ortega", "liaison of Public Works"),
    DemoLogin("deputy", "Dana", "Whitlock", "sheriff's deputy of beats 21 and 22"),
    DemoLogin("council", "Carlos", "Benavides", "aide of council district 3"),
    DemoLogin("planner", "Priya", "Raman", "capital planner"),
    DemoLogin("gis", "Gil", "Sandoval", "loads boundaries and parcels"),
    DemoLogin("manager", "Marta", "Villanueva", "city manager"),
    DemoLogin("admin", "Ada", "Kimura", "sets everything up", is_superuser=True),
)


def create_logins() -> list[DemoLogin]:
    """Creates or resets the demo's log-ins; Conflict where this is not a demo."""
    if not settings.DEMO:
        raise Conflict("Demo log-ins are only made with DEMO=1, which ./run sets for its own private database.")
    for login in LOGINS:
        _create(login)
    return list(LOGINS)


def _create(login: DemoLogin) -> None:
    user, _ = User.objects.update_or_create(
        username=login.username,
        defaults={
            "first_name": login.first_name,
            "last_name": login.last_name,
            "email": f"{login.username}@almendra.example",
            "is_active": True,
            "is_staff": login.is_superuser,
            "is_superuser": login.is_superuser,
        },
    )
    user.set_password(login.password)
    user.save(update_fields=["password"])
