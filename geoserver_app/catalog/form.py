"""A service's form: what is asked, what was answered, and what an answer means. One validator for every door."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from geoserver_app.catalog.models import Service, ServiceAttribute, in_language
from geoserver_app.catalog.values import Raw, Unusable, Value, clean, is_empty
from layers.models import Jurisdiction


@dataclass(frozen=True)
class Option:
    """An answer that can be chosen, with its label in the asked language."""

    key: str
    label: str


@dataclass(frozen=True)
class Condition:
    """Asked only where another question was answered with one of these keys."""

    attribute: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """One question in one language. ``asks`` false: a line to read. ``condition`` None: always asked."""

    code: str
    datatype: str
    required: bool
    asks: bool
    text: str
    help: str
    options: tuple[Option, ...]
    condition: Condition | None
    private: bool


@dataclass(frozen=True)
class Stopper:
    """An answer that means "not through us": what to do instead, and the number to call."""

    attribute: str
    key: str
    text: str
    telephone: str


@dataclass(frozen=True)
class CheckedAnswers:
    """What can be stored, what is wrong (by question, for the person who answered), and whether to send them on.

    ``cleaned`` holds only questions that are asked with these answers: an answer to a question that a later change of
    mind hid is left out, not refused.
    """

    cleaned: dict[str, Value]
    errors: dict[str, str]
    stopper: Stopper | None

    @property
    def ok(self) -> bool:
        return not self.errors


def questions(service: Service, language: str, answers: Mapping[str, Raw] | None = None) -> list[Question]:
    """The questions of a form in order. With answers, only those that are asked after them."""
    asked = _current(service) if answers is None else [one for one, _value in _asked(service, answers)]
    return [_question(attribute, language) for attribute in asked]


def check_answers(service: Service, answers: Mapping[str, Raw], language: str = "en") -> CheckedAnswers:
    """Every answer cleaned or told what is wrong with it, in a language. Codes that the form has not are errors."""
    cleaned: dict[str, Value] = {}
    errors: dict[str, str] = {}
    with translation.override(language):
        known = {attribute.code for attribute in _current(service)}
        for code in answers.keys() - known:
            errors[code] = _("This form has no question '%(code)s'.") % {"code": code[:60]}
        for attribute, value in _asked(service, answers):
            if isinstance(value, Unusable):
                errors[attribute.code] = str(value)
            elif value is not None:
                cleaned[attribute.code] = value
            elif attribute.required:
                errors[attribute.code] = _("Please answer this question.")
    return CheckedAnswers(cleaned, errors, stopper_for(service, cleaned, language))


def stopper_for(service: Service, answers: Mapping[str, Raw], language: str) -> Stopper | None:
    """The first answer, in the order of the form, that means "not through us"; None where there is none."""
    for attribute, value in _chosen(service, answers):
        stopper = value.get("stopper")
        if stopper:
            text = in_language({key: stopper[key] for key in stopper if key != "telephone"}, language)
            return Stopper(attribute.code, str(value["key"]), text, str(stopper.get("telephone", "")))
    return None


def evidence(service: Service, answers: Mapping[str, Raw]) -> str | None:
    """Whose ground it is as far as the answers say: one of ServiceAttribute.MEANINGS, or None."""
    return next((str(value["means"]) for _attribute, value in _chosen(service, answers) if value.get("means")), None)


def public_answers(service: Service, answers: Mapping[str, Value]) -> dict[str, Value]:
    """The answers that may be shown to everybody: those of questions that are neither private nor free text."""
    shown = {
        attribute.code
        for attribute in service.attributes.all()
        if not attribute.private and attribute.datatype not in (attribute.Datatype.STRING, attribute.Datatype.TEXT)
    }
    return {code: value for code, value in answers.items() if code in shown}


def in_words(attribute: ServiceAttribute, value: Value, language: str) -> str:
    """An answer as a person reads it: labels instead of keys, a moment in words, in a language."""
    if attribute.is_list:
        labels = {one["key"]: in_language(_texts(one), language) for one in attribute.values}
        keys = value if isinstance(value, list) else [str(value)]
        return ", ".join(labels.get(key, key) for key in keys)
    if attribute.datatype == ServiceAttribute.Datatype.DATETIME:
        with translation.override(language):
            return date_format(datetime.fromisoformat(str(value)), "DATETIME_FORMAT")
    return str(value)


def _current(service: Service) -> list[ServiceAttribute]:
    """The questions that are still asked, in order; no query where the service was fetched ``with_form``."""
    rows = [attribute for attribute in service.attributes.all() if attribute.retired_on is None]
    return sorted(rows, key=lambda attribute: (attribute.position, attribute.code))


def _asked(service: Service, answers: Mapping[str, Raw]) -> Iterator[tuple[ServiceAttribute, Value | Unusable | None]]:
    """The questions asked after these answers, each with its value, what is wrong with it, or None for no answer."""
    given: dict[str, Value] = {}
    for attribute in _current(service):
        if not _is_shown(attribute, given):
            continue
        value = _value(service, attribute, answers.get(attribute.code))
        if value is not None and not isinstance(value, Unusable):
            given[attribute.code] = value
        yield attribute, value


def _is_shown(attribute: ServiceAttribute, given: Mapping[str, Value]) -> bool:
    """Whether a question is asked after the answers before it; one that hangs on a hidden question is hidden too."""
    if not attribute.shown_if:
        return True
    value = given.get(attribute.shown_if["attribute"], [])
    chosen = value if isinstance(value, list) else [value]
    return not set(attribute.shown_if["in"]).isdisjoint(chosen)


def _value(service: Service, attribute: ServiceAttribute, raw: Raw) -> Value | Unusable | None:
    if is_empty(raw) or not attribute.variable:
        return None
    keys = [str(one["key"]) for one in _offered(attribute)]
    try:
        value = clean(attribute.datatype, raw, keys=keys, zone=lambda: _zone(service))
    except Unusable as wrong:
        return wrong
    return None if is_empty(value) else value


def _chosen(service: Service, answers: Mapping[str, Raw]) -> Iterator[tuple[ServiceAttribute, dict[str, Any]]]:
    """Every list answer that was chosen, with its row of the form."""
    for attribute, value in _asked(service, answers):
        if attribute.is_list and value is not None and not isinstance(value, Unusable):
            keys = value if isinstance(value, list) else [value]
            yield from ((attribute, one) for one in _offered(attribute) if one["key"] in keys)


def _offered(attribute: ServiceAttribute) -> list[dict[str, Any]]:
    return [one for one in attribute.values if not one.get("retired")]


def _question(attribute: ServiceAttribute, language: str) -> Question:
    condition = attribute.shown_if
    return Question(
        code=attribute.code,
        datatype=attribute.datatype,
        required=attribute.required,
        asks=attribute.variable,
        text=in_language(attribute.question, language),
        help=in_language(attribute.help, language),
        options=tuple(_options(_offered(attribute), language)),
        condition=Condition(condition["attribute"], tuple(condition["in"])) if condition else None,
        private=attribute.private,
    )


def _options(values: Iterable[dict[str, Any]], language: str) -> Iterator[Option]:
    for value in values:
        yield Option(str(value["key"]), in_language(_texts(value), language))


_NOT_A_LANGUAGE = {"key", "stopper", "means", "retired"}


def _texts(value: dict[str, Any]) -> dict[str, str]:
    return {name: text for name, text in value.items() if name not in _NOT_A_LANGUAGE}


def _zone(service: Service) -> ZoneInfo:
    return ZoneInfo(Jurisdiction.objects.values_list("time_zone", flat=True).get(pk=service.jurisdiction_id))
