"""The one way past the trigger that keeps the history: erasing what a person has the right to have erased."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from geoserver_app.intake.models import ServiceRequest
from geoserver_app.work.models import Satisfaction, StatusChange


@contextmanager
def erasing() -> Iterator[None]:
    """Lets this transaction change or delete lines of a history; the trigger guards it again when it ends."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local onemap.erasing = 'on'")
        yield
        cursor.execute("set local onemap.erasing = 'off'")


def erase_words(request: ServiceRequest) -> int:
    """Blanks what the reporter wrote into the history and the answer afterwards; how many lines it was.

    That something was added, and when, stays: the city's own steps refer to it.
    """
    with erasing():
        erased = StatusChange.objects.filter(request=request, by_reporter=True).exclude(note="").update(note="")
        Satisfaction.objects.filter(request=request).update(comment="")
    return erased
