"""POST requests: everything that is wrong said at once, or a report handed to flow, as the web hands it over."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from geoserver_app import flow
from geoserver_app.accounts.models import ApiKey
from geoserver_app.catalog.form import check_answers
from geoserver_app.catalog.models import Service
from geoserver_app.intake.models import Review, ServiceRequest
from geoserver_app.intake.store import Stored
from geoserver_app.intake.submission import Contact, Photo, Submission
from geoserver_app.open311 import media, words
from geoserver_app.open311.access import key_of, warnings
from geoserver_app.open311.ask import Ask, plain
from geoserver_app.open311.document import Document, Value
from geoserver_app.open311.door import Answer
from geoserver_app.open311.errors import GENERAL, Fault, Open311Error, bad
from geoserver_app.open311.models import ServiceType
from geoserver_app.open311.place import spot_of
from geoserver_app.open311.services import service_of, types_of
from geoserver_app.open311.tokens import token_of
from geoserver_app.report.check import needs_place
from geoserver_app.report.draft import Method, Spot

_ATTRIBUTE = re.compile(r"attribute\[([^\]]{1,80})\](\[\])?")
_MOST_FAULTS = 20


@dataclass
class _Read:
    """What could be read of a call, and everything that is wrong with it."""

    faults: list[Fault] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    description: str = ""
    spot: Spot = field(default_factory=Spot)
    contact: Contact = field(default_factory=Contact)
    photos: tuple[Photo, ...] = ()
    links: tuple[str, ...] = ()

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """What is wrong inside is added to the list instead of ending the reading."""
        try:
            yield
        except Open311Error as error:
            self.faults += error.faults


def post_request(ask: Ask) -> Answer:
    """POST requests: 201 (or OPEN311_CREATED_STATUS) with the number, a token, or neither, by the service's type."""
    taken = take(ask, key_of(ask, ApiKey.Scope.REPORT))
    headers = warnings(ask)
    if taken.number:
        headers["Location"] = _address(ask, "open311:request", number=taken.number)
    elif taken.token:
        headers["Location"] = _address(ask, "open311:token", token=taken.token)
    named = {"service_request_id": taken.number, "token": taken.token}
    said: Value = [
        {
            **{name: value for name, value in named.items() if value},
            "service_notice": taken.notice,
            "account_id": ask.text("account_id"),
        }
    ]
    return Answer(Document("service_requests", said), settings.OPEN311_CREATED_STATUS, headers)


@dataclass(frozen=True)
class Taken:
    """What whoever sent a report is told: by the service's type its number, a token for it, or neither."""

    number: str
    token: str
    notice: str


def take(ask: Ask, key: ApiKey) -> Taken:
    """Hands a report to flow. Open311Error with everything that is wrong with it; then nothing was stored."""
    service = _service(ask)
    read = _read(ask, service, key)
    if read.faults:
        raise Open311Error(*read.faults[:_MOST_FAULTS], status=GENERAL)
    sent = _submission(ask, service, key, read)
    stored = flow.submit(sent, at=ask.at)
    _check_same(stored, sent)
    return _taken(service, stored.request, ask.language)


def _service(ask: Ask) -> Service:
    code = ask.text("service_code")
    if not code:
        raise bad("service_code is missing; GET services lists the codes.")
    return service_of(ask, code)


def _read(ask: Ask, service: Service, key: ApiKey) -> _Read:
    read = _Read()
    _read_answers(ask, service, read)
    for name, part in _parts(ask, service, key).items():
        with read.collecting():
            setattr(read, name, part())
    says_nothing = not (read.description or read.answers or read.photos or read.links)
    if not read.faults and says_nothing and not needs_place(service):
        read.faults.append(Fault(GENERAL, "description is missing: say in a few words what it is about."))
    return read


def _parts(ask: Ask, service: Service, key: ApiKey) -> dict[str, Callable[[], Any]]:
    return {
        "spot": lambda: spot_of(ask, service),
        "description": lambda: words.description_of(ask),
        "contact": lambda: words.contact_of(ask, tells_reporters=key.tells_reporters),
        "links": lambda: media.links_of(ask),
        "photos": lambda: media.photos_of(ask),
    }


