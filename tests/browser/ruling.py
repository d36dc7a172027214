"""Encinar with rules in force, potholes in both of its beats, and Kim, a dispatcher who keeps the rules.

Made in the process beside the server (tests/browser/beside.py): sets that up, does what the worker would do, lets the
rules go again.
"""

from datetime import timedelta
from typing import Any

from tests.browser import rules

PLACES = {"south": (12.0, 4.0), "other_south": (5.0, 3.0), "north": (12.0, 14.0)}  # of beat 11, 11 and 12


def act(what: str) -> Any:
    """What the word says."""
    from layers.models import Jurisdiction

    town = Jurisdiction.objects.get(code="encinar")
    return {"begin": begin, "work": work, "end": end}[what](town)


def begin(town: Any) -> dict[str, str]:
    from geoserver_app.accounts.models import Assignment, User

    if not User.objects.filter(username="kim").exists():
        kim = User.objects.create_user("kim", "kim@encinar.example", rules.PASSWORD, first_name="Kim")
        for role in ("dispatcher", "admin"):
            Assignment.objects.create(user=kim, jurisdiction=town, role=role)
    rules.act("begin")
    return {name: _pothole(town, *place) for name, place in PLACES.items()}


def _pothole(town: Any, x: float, y: float) -> str:
    from django.utils import timezone

    from geoserver_app import flow
    from geoserver_app.catalog.models import Service
    from geoserver_app.intake.submission import Submission
    from tests.layers.town import at

    lon, lat = at(x, y)
    service = Service.objects.get(jurisdiction=town, code="pothole")
    when = timezone.now() - timedelta(days=5)
    given = {"lon": lon, "lat": lat, "place_method": "pin", "requested_datetime": when}
    return str(flow.submit(Submission(town.pk, service.pk, "phone", **given), at=when).request)


def work(town: Any) -> str:
    from tests.worker import run_jobs

    run_jobs()
    return "done"


def end(town: Any) -> str:
    from geoserver_app.route.models import RuleSet

    rules.act("end")
    RuleSet.objects.filter(jurisdiction=town, state="draft").delete()
    return "done"
