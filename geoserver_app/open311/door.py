"""How a view of Open311 answers: in the asked form, with errors as lists of faults, an ETag, and limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any, TypeAlias

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt

from geoserver_app.open311.ask import Ask
from geoserver_app.open311.document import CONTENT_TYPES, Document, Form, Value
from geoserver_app.open311.errors import AWAY, FORBIDDEN, GENERAL, MISSING, NO_METHOD, Fault, Open311Error, too_many
from geoserver_app.report import pace
from geoserver_app.site.program_door import marked, with_etag
from layers.errors import OneMapError

PREFIX = "/open311/"
READING = pace.Limit("open311", "OPEN311_READS_PER_ADDRESS")
_READ = {"GET": "GET", "HEAD": "GET"}


@dataclass(frozen=True)
class Answer:
    """What a view answers. ``fresh_s``: for how many seconds it may be kept unasked."""

    document: Document
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    fresh_s: int = 0


View: TypeAlias = Callable[..., Answer]


def door(**views: View) -> Callable[..., HttpResponse]:
    """A Django view of one address, from the view of each method: ``door(get=..., post=...)``."""
    methods = {name.upper(): view for name, view in views.items()}
    first = next(iter(views.values()))

    @csrf_exempt
    @wraps(first)
    def answered(http: HttpRequest, form: str | None = None, **named: str) -> HttpResponse:
        shape: Form = "json" if form == "json" else "xml"
        try:
            response = _answered(http, shape, methods, named)
        except OneMapError as error:
            response = refusal(error, shape)
        return marked(response)

    return answered


def _answered(http: HttpRequest, form: Form, methods: dict[str, View], named: dict[str, str]) -> HttpResponse:
    allowed = _allowed(methods)
    if http.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": allowed})
    view = methods.get(_READ.get(http.method or "", http.method or ""))
    if view is None:
        fault = Fault(NO_METHOD, f"{http.method} is not answered here, only {allowed}.")
        raise Open311Error(fault, status=NO_METHOD, headers={"Allow": allowed})
    ask = Ask(http, form, now(), _sent(http))
    if http.method in _READ:
        _pace(http, ask.at)
    with translation.override("en"):
        answer = view(ask, **named)
    return with_etag(http, _response(answer, form)) if http.method in _READ else _response(answer, form)


def now() -> datetime:
    """The moment of a call."""
    return timezone.now()


def _sent(http: HttpRequest) -> QueryDict:
    return http.POST if http.method == "POST" else http.GET


def _allowed(methods: dict[str, View]) -> str:
    return ", ".join([*methods, *(["HEAD"] if "GET" in methods else []), "OPTIONS"])


def _pace(http: HttpRequest, at: datetime) -> None:
    if not pace.may(http, READING, at=at):
        left = pace.STRETCH.total_seconds() - at.timestamp() % pace.STRETCH.total_seconds()
        raise too_many("Too many calls from this network address in the last minutes.", max(1, round(left)))


def _response(answer: Answer, form: Form) -> HttpResponse:
    kept = f"public, max-age={answer.fresh_s}" if answer.fresh_s else "no-cache"
    content = answer.document.write(form)
    headers = {"Cache-Control": kept, **answer.headers}
    return HttpResponse(content, status=answer.status, content_type=CONTENT_TYPES[form], headers=headers)


def refusal(error: OneMapError, form: Form) -> HttpResponse:
    """An error of ours as Open311 lists errors."""
    if isinstance(error, Open311Error):
        return faults(error.faults, form, error.status, error.headers)
    status = error.status if error.status in {FORBIDDEN, MISSING, AWAY} else GENERAL
    retry = getattr(error, "retry_after_s", None)
    return faults((Fault(status, str(error)),), form, status, {"Retry-After": str(retry)} if retry else {})


def faults(found: tuple[Fault, ...], form: Form, status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    """The list of what is wrong, with its status."""
    content: list[Value] = [{"code": fault.code, "description": fault.description} for fault in found]
    body = Document("errors", content).write(form)
    kept = {"Cache-Control": "no-store", **(headers or {})}
    return marked(HttpResponse(body, status=status, content_type=CONTENT_TYPES[form], headers=kept))


def nowhere(*_: Any, **__: Any) -> Answer:
    """404: there is no such address below /open311/."""
    raise Open311Error(Fault(MISSING, "There is no such address. Begin at /open311/discovery.xml."), status=MISSING)
