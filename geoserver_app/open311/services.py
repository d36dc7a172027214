"""What can be asked for: the list of services, and the questions of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from geoserver_app.catalog import form, standing
from geoserver_app.catalog.form import Question
from geoserver_app.catalog.models import Service
from geoserver_app.open311.ask import Ask
from geoserver_app.open311.document import Document, Value
from geoserver_app.open311.door import Answer
from geoserver_app.open311.errors import bad, unknown
from geoserver_app.open311.models import ServiceType
from layers.lookup import check_position, inside
from layers.models import Jurisdiction

FRESH_S = 60


def service_list(ask: Ask) -> Answer:
    """GET services: what can be chosen today; with ``lat`` and ``long`` what can be chosen there."""
    services = offered(ask.jurisdiction, ask.at) if _is_ours(ask) else []
    types = types_of(service.pk for service in services)
    listed: Value = [item(service, types, ask.language) for service in services]
    return Answer(Document("services", listed), fresh_s=FRESH_S)


def definition(ask: Ask, code: str) -> Answer:
    """GET services/CODE: what is asked, in order; no attributes where nothing is."""
    return Answer(Document("service_definition", _definition(ask, code)), fresh_s=FRESH_S)


def _definition(ask: Ask, code: str) -> Value:
    return questions_of(service_of(ask, code), ask.language, extended=ask.extended)


def offered(jurisdiction: Jurisdiction, at: datetime) -> list[Service]:
    """The services that can be chosen on the local day of a moment, in the city's order."""
    rows = Service.objects.filter(jurisdiction=jurisdiction).offered_on(jurisdiction.local_date(at))
    return list(rows.select_related("group").with_form().order_by("group__position", "group_id", "position", "pk"))


def service_of(ask: Ask, code: str) -> Service:
    """The service with a code that can be chosen today; 404 for another code, with the successor of a retired one."""
    found = standing.by_code(ask.jurisdiction, code) if code.isprintable() else None
    if found is None:
        raise unknown(f"There is no service '{code[:40]}'; GET services lists the codes.")
    if not found.is_offered_on(ask.jurisdiction.local_date(ask.at)):
        instead = f"; '{found.successor.code}' takes its place" if found.successor else ""
        raise unknown(f"Service '{code}' is not offered any more{instead}.")
    return found


def types_of(service_ids: Iterable[int]) -> dict[int, str]:
    """The type of each service that has another one than realtime."""
    return dict(ServiceType.objects.filter(service__in=list(service_ids)).values_list("service_id", "type"))


def item(service: Service, types: dict[int, str], language: str) -> Value:
    """A service as the list shows it."""
    words = service.keywords.get(language) or []
    return {
        "service_code": service.code,
        "service_name": service.name_in(language),
        "description": service.description_in(language),
        "metadata": any(one.retired_on is None for one in service.attributes.all()),
        "type": types.get(service.pk, ServiceType.Type.REALTIME.value),
        "keywords": ",".join(word.replace(",", " ") for word in words),
        "group": service.group.name_in(language),
    }


def questions_of(service: Service, language: str, *, extended: bool = False) -> Value:
    """A service's questions as its definition shows them; ``extended`` says on what a question hangs."""
    asked = form.questions(service, language)
    return {
        "service_code": service.code,
        "attributes": [_attribute(order, one, asked, extended) for order, one in enumerate(asked, 1)],
    }


def _attribute(order: int, question: Question, asked: Sequence[Question], extended: bool) -> Value:
    # Open311 knows no questions that hang on others: such a one is not required of those it is not put to.
    shown: dict[str, Value] = {
        "variable": question.asks,
        "code": question.code,
        "datatype": question.datatype,
        "required": question.required and question.condition is None,
        "datatype_description": " ".join(part for part in (question.help, _only_if(question, asked)) if part),
        "order": order,
        "description": question.text,
        "values": [{"key": one.key, "name": one.label} for one in question.options],
    }
    if extended and question.condition:
        shown["condition"] = {"code": question.condition.attribute, "keys": ",".join(question.condition.keys)}
        shown["required_if_asked"] = question.required
    return shown


def _only_if(question: Question, asked: Sequence[Question]) -> str:
    """The condition of a question in words, for clients that show one form to everybody."""
    if question.condition is None:
        return ""
    other = next((one for one in asked if one.code == question.condition.attribute), None)
    labels = [one.label for one in other.options if one.key in question.condition.keys] if other else []
    return f"({other.text} {' / '.join(labels)})" if other else ""


def _is_ours(ask: Ask) -> bool:
    """Whether the place that was named lies in the city; yes where none was named."""
    lat, lon = ask.number("lat"), ask.number("long")
    if lat is None and lon is None:
        return True
    if lat is None or lon is None:
        raise bad("lat and long belong together: one of them is missing.")
    check_position(lon, lat)
    return inside(ask.jurisdiction, lon, lat)
