"""Encinar with rules in force, potholes in both of its beats, and Kim, a dispatcher who keeps the rules.

Run in a process of its own (``python -m tests.browser.ruling begin|work|end``) with the environment of the server under
test: sets that up, does what the worker would do, lets the rules go again.
"""

import json
import os
import sys
from datetime import timedelta
from typing import Any

import django

from tests.browser import rules

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "geoserver_app.settings")
PLACES = {"south": (12.0, 4.0), "other_south": (5.0, 3.0), "north": (12.0, 14.0)}  # of beat 11, 11 and 12


def main(what: str) -> None:
    django.setup()
    from layers.models import Jurisdiction

    town = Jurisdiction.objects.get(code="encinar")
    sys.stdout.write("\n" + json.dumps({"begin": begin, "work": work, "end": end}[what](town)))


def begin(town: Any) -> dict[str, str]:
    from geoserver_app.accounts.models import Assignment, User

    if not User.objects.filter(username="kim").exists():
        kim = User.objects.create_user("kim", "kim@encinar.example", rules.PASSWORD, first_name="Kim")
        for role in ("dispatcher", "admin"):
            Assignment.objects.create(user=kim, jurisdiction=town, role=role)
    rules.main("begin")
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

    rules.main("end")
    RuleSet.objects.filter(jurisdiction=town, state="draft").delete()
    return "done"


if __name__ == "__main__":
    main(sys.argv[1])
