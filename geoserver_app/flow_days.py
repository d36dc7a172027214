"""Editions whose first or last day has come: what is in force turns, and the requests follow as they do an activation.

What was filed since then was linked by the right edition already (a request is linked by those of its own day); what
was filed before keeps its areas as filed and gets those of today beside them.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from geoserver_app import flow_editions
from geoserver_app.editions import concerned, days
from geoserver_app.editions.models import Turn
from geoserver_app.flow_editions import Turning
from layers import activation
from layers.activation import DayTurned
from layers.models import EditionChange, Jurisdiction, Kind


def keep_current(jurisdiction: Jurisdiction, *, at: datetime) -> list[Turn]:
    """Turns a city to its editions of the local day, one turn for each kind; days that were missed are caught up."""
    today = jurisdiction.local_date(at)
    with transaction.atomic():
        turns = []
        for kind in activation.due(jurisdiction, today):
            turned = activation.come_to(kind, today)
            if turned is not None:
                turns.append(_followed(kind, turned, at))
    return turns


def _followed(kind: Kind, day: DayTurned, at: datetime) -> Turn:
    change = EditionChange.objects.filter(edition=day.turned.edition, undone_at=None).latest("pk")
    made = Turning(Turn.Way.DAY, kind, day.turned, change, 0)
    today = kind.jurisdiction.local_date(at)
    made.concerned = concerned.find(kind, days.passed(kind, day.before), today=today)
    return flow_editions.keep(made, by=None, at=at)
