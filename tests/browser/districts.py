"""Encinar before its beats are drawn anew: a rule and a deputy of beat 11, potholes in it.

Made in the process beside the server (tests/browser/beside.py): sets that up, does what the worker would do, says what
stands in the tables, lets the rules go again.
"""

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

RULES = """
safe_post: public-works/liaison
triage_post: public-works/liaison
other_services: liaison
defaults:
- {service: pothole, post: public-works/liaison}
rules:
- code: beat_eleven
  sentence: {en: "Potholes in beat 11 are urgent.", es: "Los baches del sector 11 son urgentes."}
  if: {services: [pothole], areas: ["beat:11"]}
  then: {priority: urgent}
"""
DAYS = (5, 40)  # before today: filed since the first day of the new beats, and before it


def act(what: str) -> Any:
    """What the word says."""
    from layers.models import Jurisdiction

    town = Jurisdiction.objects.get(code="encinar")
    return {"begin": begin, "work": work, "sums": total, "end": end}[what](town)


def begin(town: Any) -> dict[str, str]:
    from django.utils import timezone

    from geoserver_app.accounts.models import Assignment, User
    from geoserver_app.route.loading import load_rules
    from geoserver_app.route.versions import activate

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rules.yaml"
        path.write_text(RULES, encoding="utf-8")
        activate(load_rules(path, town, at=timezone.now()).rule_set, at=timezone.now())
    dan, _ = User.objects.get_or_create(username="dan", defaults={"first_name": "Dan", "email": "dan@encinar.example"})
    Assignment.objects.update_or_create(
        user=dan, jurisdiction=town, role="deputy", defaults={"area_kind": "beat", "area_codes": ["11"]}
    )
    return {name: _pothole(town, days) for name, days in zip(("since", "before"), DAYS, strict=True)}


def _pothole(town: Any, days: int) -> str:
    from django.utils import timezone

    from geoserver_app import flow
    from geoserver_app.catalog.models import Service
    from geoserver_app.intake.submission import Submission
    from tests.layers.town import at

    lon, lat = at(12.0, 4.0)
    service = Service.objects.get(jurisdiction=town, code="pothole")
    when = timezone.now() - timedelta(days=days)
    given = {"lon": lon, "lat": lat, "place_method": "pin", "requested_datetime": when}
    return str(flow.submit(Submission(town.pk, service.pk, "phone", **given), at=when).request)


def work(town: Any) -> str:
    from tests.worker import run_jobs

    run_jobs()
    return "done"


def total(town: Any) -> dict[str, str]:
    from tests.editions.sums import sums

    return sums()


def end(town: Any) -> str:
    from geoserver_app.route.models import RuleSet

    RuleSet.objects.filter(jurisdiction=town, state="active").update(state="retired")
    return "done"
