"""The facts of a request as a mail tells them, read once for all the mails that one event causes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from geoserver_app.intake.models import Reporter, ServiceRequest
from geoserver_app.notify import moments
from geoserver_app.notify.letter import Fact
from geoserver_app.notify.links import Purpose, signed_link
from geoserver_app.notify.phrases import phrase
from geoserver_app.org.calendar import OfficeCalendar
from geoserver_app.org.models import CityHall
from geoserver_app.work.models import Resolution
from layers.addresses import block_in


@dataclass(frozen=True)
class Case:
    """A request, its city hall, its reporter (None: anonymous), and the moment at which it is told about.

    ``areas`` are the areas that staff read as its place, as (kind's name, area's name); ``near`` is the address or the
    street where the pin stands, for a request that came without an address.
    """

    request: ServiceRequest
    hall: CityHall
    reporter: Reporter | None
    calendar: OfficeCalendar
    at: datetime
    areas: tuple[tuple[str, str], ...] = ()
    near: str = ""

    @property
    def number(self) -> str:
        return self.request.service_request_id

    @property
    def is_sensitive(self) -> bool:
        """Mail is read by others and forwarded: place and words of a sensitive request never stand in one."""
        return self.request.service.sensitive

    @property
    def zone(self) -> ZoneInfo:
        return self.calendar.zone

    @property
    def staff_language(self) -> str:
        return self.hall.languages[0]

    def city(self, language: str) -> str:
        return self.request.jurisdiction.name_in(language)

    def service(self, language: str) -> str:
        return self.request.service.name_in(language)

    def place(self, language: str) -> str:
        """The address as it was told, else what stands where the pin is, else degrees, else that there is none."""
        if self.request.address_text or self.near:
            return block_in(self.request.address_text or self.near, language)
        if self.request.geom is None:
            return phrase(language, "no_place")
        return f"{self.request.geom.y:.5f}, {self.request.geom.x:.5f}"

    def department(self, language: str) -> str:
        """Who has it: the department, else City Hall itself."""
        department = self.request.department
        return department.name_in(language) if department else self.city(language)

    def due(self, language: str) -> str:
        """By when it is expected, in words; empty where nothing is promised or the day has passed."""
        due = self.request.expected_datetime
        return moments.full(due, language, self.zone, self.at) if due and due > self.at else ""

    def link(self, purpose: Purpose, language: str) -> str:
        return signed_link(self.request, purpose, hall=self.hall, language=language, at=self.at)

    def resolution(self, language: str) -> str:
        """The sentence that says how it ended; empty where there is none."""
        found = Resolution.objects.filter(
            jurisdiction=self.request.jurisdiction_id, code=self.request.resolution
        ).first()
        return found.sentence_in(language) if found else ""


# A request that was read with these (select_related, and defer) needs no further query for what a mail says of it.
RELATED = ("service", "jurisdiction__city_hall", "department", "agency", "assignee", "reporter")
UNREAD = ("jurisdiction__outline",)


def case_of(
    request: ServiceRequest,
    *,
    calendar: OfficeCalendar,
    at: datetime,
    areas: tuple[tuple[str, str], ...] = (),
    near: str = "",
) -> Case:
    """A case of a request; best of one that was read with RELATED."""
    reporter: Reporter | None = getattr(request, "reporter", None)
    return Case(request, request.jurisdiction.city_hall, reporter, calendar, at, areas, near)


def facts(language: str, *pairs: tuple[str, str]) -> tuple[Fact, ...]:
    """Lines of facts with their labels in a language; what is empty is left out."""
    return tuple(Fact(phrase(language, f"labels.{key}"), value) for key, value in pairs if value)