def _read_answers(ask: Ask, service: Service, read: _Read) -> None:
    checked = check_answers(service, attributes_of(ask.sent), ask.language)
    read.answers = dict(checked.cleaned)
    read.faults += [Fault(GENERAL, f"attribute[{code}]: {said}") for code, said in sorted(checked.errors.items())]
    if checked.stopper:
        said = f"{checked.stopper.text} {checked.stopper.telephone}".strip()
        read.faults.append(Fault(GENERAL, f"attribute[{checked.stopper.attribute}]: {said}"))


def attributes_of(sent: QueryDict) -> dict[str, list[str]]:
    """The answers that were sent, by question: attribute[CODE]=..., attribute[CODE][]=..., each once or repeated."""
    found: dict[str, list[str]] = {}
    for name in sent:
        match = _ATTRIBUTE.fullmatch(plain(name))
        if match:
            found.setdefault(match[1], []).extend(words.without_markup(text) for text in sent.getlist(name))
    return found


def _submission(ask: Ask, service: Service, key: ApiKey, read: _Read) -> Submission:
    spot = read.spot
    method = spot.method if spot.is_pinned else Method.ADDRESS.value if spot.address else Method.NONE.value
    return Submission(
        jurisdiction_id=ask.jurisdiction.pk,
        service_id=service.pk,
        channel=ServiceRequest.Channel.OPEN311.value,
        language=ask.language,
        description=read.description,
        lon=spot.lon,
        lat=spot.lat,
        accuracy_m=spot.accuracy_m if spot.is_pinned else None,
        place_method=method,
        address_text=spot.address,
        asset_id=spot.asset_id,
        answers=read.answers,
        contact=read.contact,
        photos=read.photos,
        media_urls=read.links,
        idempotency_key=_sending(ask, key),
    )


def sent_with(key: ApiKey) -> str:
    """How the idempotency keys of reports begin that came with an API key: by it is known whose they are."""
    return f"o311-{key.pk}-"


def _sending(ask: Ask, key: ApiKey) -> str:
    """What makes a second sending of the same report known; without a key of the program's own, each is a new one."""
    own = ask.http.headers.get("Idempotency-Key", "") or ask.sent.get("idempotency_key", "")
    said = hashlib.sha256(own.encode("utf-8", errors="replace")).hexdigest() if own.strip() else secrets.token_hex(16)
    return f"{sent_with(key)}{said[:32]}"


def _check_same(stored: Stored, sent: Submission) -> None:
    """An Idempotency-Key names one report: another one under it would be lost, so it is refused."""
    earlier = stored.request
    if not stored.is_new and (earlier.service_id, earlier.description) != (sent.service_id, sent.description):
        raise bad("This Idempotency-Key was used for another request already. Use a new one for each request.")


def _taken(service: Service, request: ServiceRequest, language: str) -> Taken:
    kind = types_of([service.pk]).get(service.pk, ServiceType.Type.REALTIME)
    number = request.service_request_id if kind == ServiceType.Type.REALTIME else ""
    token = token_of(request) if kind == ServiceType.Type.BATCH else ""
    return Taken(number, token, _notice(request, language))


def _address(ask: Ask, name: str, **named: str) -> str:
    return ask.http.build_absolute_uri(reverse(name, kwargs={**named, "form": ask.form}))


def _notice(request: ServiceRequest, language: str) -> str:
    """What whoever reports should know: that a person has to look at the place first."""
    waiting = set(Review.objects.filter(request=request, resolved_at=None).values_list("reason", flat=True))
    with translation.override(language):
        said = {
            "no_place": _("We could not find this address on the map. A person will look at it."),
            "outside": _("This place seems to be outside of the city. A person will look at it."),
            "address_far_from_pin": _("The address and the point on the map are far apart. A person will look at it."),
        }
        return " ".join(text for reason, text in said.items() if reason in waiting)
