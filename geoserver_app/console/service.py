"""The page on which staff give a request another service: search, then the questions of its form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from geoserver_app import flow
from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.catalog.form import CheckedAnswers, Question, check_answers, questions
from geoserver_app.catalog.models import Service
from geoserver_app.catalog.search import find_services
from geoserver_app.console.act import back, sentence
from geoserver_app.console.ask import Ask, ask_for
from geoserver_app.console.desk import desk_of
from geoserver_app.intake.models import Answer
from geoserver_app.work.errors import NotAllowed
from layers.errors import NotFound, OneMapError

_PREFIX = "answer-"


@dataclass(frozen=True)
class Asked:
    """A question with what was answered to it, and what is wrong with that."""

    question: Question
    value: Any
    error: str
    condition: str

    @property
    def name(self) -> str:
        return _PREFIX + self.question.code

    @property
    def chosen(self) -> list[str]:
        return self.value if isinstance(self.value, list) else [str(self.value or "")]


@requires(Capability.CORRECT)
def service_page(request: HttpRequest, number: str) -> HttpResponse:
    """GET ?q= searches, ?service_code= shows its form; POST changes the service and leads back to the request."""
    ask = ask_for(desk_of(request), number)
    if not ask.may(Capability.CORRECT):
        raise NotAllowed(str(_("You may look at this request, but not change its service.")))
    if request.method == "POST":
        return _change(request, ask)
    chosen = _service(ask, request.GET["service_code"]) if request.GET.get("service_code") else None
    return _show(request, ask, chosen, _stored(ask) if chosen else {})


def _change(request: HttpRequest, ask: Ask) -> HttpResponse:
    service = _service(ask, request.POST.get("service_code", ""))
    given = _given(request.POST, service)
    checked = check_answers(service, given, ask.desk.language)
    if not checked.ok:
        return _show(request, ask, service, given, checked, status=400)
    try:
        note = request.POST.get("note", "")[:500]
        flow.recategorise(ask.request.pk, service, checked.cleaned, by=ask.desk.rights, note=note)
    except OneMapError as error:
        messages.error(request, sentence(error, ask))
        return _show(request, ask, service, given, status=error.status)
    messages.success(request, str(_("Service changed; routed again.")))
    return back(request, ask.request.service_request_id)


def _service(ask: Ask, code: str) -> Service:
    """The service with a code that can be chosen today; NotFound else."""
    on = ask.desk.jurisdiction.local_date(ask.desk.at)
    offered = Service.objects.filter(jurisdiction=ask.desk.jurisdiction, code=code).offered_on(on)
    found = offered.with_form().select_related("group").first()
    if found is None:
        raise NotFound(str(_("No service '%s' can be chosen today.") % code[:40]))
    return found


def _given(sent: QueryDict, service: Service) -> dict[str, Any]:
    lists = {one.code for one in service.attributes.all() if one.datatype == one.Datatype.MULTIVALUELIST}
    codes = [name.removeprefix(_PREFIX) for name in sent if name.startswith(_PREFIX)]
    return {code: sent.getlist(_PREFIX + code) if code in lists else sent[_PREFIX + code] for code in codes}


def _stored(ask: Ask) -> dict[str, Any]:
    """The answers there are: those to questions that the new form asks under the same code are kept."""
    return dict(Answer.objects.filter(request=ask.request).values_list("attribute__code", "value"))


def _show(
    request: HttpRequest, ask: Ask, chosen: Service | None, given: Mapping[str, Any],
    checked: CheckedAnswers | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    text, language = request.GET.get("q", "").strip()[:200], ask.desk.language
    on = ask.desk.jurisdiction.local_date(ask.desk.at)
    found = find_services(ask.desk.jurisdiction, text, language, on=on, limit=12) if text else []
    context = {
        "desk": ask.desk, "one": ask.request, "text": text, "found": found, "chosen": chosen,
        "asked": asked(chosen, language, given, checked.errors if checked else {}) if chosen else [],
        "all": [] if text or chosen else _all(ask, on),
    }  # fmt: skip
    return render(request, "console/service.html", context, status=status)


def _all(ask: Ask, on: Any) -> list[Service]:
    rows = Service.objects.filter(jurisdiction=ask.desk.jurisdiction).offered_on(on).select_related("group")
    return list(rows.order_by("group__position", "group__code", "position", "code"))


def asked(service: Service, language: str, given: Mapping[str, Any], errors: Mapping[str, str]) -> list[Asked]:
    """Every question of the form, those that depend on another with the words of that."""
    every = questions(service, language)
    labels = {(one.code, option.key): option.label for one in every for option in one.options}
    return [Asked(one, given.get(one.code, ""), errors.get(one.code, ""), _condition(one, labels)) for one in every]


def _condition(question: Question, labels: Mapping[tuple[str, str], str]) -> str:
    if question.condition is None:
        return ""
    keys = (labels.get((question.condition.attribute, key), key) for key in question.condition.keys)
    return " / ".join(keys)
