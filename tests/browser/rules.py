"""Rules for Encinar while stories are told: a blocked driveway goes to parking, and whose tree it is.

Made in the process beside the server (tests/browser/beside.py).
"""

import tempfile
from pathlib import Path
from typing import Any

PASSWORD = "encinar-for-tests-only"
FILE = """
note: For one story.
safe_post: safety/dispatch
triage_post: safety/dispatch
other_services: liaison
defaults:
- {service: pothole, post: public-works/liaison}
- {service: street_light, post: public-works/liaison}
- {service: hours, post: public-works/liaison}
- {service: tree, post: public-works/liaison}
- {service: blocked_driveway, post: safety/manager, priority: high}
rules:
- code: locked_in
  sentence:
    en: Who cannot leave is helped at once, and the dispatch officer knows too.
    es: A quien no puede salir se le ayuda enseguida, y el oficial de despacho lo sabe también.
  if: {services: [blocked_driveway], answers: {inside: ["yes"]}}
  then: {priority: urgent, copies: [safety/dispatch]}
""" + "".join(
    f"""- code: tree_{code}
  sentence: {{en: "A tree {words} goes to {code}.", es: "Un árbol {words}: {code}."}}
  if: {{services: [tree], {condition}}}
  then: {{post: {code}/desk}}
"""
    for code, words, condition in (
        ("waste", "that has fallen", "evidence: [fallen]"),
        ("utilities", "in the wires", "evidence: [wires]"),
        ("parks", "in a park", "lies_on: [park]"),
        ("forestry", "in the street", "lies_on: [right_of_way]"),
        ("code", "on private ground", "lies_on: [private_parcel]"),
    )
)


def act(what: str) -> str:
    """Begins or ends the time in which they are in force."""
    from geoserver_app.route.models import RuleSet
    from layers.models import Jurisdiction

    town = Jurisdiction.objects.get(code="encinar")
    if what == "end":
        # A version in force never changes but to be retired.
        RuleSet.objects.filter(jurisdiction=town, state="active").update(state="retired")
        return "done"
    _desks(town)
    _rules(town)
    return "done"


def _desks(town: Any) -> None:
    from geoserver_app.accounts.models import Assignment, PostHolder, User
    from geoserver_app.org.models import Department, Post
    from geoserver_app.work.models import Resolution

    if User.objects.filter(username="parker").exists():
        return
    safety = Department.objects.create(
        jurisdiction=town, code="safety", name="Public Safety", names={"es": "Seguridad Pública"}
    )
    for code, name in (("manager", "Parking control manager"), ("dispatch", "Dispatch officer")):
        Post.objects.create(department=safety, code=code, name=name, email=f"{code}@encinar.example")
    for code in ("waste", "utilities", "parks", "forestry", "code"):
        department = Department.objects.create(jurisdiction=town, code=code, name=f"{code.title()} department")
        Post.objects.create(department=department, code="desk", name="Desk", email=f"{code}@encinar.example")
    for name, role, department in (("parker", "liaison", safety), ("mona", "manager", None)):
        user = User.objects.create_user(name, f"{name}@encinar.example", PASSWORD, first_name=name.title())
        Assignment.objects.create(user=user, jurisdiction=town, role=role, department=department)
        if department:
            PostHolder.objects.create(post=Post.objects.get(department=safety, code="manager"), user=user)
    Resolution.objects.get_or_create(
        jurisdiction=town, code="towed",
        defaults={"meaning": "fixed", "name": "Towed", "names": {"es": "Remolcado"},
                  "sentence": "The car was towed.", "sentences": {"es": "La grúa se llevó el carro."}},
    )  # fmt: skip


def _rules(town: Any) -> None:
    from django.utils import timezone

    from geoserver_app.route.loading import load_rules
    from geoserver_app.route.versions import activate

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rules.yaml"
        path.write_text(FILE, encoding="utf-8")
        activate(load_rules(path, town, at=timezone.now()).rule_set, at=timezone.now())
