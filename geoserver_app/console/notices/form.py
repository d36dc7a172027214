"""The form of a notice: about what, where, what it says in every language of the city, from when until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib.gis.geos import MultiPolygon
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from geoserver_app.accounts.rights import Matter
from geoserver_app.accounts.roles import Capability
from geoserver_app.catalog.models import Service
from geoserver_app.console.choices import offer
from geoserver_app.console.desk import Desk
from geoserver_app.console.filters import Choices
from geoserver_app.duplicates.models import Notice
from geoserver_app.duplicates.notices_written import LONGEST_TEXT, BadNotice, Wording, circle, drawn
from geoserver_app.geocode.outside import locate_or_ask
from layers.models import Area

METRES_PER_FOOT = 0.3048
USUAL_LENGTH = timedelta(days=2)
_LOCAL = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True)
class Ground:
    """Where a notice holds; neither for the whole city."""

    area: Area | None = None
    ground: MultiPolygon | None = None


class WordingForm(forms.Form):
    """What may be changed later too: the words, until when, when it should be repaired."""

    ends_at = forms.DateTimeField(label=gettext_lazy("Until"), input_formats=[_LOCAL, "%Y-%m-%dT%H:%M:%S"])
    expected_at = forms.DateTimeField(
        label=gettext_lazy("Should be repaired by"), required=False, input_formats=[_LOCAL, "%Y-%m-%dT%H:%M:%S"],
        help_text=gettext_lazy("Shown to everybody; leave it empty where nobody knows."),
    )  # fmt: skip

    def __init__(self, *args: Any, desk: Desk, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        self.desk = desk
        self.languages = list(desk.jurisdiction.city_hall.languages)
        for code in self.languages:
            name = get_language_info(code)["name_translated"]
            widget = forms.Textarea(attrs={"rows": 2, "maxlength": LONGEST_TEXT, "lang": code})
            label = _("What everybody reads, in %s") % name
            self.fields[f"text_{code}"] = forms.CharField(label=label, max_length=LONGEST_TEXT, widget=widget)
        for name in ("begins_at", "ends_at", "expected_at"):
            if name in self.fields:
                self.fields[name].widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_LOCAL)
        self.order_fields([*(f"text_{code}" for code in self.languages), "begins_at", "ends_at", "expected_at"])

    def wording(self) -> Wording:
        """Only of a form that is valid."""
        said = self.cleaned_data
        texts = {code: said[f"text_{code}"].strip() for code in self.languages}
        ends_at = said["ends_at"]
        return Wording(texts, self.moment(ends_at), self.moment(said["expected_at"]) if said["expected_at"] else None)

    def moment(self, at: datetime) -> datetime:
        """What was written by the clock of the city, as a moment."""
        return at.replace(tzinfo=self.desk.zone)


class NoticeForm(WordingForm):
    """A new notice."""

    services = forms.MultipleChoiceField(
        error_messages={"required": gettext_lazy("Choose at least one service that the notice is about.")}
    )
    where = forms.ChoiceField(choices=[("area", ""), ("circle", ""), ("drawn", ""), ("city", "")])
    area = forms.CharField(required=False, max_length=200)
    address = forms.CharField(required=False, max_length=250)
    radius_ft = forms.IntegerField(required=False, min_value=50, max_value=26_400, initial=500)
    shape = forms.CharField(required=False, max_length=50_000)
    begins_at = forms.DateTimeField(label=gettext_lazy("From"), input_formats=[_LOCAL, "%Y-%m-%dT%H:%M:%S"])

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.offered = offered(self.desk)
        offer(self, "services", [(one.code, one.code) for one in self.offered])

    @property
    def groups(self) -> list[tuple[str, list[tuple[str, str, bool]]]]:
        """The services that one may place a notice about, by group: code, name, whether it is ticked."""
        ticked = set(self["services"].value() or [])
        found: dict[str, list[tuple[str, str, bool]]] = {}
        for one in self.offered:
            name = one.name_in(self.desk.language)
            found.setdefault(one.group.name_in(self.desk.language), []).append((one.code, name, one.code in ticked))
        return list(found.items())

    def chosen(self) -> list[Service]:
        codes = set(self.cleaned_data["services"])
        return [one for one in self.offered if one.code in codes]

    def ground(self) -> Ground:
        """Where it holds. BadNotice where that is not said, or is no place."""
        said = self.cleaned_data
        match said["where"]:
            case "area":
                return Ground(area=self._area(said["area"]))
            case "circle":
                return Ground(ground=self._circle(said["address"], said["radius_ft"] or 500))
            case "drawn":
                return Ground(ground=drawn(said["shape"], self.desk.jurisdiction))
        return Ground()

    def _area(self, name: str) -> Area:
        kind, _sign, code = name.partition(":")
        found = Area.objects.filter(jurisdiction=self.desk.jurisdiction, kind__code=kind, code=code).first()
        if found is None:
            raise BadNotice(_("Choose the area that the notice is for."))
        return found

    def _circle(self, address: str, radius_ft: int) -> MultiPolygon:
        place = self.desk.jurisdiction
        found = locate_or_ask(place, address, on=place.local_date(self.desk.at)) if address.strip() else []
        if not found:
            raise BadNotice(_("We do not find “%s”. Write an address or a corner in the city.") % address[:60])
        return circle(place, found[0].lon, found[0].lat, radius_ft * METRES_PER_FOOT)


def offered(desk: Desk) -> list[Service]:
    """The services that somebody may place notices about: of their departments, none that is sensitive."""
    on = desk.jurisdiction.local_date(desk.at)
    rows = Service.objects.filter(jurisdiction=desk.jurisdiction, sensitive=False).offered_on(on)
    departments = desk.rights.departments(Capability.PUBLISH)
    if departments is not None:
        rows = rows.filter(department__in=departments)
    return list(rows.select_related("group").order_by("group__position", "group__code", "position", "code"))


def may_hold(desk: Desk, notice: Notice) -> bool:
    """Whether somebody may change or lift a notice: they could have placed it."""
    return may_place(desk, list(notice.services.all()), notice.area)


def may_place(desk: Desk, services: list[Service], area: Area | None) -> bool:
    """Whether somebody's scopes allow a notice about these services there."""
    areas = frozenset([area.pk]) if area else frozenset[int]()
    return all(
        desk.rights.may_with(
            Capability.PUBLISH, Matter(desk.jurisdiction.pk, frozenset([one.department_id or 0]), areas)
        )
        for one in services
    )


def blank(desk: Desk) -> dict[str, Any]:
    """What a new form begins with: from now, for two days."""
    now = _clock(desk.at, desk)
    return {"begins_at": now, "ends_at": now + USUAL_LENGTH, "where": "area", "radius_ft": 500}


def filled(notice: Notice, desk: Desk) -> dict[str, Any]:
    """What the form of a notice begins with."""
    expected = _clock(notice.expected_at, desk) if notice.expected_at else None
    texts = {f"text_{code}": notice.text_in(code) for code in desk.jurisdiction.city_hall.languages}
    return {**texts, "ends_at": _clock(notice.ends_at, desk), "expected_at": expected}


def _clock(at: datetime, desk: Desk) -> datetime:
    """A moment by the clock of the city, to the minute, as a form shows it."""
    return at.astimezone(desk.zone).replace(tzinfo=None, second=0, microsecond=0)


def areas(desk: Desk) -> Any:
    """The areas that people name, by kind."""
    return Choices(desk).areas
