"""Requests and staff of Encinar for the pages that follow a request and take calls.

Made in the process beside the server (tests/browser/beside.py): it adds what is not there yet.
"""

from typing import Any

PASSWORD = "encinar-for-tests-only"


def act() -> dict[str, tuple[str, str]]:
    """Number and code of an open, a closed and a hidden request."""
    from geoserver_app.accounts.models import User
    from layers.models import Jurisdiction

    town = Jurisdiction.objects.get(code="encinar")
    if not User.objects.filter(username="lena").exists():
        _office(town)
    made = {"open": _taken(town), "closed": _closed(_taken(town)), "hidden": _hidden(_taken(town))}
    return {name: (request.service_request_id, request.access_code) for name, request in made.items()}


def _office(town: Any) -> None:
    """A call-taker, an answer for questions, and what stands beside the form."""
    from geoserver_app.accounts.models import Assignment, User
    from geoserver_app.catalog.models import Faq
    from geoserver_app.work.models import Resolution

    lena = User.objects.create_user("lena", "lena@encinar.example", PASSWORD, first_name="Lena", last_name="Ortiz")
    Assignment.objects.create(user=lena, jurisdiction=town, role="agent")
    for code, meaning, sentence, spanish in (
        ("repaired", "fixed", "The hole has been filled.", "El bache quedó tapado."),
        ("answered", "answered", "We answered your question.", "Contestamos su pregunta."),
    ):
        Resolution.objects.get_or_create(
            jurisdiction=town, code=code,
            defaults={"meaning": meaning, "name": code.title(), "sentence": sentence, "sentences": {"es": spanish}},
        )  # fmt: skip
    question = {"en": "How long until a pothole is filled?", "es": "¿Cuánto tardan en tapar un bache?"}
    answer = {"en": "Most within five days.", "es": "La mayoría en cinco días."}
    Faq.objects.create(jurisdiction=town, code="potholes", question=question, answer=answer)


def _taken(town: Any) -> Any:
    from geoserver_app import flow
    from geoserver_app.catalog.models import Service
    from geoserver_app.intake.submission import Contact, Submission
    from geoserver_app.org.models import Department
    from tests.layers.town import at

    lon, lat = at(4.5, 0.8)
    contact = Contact(phone="(559) 555-0163", tell_by="phone")
    report = Submission(
        jurisdiction_id=town.pk, service_id=Service.objects.get(jurisdiction=town, code="pothole").pk, channel="web",
        language="es", description="Un hoyo hondo", lon=lon, lat=lat, place_method="pin",
        address_text="100 Almond Street", contact=contact,
    )  # fmt: skip
    taken = flow.submit(report).request
    if taken.department_id is None:
        works = Department.objects.get(jurisdiction=town, code="public-works")
        flow.hand_on(taken.pk, works, post=works.posts.first(), by=_anybody(), reason="Streets")
    return _again(taken)


def _closed(request: Any) -> Any:
    from geoserver_app import flow
    from geoserver_app.work.steps import Words

    flow.transition(request.pk, to="done", by=_anybody())
    flow.transition(request.pk, to="closed", by=_anybody(), words=Words(resolution="repaired"))
    return _again(request)


def _hidden(request: Any) -> Any:
    from geoserver_app.intake.models import ServiceRequest

    ServiceRequest.objects.filter(pk=request.pk).update(is_public=False, public_geom=None, public_address="")
    return request


def _anybody() -> Any:
    from geoserver_app.accounts.models import User
    from geoserver_app.accounts.roles import Capability
    from geoserver_app.work.actor import Actor

    return Actor.staff(User.objects.get(username="lena").pk, frozenset(Capability))


def _again(request: Any) -> Any:
    from geoserver_app.intake.models import ServiceRequest

    return ServiceRequest.objects.get(pk=request.pk)
