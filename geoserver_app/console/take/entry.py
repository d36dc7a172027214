"""What a draft says, checked: the service, the place, when it was asked, how to tell; and the report it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from geoserver_app.catalog.form import CheckedAnswers, Question, Stopper, check_answers, questions
from geoserver_app.catalog.models import Service, ServiceAttribute
from geoserver_app.catalog.values import Unusable, clean_line, clean_text
from geoserver_app.console.desk import Desk
from geoserver_app.console.take.drafts import Draft
from geoserver_app.intake.contact import phone_digits
from geoserver_app.intake.models import Reporter, ServiceRequest
from geoserver_app.intake.submission import Contact, Submission
from geoserver_app.org.hours import moment

Channel = ServiceRequest.Channel
# What comes in by itself, not through staff.
_NOT_TAKEN = {Channel.WEB, Channel.OPEN311}
CHANNELS = tuple(one.value for one in Channel if one not in _NOT_TAKEN)
# What was left or sent, so that it may have come on an earlier day.
LEFT_EARLIER = frozenset({Channel.VOICEMAIL, Channel.EMAIL, Channel.FAX, Channel.MAIL, Channel.SOCIAL_MEDIA})
OLDEST = timedelta(days=90)
_REACHED_BY = {"email": "email", "text": "phone", "phone": "phone", "post": "postal_address"}


@dataclass
class Entry:
    """A draft at a desk."""

    desk: Desk
    draft: Draft
    errors: dict[str, str] = field(default_factory=dict)

    @cached_property
    def service(self) -> Service | None:
        """The service that was chosen, with its form; None for none, or one that is not offered."""
        code = self.draft.one("service")
        offered = Service.objects.filter(jurisdiction=self.desk.jurisdiction).offered_on(self.today)
        found = offered.filter(code=code).select_related("group", "department", "jurisdiction") if code else None
        return found.with_form().first() if found is not None else None

    @property
    def today(self) -> date:
        return self.desk.jurisdiction.local_date(self.desk.at)

    @property
    def language(self) -> str:
        """The caller's language; the page's where none was chosen."""
        spoken = self.draft.one("language")
        return spoken if spoken in self.languages else self.desk.language

    @cached_property
    def languages(self) -> list[str]:
        return list(self.desk.jurisdiction.city_hall.languages)

    @cached_property
    def questions(self) -> list[Question]:
        """The questions that are asked after what was answered so far, in the language of the page."""
        return questions(self.service, self.desk.language, self.draft.answers) if self.service else []

    @cached_property
    def checked(self) -> CheckedAnswers:
        if self.service is None:
            return CheckedAnswers({}, {}, None)
        known = {one.code for one in self.service.attributes.all() if one.retired_on is None}
        # Another service may have been chosen before: what its form asked does not belong to this one.
        given = {code: value for code, value in self.draft.answers.items() if code in known}
        return check_answers(self.service, given, self.desk.language)

    @property
    def stopper(self) -> Stopper | None:
        return self.checked.stopper

    @cached_property
    def position(self) -> tuple[float, float] | None:
        """lon, lat in degrees of the place that was chosen."""
        try:
            lon, lat = float(self.draft.one("lon")), float(self.draft.one("lat"))
        except ValueError:
            return None
        return (lon, lat) if -180 <= lon <= 180 and -90 <= lat <= 90 else None

    @property
    def place_words(self) -> str:
        return self.draft.one("place_label") if self.position else self.draft.one("where")

    @property
    def needs_place(self) -> bool:
        return self.service is not None and self.service.location != Service.Location.NONE

    @property
    def channel(self) -> str:
        given = self.draft.one("channel")
        return given if given in CHANNELS else Channel.PHONE.value

    @property
    def is_question(self) -> bool:
        """Whether it can be answered while the caller is on the line."""
        return self.service is not None and self.service.kind == Service.Kind.INFORMATION

    def check(self) -> bool:
        """Whether it can be sent; what is wrong stands in ``errors`` by field, in the page's language."""
        self.errors = {f"q_{code}": message for code, message in self.checked.errors.items()}
        if self.service is None:
            self.errors["say"] = _("Choose what it is about.")
        if self.needs_place and not self.place_words and not self.draft.one("no_place"):
            self.errors["where"] = _("Ask where it is, or tick that the place is not known.")
        if self.stopper is not None:
            self.errors[f"q_{self.stopper.attribute}"] = self.stopper.text
        self._check_contact()
        self._check_moment()
        self._check_words()
        return not self.errors

    def submission(self) -> Submission:
        """The report; ValueError for an entry without a service, which check() finds."""
        if self.service is None:
            raise ValueError("An entry without a service is no report.")
        lon, lat = self.position or (None, None)
        return Submission(
            jurisdiction_id=self.desk.jurisdiction.pk,
            service_id=self.service.pk,
            channel=self.channel,
            language=self.language,
            description=clean_text(self.draft.one("description")),
            lon=lon,
            lat=lat,
            place_method=(Method.NONE if lon is None else Method.ADDRESS).value,
            address_text=self.place_words[:250],
            answers=self.checked.cleaned,
            contact=self.contact(),
            requested_datetime=self.requested_at(),
            idempotency_key=f"take-{self.draft.id}",
        )

    def contact(self) -> Contact:
        draft = self.draft
        tell_by = draft.one("tell_by")
        return Contact(
            name=draft.one("name")[:120],
            email=draft.one("email")[:254],
            phone=draft.one("phone")[:40],
            postal_address=draft.one("postal_address")[:1000],
            tell_by=tell_by if tell_by in Reporter.TellBy.values else Reporter.TellBy.NONE.value,
        )

    def requested_at(self) -> datetime | None:
        """When the caller asked, where that was earlier; None for now. ValueError for what is no day or time."""
        day, clock = self.draft.one("on_day"), self.draft.one("on_time")
        if not day and not clock:
            return None
        on = date.fromisoformat(day) if day else self.today
        return moment(on, time.fromisoformat(clock) if clock else time(12), self.desk.zone)

    def _check_contact(self) -> None:
        contact = self.contact()
        if contact.email:
            try:
                validate_email(contact.email)
            except ValidationError:
                self.errors["email"] = _("This is no e-mail address.")
        if contact.phone and not 7 <= len(phone_digits(contact.phone)) <= 15:
            self.errors["phone"] = _("A telephone number has seven digits or more.")
        wanted = _REACHED_BY.get(contact.tell_by)
        if wanted and not getattr(contact, wanted):
            self.errors.setdefault(wanted, _("Needed, to tell the caller that way."))

    def _check_moment(self) -> None:
        try:
            at = self.requested_at()
        except ValueError:
            self.errors["on_day"] = _("Write a day and a time, such as 2026-11-19 and 19:40.")
            return
        if at is not None and not self.desk.at - OLDEST <= at <= self.desk.at:
            self.errors["on_day"] = _("It must have come before now, and in the last 90 days.")

    def _check_words(self) -> None:
        try:
            clean_text(self.draft.one("description"))
            clean_line(self.draft.one("name"))
        except Unusable as wrong:
            self.errors["description"] = str(wrong)


Method = ServiceRequest.PlaceMethod


def value_lists(entry: Entry) -> Mapping[str, list[str]]:
    """What was answered, by question, as lists: for boxes that are ticked."""
    return {code: value if isinstance(value, list) else [value] for code, value in entry.draft.answers.items()}


def asks_for_ground(service: Service) -> ServiceAttribute | None:
    """The question whose answer says whose ground it is, if the service's form has one."""
    lists = (one for one in service.attributes.all() if one.is_list and one.retired_on is None)
    return next((one for one in lists if any(value.get("means") for value in one.values)), None)
