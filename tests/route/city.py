"""A city hall in the town on squared paper: six departments, services for trees, weeds and potholes."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from geoserver_app.catalog.models import Service, ServiceAttribute, ServiceGroup
from geoserver_app.link.one import link
from geoserver_app.link.subject import subject_at
from geoserver_app.org.models import Agency, Department, Post
from geoserver_app.route.decide import Routing, decide
from geoserver_app.route.facts import Facts, facts_of
from geoserver_app.route.loading import load_rules
from geoserver_app.route.models import RuleSet
from geoserver_app.route.versions import activate
from tests import life
from tests.link.squared import Squared, at, redraw_beats, town

DEPARTMENTS = ("triage", "forestry", "code", "utilities", "waste", "parks", "streets", "safety")
WHERE = [
    {"key": "strip", "en": "Between sidewalk and street", "es": "Entre la banqueta y la calle", "means": "row"},
    {"key": "yard", "en": "Behind the fence", "es": "Detrás de la cerca", "means": "private"},
    {"key": "park", "en": "In a park", "es": "En un parque", "means": "park"},
    {"key": "wires", "en": "It touches wires", "es": "Toca cables", "means": "wires"},
    {"key": "fallen", "en": "It has fallen", "es": "Se cayó", "means": "fallen"},
    {"key": "unsure", "en": "Not sure", "es": "No sé"},
]


def rule(code: str, condition: dict[str, Any], **then: Any) -> dict[str, Any]:
    """A rule as a file has it."""
    sentence = {"en": f"Rule {code}.", "es": f"Regla {code}."}
    return {"code": code, "sentence": sentence, "if": condition, "then": then}


TREES = (
    rule("fallen", {"services": ["tree"], "evidence": ["fallen"]}, post="waste/desk", priority="high"),
    rule("wires", {"services": ["tree"], "evidence": ["wires"]}, post="utilities/desk"),
    rule("in-park", {"services": ["tree"], "lies_on": ["park"]}, post="parks/desk"),
    rule("highway", {"services": ["tree"], "lies_on": ["state_highway"]}, post="forestry/desk", agency="state"),
    rule("in-street", {"services": ["tree"], "lies_on": ["right_of_way"]}, post="forestry/desk"),
    rule("easement", {"services": ["tree"], "lies_on": ["easement"]}, post="utilities/desk"),
    rule("private", {"services": ["tree"], "lies_on": ["private_parcel"]}, post="code/desk"),
)


@dataclass
class City:
    """Everything in it is in the database."""

    hall: life.Town
    squared: Squared
    services: dict[str, Service]
    posts: dict[str, Post]
    file: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def build(cls) -> "City":
        hall = life.town()
        squared = town(place=hall.jurisdiction)
        redraw_beats(squared)
        posts = {code: _desk(hall, code) for code in DEPARTMENTS}
        Agency.objects.create(jurisdiction=hall.jurisdiction, code="state", name="State highways")
        return cls(hall, squared, _services(hall, posts), posts)

    def load(self, path: Path, *rules: dict[str, Any], active: bool = True, **file: Any) -> RuleSet:
        """Loads a file with these rules as a draft; puts it in force unless told."""
        whole = {
            "safe_post": "triage/desk",
            "triage_post": "triage/desk",
            "defaults": [
                {"service": code, "post": f"{desk}/desk"}
                for code, desk in (
                    ("tree", "forestry"), ("weeds", "code"), ("pothole", "streets"), ("signal", "streets"),
                    ("blocked-driveway", "safety"), ("drug-house", "safety"),
                )
            ],
            "rules": list(rules),
            **file,
        }  # fmt: skip
        path.write_text(yaml.safe_dump(whole, allow_unicode=True), encoding="utf-8")
        loaded = load_rules(path, self.hall.jurisdiction, at=life.MONDAY).rule_set
        if active:
            activate(loaded, at=life.MONDAY)
        return loaded

    def facts(self, service: str, x: float | None, y: float | None, **asked: Any) -> Facts:
        """The facts of a request at a place on the paper; ``asked`` are answers, at, channel and fields of Subject."""
        given = {"at": life.MONDAY, "channel": "web", "language": "en", "answers": {}, **asked}
        told = {name: given.pop(name) for name in ("at", "channel", "language", "answers")}
        lon, lat = at(x, y) if x is not None and y is not None else (None, None)
        moment: datetime = told["at"]
        subject = subject_at(self.services[service], lon, lat, at=moment, answers=told["answers"], **given)
        return facts_of(self.services[service], link(subject), calendar=self.hall.calendar, **told)

    def route(self, service: str, x: float | None, y: float | None, **asked: Any) -> Routing:
        """Who gets a request at a place on the paper."""
        facts = self.facts(service, x, y, **asked)
        return decide(facts, jurisdiction_id=self.hall.jurisdiction.pk)

    def desk(self, routing: Routing) -> str:
        """The department's code that a routing leads to."""
        return Department.objects.get(pk=routing.department_id).code


def _desk(hall: life.Town, code: str) -> Post:
    department = Department.objects.create(
        jurisdiction=hall.jurisdiction, code=code, name=code.title(), names={"es": f"{code} (es)"}
    )
    return Post.objects.create(department=department, code="desk", name="Desk", names={"es": "Mesa"})


def _services(hall: life.Town, posts: dict[str, Post]) -> dict[str, Service]:
    trees = ServiceGroup.objects.create(jurisdiction=hall.jurisdiction, code="trees", name="Trees")
    common = {"jurisdiction": hall.jurisdiction, "department": posts["forestry"].department}
    made = {
        "tree": Service.objects.create(code="tree", name="Tree", names={"es": "Árbol"}, group=trees, **common),
        "weeds": Service.objects.create(
            code="weeds", name="Weeds", group=trees, deciding_kind="beat", privacy="block_face", **common
        ),
        "signal": Service.objects.create(
            code="signal", name="Signal", group=trees, deciding_kind="council_district", **common
        ),
        "pothole": hall.pothole,
        "driveway": hall.driveway,
    }
    ServiceAttribute.objects.create(
        service=made["tree"], code="where", position=1, datatype="singlevaluelist", values=WHERE,
        question={"en": "Where?", "es": "¿Dónde?"},
    )  # fmt: skip
    ServiceAttribute.objects.create(
        service=made["tree"], code="trouble", position=2, datatype="multivaluelist",
        values=[{"key": "dead"}, {"key": "roots"}, {"key": "low"}],
    )  # fmt: skip
    return made
