"""A manager of Encinar, and what the tables of management and planning must say: counted by plain Python.

Made in the process beside the server (tests/browser/beside.py), which reads every request there is just now.
"""

from collections import Counter
from datetime import timedelta
from typing import Any

from tests.browser.office import PASSWORD

WEEKS = timedelta(days=60)
HAIR = 1e-9  # degrees: a tenth of a millimetre
NEIGHBORHOODS = {"W": "Las Palmas", "E": "Vista Hermosa"}


def act() -> dict[str, Any]:
    """Of the last sixty days: first and last day, reports, and incidents by neighborhood; of ever: by channel."""
    from django.utils import timezone

    from geoserver_app.intake.models import ServiceRequest
    from layers.models import Jurisdiction

    town = Jurisdiction.objects.get(code="encinar")
    _manager(town)
    today = town.local_date(timezone.now())
    everything = list(ServiceRequest.objects.filter(jurisdiction=town))
    lately = [one for one in everything if today - WEEKS <= town.local_date(one.requested_datetime) <= today]
    sides = Counter(side for one in lately if one.leads for side in _sides(one))
    return {
        "first": (today - WEEKS).isoformat(),
        "last": today.isoformat(),
        "reports": len(lately),
        "sides": dict(sides.most_common()),
        "channels": Counter(ServiceRequest.Channel(one.channel).value for one in everything),
    }


def _manager(town: Any) -> None:
    from geoserver_app.accounts.models import Assignment, User

    if not User.objects.filter(username="mila").exists():
        mila = User.objects.create_user("mila", "mila@encinar.example", PASSWORD, first_name="Mila")
        Assignment.objects.create(user=mila, jurisdiction=town, role="manager", sensitive=True)


def _sides(one: Any) -> list[str]:
    """The neighborhoods by the map, whose halves meet at x = 10: what lies on that line is in both.

    None for those of many.py, which were never linked.
    """
    from layers.models import Area
    from tests.layers.town import at

    if not one.area_ids:
        return []
    if one.geom is None:  # where somebody of the staff said it is
        codes = Area.objects.filter(pk__in=one.area_ids, kind__code="neighborhood").values_list("code", flat=True)
        return [NEIGHBORHOODS[code] for code in codes]
    east = one.geom.x - at(10, 0)[0]  # degrees
    return [NEIGHBORHOODS[code] for code, beside in (("W", -east), ("E", east)) if beside > -HAIR]
