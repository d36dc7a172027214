"""What can be reported, what is asked, and how requests end."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import get_language
from ninja import Query, Router

from geoserver_app.api import shapes
from geoserver_app.api.asking import open311_ask
from geoserver_app.api.caller import caller_of, may_do
from geoserver_app.catalog import form
from geoserver_app.catalog.models import Service
from geoserver_app.open311.services import offered, service_of
from geoserver_app.work.resolutions import choices

router = Router(tags=["Catalog"])


@router.get("/services", response=shapes.Services, **may_do(None, 404))
def list_services(request: HttpRequest, asked: Query[shapes.Where]) -> shapes.Services:
    """What can be reported today, in the city's order."""
    caller = caller_of(request)
    return shapes.Services(items=[_service(one) for one in offered(caller.place, caller.at)])


@router.get("/services/{code}", response=shapes.ServiceForm, **may_do(None, 404))
def one_service(request: HttpRequest, code: str, asked: Query[shapes.Where]) -> shapes.ServiceForm:
    """A service with its questions, in order."""
    service = service_of(open311_ask(request, caller_of(request), {}), code)
    questions = [_question(one) for one in form.questions(service, _language())]
    return shapes.ServiceForm(**_service(service).dict(), questions=questions)


@router.get("/resolutions", response=shapes.Resolutions, **may_do(None, 404))
def list_resolutions(request: HttpRequest, asked: Query[shapes.Where]) -> shapes.Resolutions:
    """The city's codes for how a request ended."""
    caller = caller_of(request)
    found = choices(caller.place, caller.place.local_date(caller.at))
    return shapes.Resolutions(
        items=[shapes.Resolution(code=one.code, name=one.name_in(_language()), meaning=one.meaning) for one in found]
    )


def _language() -> str:
    return get_language() or "en"


def _service(service: Service) -> shapes.Service:
    return shapes.Service(
        service_code=service.code,
        service_name=service.name_in(_language()),
        description=service.description_in(_language()),
        group=service.group.code,
        keywords=service.keywords.get(_language()) or [],
        has_questions=any(one.retired_on is None for one in service.attributes.all()),
    )


def _question(one: form.Question) -> shapes.Question:
    condition = one.condition
    return shapes.Question.model_validate({
        "code": one.code, "datatype": one.datatype, "required": one.required, "asks": one.asks, "text": one.text,
        "help": one.help, "options": [{"key": option.key, "name": option.label} for option in one.options],
        "condition": {"code": condition.attribute, "keys": list(condition.keys)} if condition else None,
    })  # fmt: skip
