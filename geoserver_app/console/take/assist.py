"""What helps while somebody is on the line: who would get it, this caller's earlier requests, answers to questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils.translation import pgettext

from geoserver_app.accounts.roles import Capability
from geoserver_app.catalog.models import Faq, Service, in_language
from geoserver_app.catalog.search import find_services
from geoserver_app.console.desk import Desk
from geoserver_app.console.take.entry import Entry, asks_for_ground
from geoserver_app.duplicates import candidates, chosen
from geoserver_app.duplicates.candidates import Candidate, Probe
from geoserver_app.duplicates.reasons import reasons
from geoserver_app.intake.contact import email_hash, phone_hash
from geoserver_app.intake.models import Reporter, ServiceRequest
from geoserver_app.maps.words import readable
from geoserver_app.notify import moments
from geoserver_app.org.models import Agency, Department, Post
from geoserver_app.route.preview import Preview, preview
from geoserver_app.work.deadlines import due
from geoserver_app.work.sight import visible_to
from layers import lookup

MOST_FAQS = 3
MOST_EARLIER = 5
MOST_QUICK = 5
RECENT = timedelta(days=60)
_LEAST_ALIKE = 0.45
_FAQ_SQL = Path(__file__).with_name("faqs_like.sql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Outside:
    """Whose ground it is where it lies outside of the city; names empty where nobody knows."""

    name: str
    contact: str
    telephone: str


@dataclass(frozen=True)
class Lies:
    """What would happen to the request: whose it would be, by when, what is in doubt."""

    whose: str
    desk: str
    agency_telephone: str
    copies: tuple[str, ...]
    due: str
    triage: bool
    near_line: bool
    ask: str
    sentences: tuple[str, ...]
    outside: Outside | None


def lies(entry: Entry) -> Lies | None:
    """The preview by the rules in force; None until it is known what, and where that matters."""
    service = entry.service
    if service is None or (entry.needs_place and entry.position is None):
        return None
    lon, lat = entry.position or (None, None)
    more: dict[str, Any] = {"address_text": entry.place_words, "place_method": "address"} if lon is not None else {}
    found = preview(
        service, lon, lat, entry.checked.cleaned, at=entry.desk.at, channel=entry.channel,
        language=entry.desk.language, **more,
    )  # fmt: skip
    return _lies(entry, service, found)


def _lies(entry: Entry, service: Service, found: Preview) -> Lies:
    routing, language = found.routing, entry.desk.language
    agency = Agency.objects.filter(pk=routing.agency_id).first() if routing.agency_id else None
    department = Department.objects.filter(pk=routing.department_id).first() if routing.department_id else None
    posts = Post.objects.in_bulk([*routing.copies, *([routing.post_id] if routing.post_id else [])])
    holder = agency or department
    question = asks_for_ground(service)
    return Lies(
        whose=holder.name_in(language) if holder else "",
        desk=posts[routing.post_id].name_in(language) if routing.post_id in posts else "",
        agency_telephone=agency.telephone if agency else "",
        copies=tuple(posts[pk].name_in(language) for pk in routing.copies if pk in posts),
        due="" if agency else _due(entry, service),
        triage=routing.triage,
        near_line=routing.near_line,
        ask=in_language(question.question, language) if question and routing.near_line else "",
        sentences=(*found.explanation.links, *found.explanation.outcome),
        outside=_outside(entry, entry.position) if entry.position and not found.links.inside else None,
    )


def _due(entry: Entry, service: Service) -> str:
    desk = entry.desk
    return moments.full(due(service, desk.at, desk.calendar), desk.language, desk.zone, desk.at)


def _outside(entry: Entry, position: tuple[float, float]) -> Outside:
    place = lookup.place(entry.desk.jurisdiction, *position, on=entry.today)
    found = place.area("municipality")
    if found is None:
        return Outside("", "", "")
    said = found.attributes
    return Outside(found.name, str(said.get("contact") or ""), str(said.get("telephone") or ""))


@dataclass(frozen=True)
class Known:
    """An incident that the caller may mean, by the request that leads it, and what speaks for it."""

    request: ServiceRequest
    candidate: Candidate
    reasons: tuple[str, ...]


def known(entry: Entry) -> list[Known]:
    """What the caller may be reporting once more, of what the call-taker may see; likeliest first."""
    service, desk = entry.service, entry.desk
    if service is None or entry.position is None:
        return []
    lon, lat = entry.position
    texts = {code: value for code, value in entry.checked.cleaned.items() if isinstance(value, str)}
    probe = Probe(
        desk.jurisdiction.pk, service.pk, lon, lat, desk.at, words=entry.draft.one("description")[:1000], answers=texts
    )
    found = candidates.find(probe, public=False)
    rows = ServiceRequest.objects.filter(pk__in=[one.request_id for one in found]).select_related("service")
    seen = {one.pk: one for one in visible_to(rows, desk.rights)}
    return [Known(seen[one.request_id], one, tuple(reasons(one))) for one in found if one.request_id in seen]


def choice(entry: Entry) -> str:
    """The number of the known problem that the call-taker chose; empty for none."""
    wanted = entry.draft.one("same")
    return "" if wanted == "none" else wanted


def joins(entry: Entry) -> int | None:
    """The incident to which the call-taker adds this caller; None for a report of its own.

    What was chosen may have been merged while they talked: then it is the incident that it was merged into.
    """
    wanted = choice(entry)
    offered = {one.request.service_request_id: one.candidate.incident_id for one in known(entry)} if wanted else {}
    if wanted in offered or not wanted:
        return offered.get(wanted)
    return chosen.moved_to(wanted, offered.values(), seen(entry))


def seen(entry: Entry) -> QuerySet[ServiceRequest]:
    """The requests that the call-taker may see."""
    return visible_to(ServiceRequest.objects.filter(jurisdiction=entry.desk.jurisdiction), entry.desk.rights)


@dataclass(frozen=True)
class Earlier:
    """A request of the same caller."""

    number: str
    service: str
    state: str
    day: date
    place: str


def earlier(entry: Entry) -> list[Earlier]:
    """What this telephone number or e-mail address reported before, for those who may see reporters; newest first."""
    desk, draft = entry.desk, entry.draft
    hashes = {"phone_hash": phone_hash(draft.one("phone")), "email_hash": email_hash(draft.one("email"))}
    known = [Q(**{name: value}) for name, value in hashes.items() if value]
    if not known:
        return []
    same = Reporter.objects.filter(known[0] if len(known) == 1 else known[0] | known[1]).values("request")
    seen = visible_to(ServiceRequest.objects.filter(pk__in=same), desk.rights, Capability.SEE_REPORTERS)
    rows = seen.select_related("service").newest_first()[:MOST_EARLIER]
    return [
        Earlier(
            one.service_request_id,
            one.service.name_in(desk.language),
            one.state,
            one.requested_datetime.astimezone(desk.zone).date(),
            readable(one.address_text),
        )
        for one in rows
    ]


@dataclass(frozen=True)
class Answer:
    """A frequent question with its answer, in the caller's language."""

    question: str
    answer: str


