"""What is the problem? Services that can be chosen, found by people's words, and the questions of the chosen one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.utils.translation import gettext as _

from geoserver_app.catalog import form, standing
from geoserver_app.catalog.form import Question, Stopper
from geoserver_app.catalog.models import Faq, Service, ServiceAttribute, ServiceGroup, in_language
from geoserver_app.catalog.search import find_services
from geoserver_app.report.draft import ANSWER, Draft
from layers.models import Jurisdiction

Privacy = Service.Privacy
# Services at the head of their shelf are offered at once, without a search.
COMMON_POSITION = 10


@dataclass(frozen=True)
class Offered:
    """A service as a list shows it, in the page's language."""

    code: str
    name: str
    description: str
    group: str


@dataclass(frozen=True)
class Shelf:
    """A group with its services."""

    code: str
    name: str
    services: tuple[Offered, ...]


@dataclass(frozen=True)
class Choice:
    """One answer of a list; ``stopper`` is what to do instead of reporting where this is the answer."""

    key: str
    label: str
    is_chosen: bool
    stopper: Stopper | None
    html_id: str


@dataclass(frozen=True)
class Field:
    """A question as the form shows it, with what was answered and what is wrong with that."""

    question: Question
    name: str
    html_id: str
    value: str
    choices: tuple[Choice, ...]
    is_asked: bool
    error: str
    about_line: bool  # answers whose ground it is, for a pin beside a parcel's line

    @property
    def is_list(self) -> bool:
        return self.question.datatype in ServiceAttribute.LISTS

    @property
    def input_type(self) -> str:
        return "checkbox" if self.question.datatype == ServiceAttribute.Datatype.MULTIVALUELIST else "radio"


def chosen(jurisdiction: Jurisdiction, code: str, *, on: date) -> Service | None:
    """The service with a code that can be chosen on a local day; a retired one's successor in its place."""
    found = standing.by_code(jurisdiction, code) if code else None
    if found is None or found.is_offered_on(on):
        return found
    successor = found.successor
    return chosen(jurisdiction, successor.code, on=on) if successor else None


def shelves(jurisdiction: Jurisdiction, language: str, *, on: date) -> list[Shelf]:
    """Every service that can be chosen on a local day, by group, in the city's order."""
    rows = Service.objects.filter(jurisdiction=jurisdiction).offered_on(on).select_related("group")
    ordered = rows.order_by("group__position", "group__pk", "position", "pk")
    return [
        Shelf(group.code, group.name_in(language), tuple(offered(one, language) for one in services))
        for group, services in groupby(ordered, key=_group)
    ]


def common(jurisdiction: Jurisdiction, language: str, *, on: date) -> list[Offered]:
    """What people ask for most: the head of each group."""
    rows = Service.objects.filter(jurisdiction=jurisdiction, position__lte=COMMON_POSITION).offered_on(on)
    ordered = rows.select_related("group").order_by("group__position", "position", "pk")
    return [offered(one, language) for one in ordered]


def search(jurisdiction: Jurisdiction, words: str, language: str, *, on: date) -> list[Offered]:
    """Services that fit somebody's own words, best first."""
    return [offered(one.service, language) for one in find_services(jurisdiction, words, language, on=on)]


def offered(service: Service, language: str) -> Offered:
    return Offered(
        service.code, service.name_in(language), service.description_in(language), service.group.name_in(language)
    )


def fields(
    service: Service, draft: Draft, language: str, errors: Mapping[str, str], *, about_line: str = ""
) -> list[Field]:
    """The questions of a service's form in order; those that are not asked after these answers too, marked so."""
    answers = draft.own_answers(service.code)
    asked = {question.code for question in form.questions(service, language, answers)}
    rows = {attribute.code: attribute for attribute in service.attributes.all()}
    return [
        _field(question, rows[question.code], answers.get(question.code, []), service, language, asked, errors,
               about_line)
        for question in form.questions(service, language)
    ]  # fmt: skip


def _field(
    question: Question,
    row: ServiceAttribute,
    given: list[str],
    service: Service,
    language: str,
    asked: set[str],
    errors: Mapping[str, str],
    about_line: str,
) -> Field:
    name = field_name(service, question.code)
    html_id = f"q-{service.code}-{question.code}"
    stoppers = {str(value["key"]): value["stopper"] for value in row.values if value.get("stopper")}
    choices = tuple(
        Choice(
            option.key, option.label, option.key in given,
            _stopper(question.code, option.key, stoppers.get(option.key), language), f"{html_id}-{option.key}",
        )
        for option in question.options
    )  # fmt: skip
    value = given[-1] if given else ""
    return Field(
        question, name, html_id, value, choices, question.code in asked, errors.get(name, ""),
        question.code == about_line,
    )  # fmt: skip


def _stopper(question: str, key: str, said: dict[str, str] | None, language: str) -> Stopper | None:
    if not said:
        return None
    text = in_language({name: value for name, value in said.items() if name != "telephone"}, language)
    return Stopper(question, key, text, str(said.get("telephone", "")))


def field_name(service: Service, question: str) -> str:
    """What the field of a question is called in the form."""
    return f"{ANSWER}{service.code}.{question}"


def other_answers(draft: Draft, service: Service | None) -> list[tuple[str, str]]:
    """Answers to other services' questions, as (field, value): carried along in case somebody goes back."""
    return [
        (f"{ANSWER}{code}.{question}", value)
        for code, answers in draft.answers.items()
        if service is None or code != service.code
        for question, values in answers.items()
        for value in values
    ]


def question_text(service: Service | None, code: str, language: str) -> str:
    """What a question of a service asks, for a list of what has to be put right."""
    rows = service.attributes.all() if service else []
    return next((in_language(row.question, language) for row in rows if row.code == code), "")


def asks_about_ground(service: Service) -> str:
    """The first question whose answers say whose ground it is; empty where the service does not care."""
    rows = sorted(service.attributes.all(), key=lambda one: (one.position, one.code))
    named = (row.code for row in rows if row.retired_on is None and any(value.get("means") for value in row.values))
    return next(named, "")


def faqs(service: Service, language: str) -> list[tuple[str, str]]:
    """Questions and answers about a service: often there is nothing left to report."""
    rows = Faq.objects.filter(service=service)
    return [(row.question_in(language), row.answer_in(language)) for row in rows]


def shown_to_the_public(service: Service) -> str:
    """One sentence on what of a report everybody can see, by the service's policies."""
    if service.publication != Service.Audience.PUBLIC or service.privacy == Privacy.HIDDEN:
        return _("Only City Hall sees this report. It never appears on the public map.")
    if service.location == Service.Location.NONE:
        return _("The public never sees who you are.")
    return {
        Privacy.EXACT.value: _("The public map shows the place, never who reported it."),
        Privacy.BLOCK_FACE.value: _("The public map shows the block, not the house, and never who reported it."),
        Privacy.CELL.value: _("The public map shows about where it is, never who reported it."),
        Privacy.AREA_ONLY.value: _("The public sees only the part of the city, never the place or who reported it."),
    }[service.privacy]


def _group(service: Service) -> ServiceGroup:
    return service.group
