"""From what was typed to what can be sent: every fault by its field, in words, or a Submission for flow."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from geoserver_app.catalog.form import Stopper, check_answers
from geoserver_app.catalog.models import Service
from geoserver_app.catalog.values import Unusable, Value, clean_text
from geoserver_app.geocode.candidate import Candidate
from geoserver_app.geocode.outside import locate_or_ask
from geoserver_app.intake.contact import phone_digits
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.intake.submission import Contact, Photo, Submission
from geoserver_app.report.around import thing_meant
from geoserver_app.report.draft import Draft, Method, Spot, TellBy
from geoserver_app.report.what import field_name
from layers.models import Jurisdiction

# A candidate this good is where the address is; anything less is asked about (a score is a chance in percent).
SURE = 90.0
# Where an address says a place only roughly, the point is as good as a pin with this accuracy, in metres at least.
ROUGH_M: dict[str, float] = {"interpolated": 15.0, "block": 60.0, "street": 200.0, "area": 60.0}


@dataclass(frozen=True)
class Checked:
    """``errors`` by the name of the field; ``draft`` with what was worked out (an address found on the map).

    ``answers`` are cleaned. ``candidates`` are places that the written address may mean. It can be sent where ``ok``.
    """

    draft: Draft
    errors: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Value] = field(default_factory=dict)
    stopper: Stopper | None = None
    candidates: list[Candidate] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.errors and self.stopper is None


def check(jurisdiction: Jurisdiction, service: Service | None, draft: Draft, language: str, *, at: datetime) -> Checked:
    """Everything about a draft that can be told without storing it."""
    errors: dict[str, str] = {}
    if service is None:
        errors["service"] = _("Choose what the problem is.")
    candidates: list[Candidate] = []
    if needs_place(service) and not draft.spot.is_pinned:
        draft, candidates = _find_address(jurisdiction, draft, errors, at)
    answers: dict[str, Value] = {}
    stopper = None
    if service is not None:
        own = {code: values for code, values in draft.own_answers(service.code).items() if code in _codes(service)}
        checked = check_answers(service, own, language)
        answers, stopper = checked.cleaned, checked.stopper
        errors |= {field_name(service, code): text for code, text in checked.errors.items()}
        _check_words(service, draft, answers, errors)
    _check_contact(draft, errors)
    if draft.trap:
        errors["form"] = _("This looked as if a program had sent it. If you are a person, just press Send again.")
        draft = replace(draft, trap="")
    return Checked(draft, errors, answers, stopper, candidates)


def needs_place(service: Service | None) -> bool:
    """Whether a report about it must say where; before anything is chosen we take it that it must."""
    return service is None or service.location != Service.Location.NONE


def place_of(candidate: Candidate) -> Spot:
    """A spot at a candidate. A house or a corner is where the map says; what is said roughly is as good as a pin."""
    rough = ROUGH_M.get(candidate.precision)
    if rough is None:
        return Spot(candidate.lon, candidate.lat, Method.ADDRESS.value, None, candidate.label)
    accuracy = round(max(rough, candidate.accuracy_m), 1)
    return Spot(candidate.lon, candidate.lat, Method.PIN.value, accuracy, candidate.label)


def submission(
    jurisdiction: Jurisdiction,
    service: Service,
    checked: Checked,
    language: str,
    photos: tuple[Photo, ...],
    incident_id: int | None = None,
) -> Submission:
    """What flow takes, of a draft that was found to be in order; ``incident_id`` where it is one more report of one."""
    draft = checked.draft
    spot = _final_spot(jurisdiction, service, draft.spot)
    words = clean_text(draft.description) if draft.description.strip() else ""
    method = spot.method if spot.is_pinned else Method.ADDRESS.value if spot.address else Method.NONE.value
    return Submission(
        jurisdiction_id=jurisdiction.pk,
        service_id=service.pk,
        channel=ServiceRequest.Channel.WEB.value,
        language=language,
        description=words,
        lon=spot.lon,
        lat=spot.lat,
        accuracy_m=spot.accuracy_m if spot.is_pinned else None,
        place_method=method,
        address_text=spot.address,
        asset_id=spot.asset_id,
        answers=dict(checked.answers),
        contact=Contact(draft.name, draft.email, draft.phone, draft.postal, draft.tell_by),
        photos=photos,
        idempotency_key=_key(draft),
        incident_id=incident_id,
    )


def _key(draft: Draft) -> str:
    """The same for a double tap or a second try; another one for a form that was changed after it had been sent."""
    said = repr(replace(draft, key="", view="", q="", asked="", trap="", as_written=False, same_shown=""))
    return f"web-{draft.key}-{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def _final_spot(jurisdiction: Jurisdiction, service: Service, spot: Spot) -> Spot:
    """The place to store: none for what has no place, the thing's own where the pin means one."""
    if service.location == Service.Location.NONE:
        return Spot()
    thing = thing_meant(jurisdiction, service, spot)
    if thing is None:
        return replace(spot, asset="", method=Method.PIN.value if spot.method == Method.ASSET else spot.method)
    return replace(spot, lon=thing.lon, lat=thing.lat, method=Method.ASSET.value, accuracy_m=None, asset=str(thing.id))


def _find_address(
    jurisdiction: Jurisdiction, draft: Draft, errors: dict[str, str], at: datetime
) -> tuple[Draft, list[Candidate]]:
    written = draft.spot.address
    if not written:
        errors["place"] = _("Say where it is: set the pin on the map, or write an address or a corner.")
        return draft, []
    found = locate_or_ask(jurisdiction, written, on=jurisdiction.local_date(at))
    if found and found[0].score >= SURE:
        return replace(draft, spot=replace(place_of(found[0]), asset=draft.spot.asset)), []
    if not draft.as_written:
        errors["place"] = (
            _("Several places fit this address. Choose one of them.")
            if found
            else _("We do not find this address. Set the pin on the map, or send the address as you wrote it.")
        )
    return draft, found


def _codes(service: Service) -> set[str]:
    return {attribute.code for attribute in service.attributes.all() if attribute.retired_on is None}


def _check_words(service: Service, draft: Draft, answers: dict[str, Value], errors: dict[str, str]) -> None:
    try:
        words = clean_text(draft.description) if draft.description.strip() else ""
    except Unusable as wrong:
        errors["description"] = str(wrong)
        return
    says_nothing = not words and not answers and not draft.photos
    if says_nothing and service.location == Service.Location.NONE:
        errors["description"] = _("Tell us in a few words what it is about.")


def _check_contact(draft: Draft, errors: dict[str, str]) -> None:
    if draft.email:
        try:
            validate_email(draft.email)
        except ValidationError:
            errors["email"] = _("This is no e-mail address. Write it like name@example.com, or leave it empty.")
    if draft.phone and not 7 <= len(phone_digits(draft.phone)) <= 15:
        errors["phone"] = _("This is no telephone number. Write it like (559) 555-0131, or leave it empty.")
    if draft.tell_by == TellBy.EMAIL and not draft.email:
        errors["email"] = _("Write the e-mail address at which we should tell you.")
    if draft.tell_by in {TellBy.TEXT, TellBy.PHONE} and not draft.phone:
        errors["phone"] = _("Write the telephone number at which we should tell you.")
    if draft.tell_by == TellBy.POST and not draft.postal:
        errors["postal"] = _("Write the postal address to which we should send the letter.")
