"""The forms of the actions on a request: what must be said with each step. Whether it may be taken, flow decides."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from geoserver_app.accounts.roles import Capability
from geoserver_app.console import words
from geoserver_app.console.ask import Ask
from geoserver_app.console.choices import offer
from geoserver_app.console.targets import agencies, colleagues, desks
from geoserver_app.work.resolutions import choices as resolutions

_LONG = {"rows": 3, "maxlength": 4000}


class ActionForm(forms.Form):
    """A form that knows whose request it is about; its choices come from there."""

    def __init__(self, *args: Any, ask: Ask, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        self.ask = ask
        self.prepare()

    def prepare(self) -> None:
        """Fills in choices; for forms that have some."""


def _text(label: Any, *, required: bool = False, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs=_LONG)
    return forms.CharField(label=label, required=required, help_text=help_text, max_length=4000, widget=widget)


def _note() -> forms.CharField:
    return _text(_("Note for staff"))


def _words() -> forms.CharField:
    return _text(_("Words for everybody"), help_text=_("Public, and in the message to the resident. No names."))


class Bare(ActionForm):
    """A button alone."""


class Item(ActionForm):
    """A button about one thing of the request."""

    item = forms.IntegerField(widget=forms.HiddenInput)


class PhotoRelease(Item):
    public = forms.BooleanField(required=False, widget=forms.HiddenInput)


class Noting(ActionForm):
    text = _text(_("Note"), required=True)
    public = forms.BooleanField(label=_("Everybody may read it; the resident is told"), required=False)

    def prepare(self) -> None:
        if not self.ask.may(Capability.WORK, Capability.REVIEW, Capability.PUBLISH):
            del self.fields["public"]

    def clean(self) -> dict[str, Any]:
        return {"public": False, **self.cleaned_data}


class Done(ActionForm):
    status_notes = _words()
    note = _note()
    field_action_at = forms.DateTimeField(
        label=_("Done at"), required=False, help_text=_("Empty: just now."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )  # fmt: skip

    def clean_field_action_at(self) -> datetime | None:
        """What was typed is the time on the office's wall."""
        typed: datetime | None = self.cleaned_data["field_action_at"]
        return typed.replace(tzinfo=self.ask.desk.zone) if typed else None


class Closing(ActionForm):
    resolution = forms.ChoiceField(label=_("How it ended"))
    status_notes = _words()
    note = _note()

    def prepare(self) -> None:
        offer(self, "resolution", [("", _("Choose …")), *_resolutions(self.ask)])


class Cancelling(ActionForm):
    note = _text(_("Why it is cancelled, for staff"), required=True)
    resolution = forms.ChoiceField(label=_("How it ended"), required=False)

    def prepare(self) -> None:
        offer(self, "resolution", [("", _("not said")), *_resolutions(self.ask)])


class Handing(ActionForm):
    """``target`` is "post:12" or "department:3"; the button that is pressed says which."""

    reason = forms.CharField(label=_("Why, in a sentence; whoever gets it reads it"), max_length=500)
    target = forms.ChoiceField(label=_("To"), widget=forms.RadioSelect)

    def prepare(self) -> None:
        self.groups = desks(self.ask)
        offer(self, "target", [(one.value, one.label) for _name, entries in self.groups for one in entries])
        self.fields["target"].error_messages["required"] = _("Choose the desk that gets it.")
        self.fields["reason"].initial = _("This is your department's work.")


class Referring(ActionForm):
    agency = forms.ChoiceField(label=_("Agency"))
    reason = _text(_("Why"), required=True)

    def prepare(self) -> None:
        offer(self, "agency", [("", _("Choose …")), *((one.value, one.label) for one in agencies(self.ask))])


class Assigning(ActionForm):
    assignee = forms.ChoiceField(label=_("Who does it"), required=False)

    def prepare(self) -> None:
        people = [(one.value, one.label) for one in colleagues(self.ask)]
        offer(self, "assignee", [("", _("nobody by name")), *people])
        self.fields["assignee"].initial = str(self.ask.request.assignee_id or "")


class Prioritizing(ActionForm):
    priority = forms.ChoiceField(label=_("Priority"), choices=list(words.PRIORITIES.items()))
    note = _note()

    def prepare(self) -> None:
        self.fields["priority"].initial = self.ask.request.priority


class Copying(ActionForm):
    post = forms.ChoiceField(label=_("Desk"))

    def prepare(self) -> None:
        groups = [
            (name, [(one.value.partition(":")[2], one.label) for one in entries if one.value.startswith("post:")])
            for name, entries in desks(self.ask)
        ]
        offer(self, "post", [("", _("Choose …")), *groups])


class Ordering(ActionForm):
    number = forms.CharField(label=_("Number of the department"), required=False, max_length=40)
    crew = forms.CharField(label=_("Crew"), required=False, max_length=80)
    scheduled_on = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )  # fmt: skip
    note = _text(_("What is to be done"))


class Releasing(ActionForm):
    text = _text(_("What everybody may read; leave out names, telephones, house numbers"))

    def prepare(self) -> None:
        self.fields["text"].initial = self.ask.request.public_description or self.ask.request.description


class Telling(ActionForm):
    how = forms.ChoiceField(
        label=_("How"), choices=[(code, words.TELLING[code]) for code in ("phone", "counter", "text", "post")]
    )


class Answering(ActionForm):
    resolved = forms.ChoiceField(
        label=_("Was it resolved?"), widget=forms.RadioSelect, choices=list(words.RESOLVED.items())
    )
    rating = forms.ChoiceField(
        label=_("How was our staff?"), required=False, widget=forms.RadioSelect, choices=list(words.RATINGS.items())
    )
    comment = _text(_("Anything else, in their words"))


class Reopening(ActionForm):
    reason = _text(_("Why it is opened again"), required=True)


class ChoosingArea(ActionForm):
    item = forms.ChoiceField(label=_("Area"))

    def prepare(self) -> None:
        # Which areas may be chosen was said where the form was shown; flow checks that it is one of the city's.
        typed = self.data.get("item", "")
        offer(self, "item", [(typed, typed)] if typed.isdigit() else [])


def _resolutions(ask: Ask) -> list[tuple[str, str]]:
    on = ask.desk.jurisdiction.local_date(ask.desk.at)
    return [(one.code, one.name_in(ask.desk.language)) for one in resolutions(ask.desk.jurisdiction, on)]
