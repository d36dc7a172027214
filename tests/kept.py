"""Towns that take a while to draw are drawn once a module; each test works on a copy, inside pytest-django's ``db``."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import transaction

from geoserver_app.geocode.fill import fill_jurisdiction
from layers.models import Jurisdiction

Thing = TypeVar("Thing")


@contextmanager
def built(blocker: Any, build: Callable[[], Thing]) -> Iterator[Thing]:
    """For a fixture of a module: what ``build`` made, in a transaction that is undone at the end.

    The fixture that lends it to a test must ask for ``db`` too: only then does pytest-django make a test database, and
    undo what the test does.
    """
    with blocker.unblock(), transaction.atomic():
        made = build()
        # Towns are drawn straight into the tables of layers: the geocoder's are filled as an activation would.
        for place in Jurisdiction.objects.all():
            fill_jurisdiction(place)
        yield made
        transaction.set_rollback(True)
