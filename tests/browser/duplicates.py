"""Graffiti that two people reported, and a dispatcher who may merge it; made beside the server (beside.py)."""

from typing import Any

# On squared paper: where the two lie, and where a resident sees a third one.
SPOT, NEAR = (6.5, 0.8), (6.52, 0.8)
# Beside an address that a caller can give, far from those.
AT_AN_ADDRESS, ADDRESS = (6.31, 3.0), "132 almond"


def act(what: str = "two") -> list[str]:
    """The numbers of the two; of one at an address where ``what`` is "call"."""
    from django.db import transaction

    from layers.models import Jurisdiction

    town = Jurisdiction.objects.get(code="encinar")
    with transaction.atomic():
        _office(town)
    if what == "call":
        return [_reported(town, AT_AN_ADDRESS, "Red letters on the fence").service_request_id]
    made = [
        _reported(town, at, words) for at, words in ((SPOT, "Red letters on the wall"), (NEAR, "red letters, wall"))
    ]
    return [one.service_request_id for one in made]


def _office(town: Any) -> None:
    """The service, which takes what lies near for the same thing, and the dispatcher."""
    from geoserver_app.accounts.models import Assignment, User
    from geoserver_app.catalog.models import Service
    from tests.browser.lives import PASSWORD

    like = Service.objects.get(jurisdiction=town, code="pothole")
    Service.objects.get_or_create(
        jurisdiction=town, code="graffiti",
        defaults={
            "name": "Graffiti", "names": {"es": "Grafiti"}, "group": like.group, "department": like.department,
            "keywords": {"en": ["graffiti"], "es": ["grafiti"]}, "duplicate_radius_m": 30, "duplicate_days": 30,
            "text_publication": "at_once", "position": 90,
        },
    )  # fmt: skip
    if not User.objects.filter(username="mel").exists():
        mel = User.objects.create_user("mel", "mel@encinar.example", PASSWORD, first_name="Mel", last_name="Vega")
        Assignment.objects.create(user=mel, jurisdiction=town, role="dispatcher")


def _reported(town: Any, place: tuple[float, float], words: str) -> Any:
    from geoserver_app import flow
    from geoserver_app.catalog.models import Service
    from geoserver_app.intake.submission import Submission
    from tests.layers.town import at

    lon, lat = at(*place)
    service = Service.objects.get(jurisdiction=town, code="graffiti")
    return flow.submit(
        Submission(
            jurisdiction_id=town.pk, service_id=service.pk, channel="web", description=words, lon=lon, lat=lat,
            place_method="pin",
        )
    ).request  # fmt: skip
