"""The town on squared paper with rules in force, reports of trees and potholes, and an office that changes rules."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from geoserver_app import flow
from geoserver_app.accounts.roles import Role
from geoserver_app.flow_rules import Switched
from geoserver_app.flow_turns import run_turn
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.intake.submission import Submission
from geoserver_app.route.models import RuleSet
from tests import life
from tests.flow.conftest import with_rules
from tests.kept import built
from tests.link.squared import at
from tests.route.city import TREES, City, rule

NOW = life.local("2026-11-20 10:00")
# Potholes in the west go to Safety; trees in the street go to Parks.
WEST = rule("west", {"services": ["pothole"], "areas": ["beat:1"]}, post="safety/desk")
STREET_TREES = rule(
    "in-street", {"services": ["tree"], "lies_on": ["right_of_way"]}, post="parks/desk", priority="high"
)
OTHER_TREES = tuple(STREET_TREES if one["code"] == "in-street" else one for one in TREES)


@dataclass
class Office:
    """The town and what a test asks of it."""

    city: City
    folder: Path

    @property
    def place(self) -> Any:
        return self.city.hall.jurisdiction

    def report(
        self, service: str = "pothole", x: float = 100, y: float = 700, when: datetime = life.MONDAY, **given: Any
    ) -> ServiceRequest:
        """A report at a place on the paper, taken in and routed."""
        lon, lat = at(x, y)
        submission = Submission(
            jurisdiction_id=self.place.pk, service_id=self.city.services[service].pk, channel="phone", lon=lon,
            lat=lat, place_method="pin", requested_datetime=when, **given,
        )  # fmt: skip
        return flow.submit(submission, at=when).request

    def draft(self, *rules: dict[str, Any], **file: Any) -> RuleSet:
        """A draft with these exceptions and the town's table."""
        made = self.city.load(self.folder / "draft.yaml", *rules, active=False, **file)
        return RuleSet.objects.select_related("jurisdiction", "safe_post", "triage_post").get(pk=made.pk)

    def active(self) -> RuleSet:
        return RuleSet.objects.get(jurisdiction=self.place, state=RuleSet.State.ACTIVE)

    def desk_of(self, request: ServiceRequest) -> str:
        """The department's code that has a request now."""
        now = ServiceRequest.objects.select_related("department").get(pk=request.pk)
        return now.department.code if now.department else ""


def followed(done: Switched) -> Switched:
    """The same after the worker has let all requests follow."""
    run_turn(done.turn.pk)
    done.turn.refresh_from_db()
    return done


def town(folder: Path) -> City:
    city = with_rules(folder)
    city.hall.person("ada", Role.ADMIN)
    return city


@pytest.fixture(scope="module")
def _town(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[City]:
    with built(django_db_blocker, lambda: town(tmp_path_factory.mktemp("rules"))) as made:
        yield made


@pytest.fixture
def office(_town: City, db: None, tmp_path: Path) -> Office:
    """City Hall of the town, whose rules somebody changes."""
    return Office(copy.deepcopy(_town), tmp_path)
