"""Files that are fetched by schedule: which, from where, how often, what came of the last look."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from geoserver_app import jobs
from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.console.desk import Desk, desk_of
from geoserver_app.drafts.access import page, to, user_of
from geoserver_app.drafts.forms import kind_choices
from geoserver_app.editions import pulling
from geoserver_app.editions.models import Source
from layers.errors import OneMapError


class SourceForm(forms.Form):
    """A file to be fetched again and again."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of layer"))
    address = forms.CharField(
        label=gettext_lazy("Address"), max_length=500,
        help_text=gettext_lazy("https://… in the open internet, or the name of a file in the server's folder."),
    )  # fmt: skip
    every_hours = forms.IntegerField(
        label=gettext_lazy("Every how many hours"), initial=24, min_value=1, max_value=8784
    )
    code_field = forms.CharField(label=gettext_lazy("Column with the code"), max_length=100, required=False)
    name_field = forms.CharField(label=gettext_lazy("Column with the name"), max_length=100, required=False)
    layer = forms.CharField(label=gettext_lazy("Layer or file inside"), max_length=200, required=False)
    crosswalk = forms.CharField(
        label=gettext_lazy("Crosswalk"), required=False, max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=gettext_lazy("In place of both columns: which column is what, in YAML."),
    )  # fmt: skip

    def __init__(self, *args: Any, desk: Desk, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        self.desk = desk
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared as one above
        field.choices = kind_choices(desk)

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"]).strip()
        try:
            pulling.check_address(address)
        except OneMapError as error:
            raise forms.ValidationError(str(error)) from error
        return address

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        ours = Source.objects.filter(jurisdiction=self.desk.jurisdiction, kind_code=cleaned.get("kind", ""))
        if ours.filter(address=cleaned.get("address", "")).exists():
            raise forms.ValidationError(_("This file is fetched already."))
        return cleaned


@require_http_methods(["GET", "POST"])
@requires(Capability.EDIT_GEOGRAPHY)
def sources_page(request: HttpRequest) -> HttpResponse:
    """GET /console/gis/sources/: the schedule; POST: one more."""
    desk = desk_of(request)
    form = SourceForm(request.POST or None, desk=desk)
    if request.method == "POST" and form.is_valid():
        _add(request, desk, form)
        return to(request, "gis_sources")
    rows = Source.objects.filter(jurisdiction=desk.jurisdiction).select_related("made_by")
    context = {"desk": desk, "form": form, "rows": rows, "has_folder": bool(settings.PULL_DIR)}
    return page(request, "sources", context, status=422 if request.method == "POST" else 200)


def _add(request: HttpRequest, desk: Desk, form: SourceForm) -> None:
    said = form.cleaned_data
    options = {name: said[name] for name in ("code_field", "name_field", "layer", "crosswalk") if said[name]}
    Source.objects.create(
        jurisdiction=desk.jurisdiction, kind_code=said["kind"], address=said["address"], options=options,
        every_hours=said["every_hours"], made_by=user_of(request), next_at=timezone.now(),
    )  # fmt: skip
    messages.success(request, _("It is looked at within ten minutes, and from then on by its schedule."))


@require_POST
@requires(Capability.EDIT_GEOGRAPHY)
def change(request: HttpRequest, source_id: int) -> HttpResponse:
    """POST /console/gis/sources/ID/: ``do`` is look (now), on, off or drop."""
    desk = desk_of(request)
    source = Source.objects.filter(pk=source_id, jurisdiction=desk.jurisdiction).first()
    if source is None:
        raise Http404(_("There is no such file."))
    what = request.POST.get("do")
    if what == "drop":
        source.delete()
    elif what in {"on", "off"}:
        Source.objects.filter(pk=source.pk).update(is_on=what == "on")
    elif what == "look":
        Source.objects.filter(pk=source.pk).update(next_at=timezone.now(), is_on=True)
        jobs.defer_pulling()
        messages.success(request, _("It is looked at now."))
    return to(request, "gis_sources")