def faqs(entry: Entry) -> list[Answer]:
    """Answers that fit: to what was typed, else of the service that was chosen, else of its group."""
    desk, said = entry.desk, entry.draft.one("say")
    service = entry.service
    rows: list[Faq] = []
    if service is not None:
        about = Faq.objects.filter(jurisdiction=desk.jurisdiction)
        rows = [*about.filter(service=service), *about.filter(group=service.group)]
    typed = said if not service or said != service.name_in(desk.language) else ""
    if typed:
        rows = [*_faqs_like(desk, typed, entry.language), *rows]
    once = list(dict.fromkeys(rows))[:MOST_FAQS]
    return [Answer(one.question_in(entry.language), one.answer_in(entry.language)) for one in once]


def _faqs_like(desk: Desk, text: str, language: str) -> list[Faq]:
    """Questions with words like those that were typed (trigrams, without accents), and those of services found so."""
    with connection.cursor() as cursor:
        cursor.execute(_FAQ_SQL, {"jurisdiction": desk.jurisdiction.pk, "text": text[:200], "least": _LEAST_ALIKE})
        ids = [pk for pk, _score in cursor.fetchall()]
    found = Faq.objects.in_bulk(ids)
    alike = [found[pk] for pk in ids]
    on = desk.jurisdiction.local_date(desk.at)
    services = [hit.service.pk for hit in find_services(desk.jurisdiction, text, language, on=on, limit=2)]
    return [*alike, *Faq.objects.filter(service__in=services)]


def quick(desk: Desk) -> list[Service]:
    """Questions that can be logged at once: the information services asked about most lately, with nothing required."""
    on = desk.jurisdiction.local_date(desk.at)
    of_kind = Service.objects.filter(jurisdiction=desk.jurisdiction, kind=Service.Kind.INFORMATION).offered_on(on)
    simple = of_kind.exclude(attributes__required=True, attributes__retired_on=None).order_by("position", "code")
    services = {one.pk: one for one in simple}
    lately = ServiceRequest.objects.filter(
        jurisdiction=desk.jurisdiction, requested_datetime__gte=desk.at - RECENT, service__in=list(services)
    )
    counted = dict(lately.values_list("service").annotate(number=Count("pk")).order_by())
    ordered = sorted(services, key=lambda pk: -counted.get(pk, 0))
    return [services[pk] for pk in ordered[:MOST_QUICK]]


def found_services(desk: Desk, text: str) -> Sequence[Service]:
    """Services by the words that were typed."""
    on = desk.jurisdiction.local_date(desk.at)
    return [hit.service for hit in find_services(desk.jurisdiction, text, desk.language, on=on)]


def kind_words(service: Service) -> str:
    """What sort of call it is, beside the service's name in a list."""
    said = {
        Service.Kind.REQUEST: pgettext("kind of call", "request"),
        Service.Kind.COMPLAINT: pgettext("kind of call", "complaint"),
        Service.Kind.INFORMATION: pgettext("kind of call", "question"),
        Service.Kind.SUGGESTION: pgettext("kind of call", "suggestion"),
    }
    return said[Service.Kind(service.kind)]
