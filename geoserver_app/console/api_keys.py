"""API keys: which programs may send requests here, how often, and what they did; made, shown once, revoked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Max, Q, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from geoserver_app.accounts import keys
from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.models import ApiKey, User
from geoserver_app.accounts.roles import Capability
from geoserver_app.console.desk import Desk, desk_of
from geoserver_app.console.queue import with_jurisdiction
from layers.errors import NotFound, OneMapError
from layers.models import Jurisdiction

SCOPES = {
    ApiKey.Scope.REPORT: gettext_lazy("Send requests"),
    ApiKey.Scope.UPDATE: gettext_lazy("Add to the requests that it sent"),
    ApiKey.Scope.READ: gettext_lazy("See requests as a person of the staff does"),
    ApiKey.Scope.WORK: gettext_lazy("Take requests on as a person of the staff may"),
}


@dataclass(frozen=True)
class Row:
    """A key with its calls in the last 40 days, the day of the last one, and its scopes in words."""

    key: ApiKey
    used: int
    last: date | None
    scopes: list[str]


class KeyForm(forms.Form):
    """What has to be said of a new key; ``place`` is the jurisdiction whose staff it may act for."""

    name = forms.CharField(max_length=80, label=gettext_lazy("Whose program, and which"))
    contact = forms.EmailField(required=False, label=gettext_lazy("E-mail of whoever answers for it"))
    scopes = forms.MultipleChoiceField(
        choices=[(code.value, words) for code, words in SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
        initial=[ApiKey.Scope.REPORT.value],
        label=gettext_lazy("What it may be used for"),
    )
    user = forms.ModelChoiceField(
        queryset=User.objects.none(), required=False,
        label=gettext_lazy("That person, for the last two: every step stands under their name"),
    )  # fmt: skip
    per_minute = forms.IntegerField(
        min_value=1, max_value=100_000, initial=60, label=gettext_lazy("Calls a minute at most")
    )
    per_day = forms.IntegerField(
        min_value=1, max_value=10_000_000, initial=5000, label=gettext_lazy("Calls a day at most")
    )
    tells_reporters = forms.BooleanField(
        required=False, label=gettext_lazy("The program tells its people itself; we send them no mail")
    )

    def __init__(self, *given: Any, place: Jurisdiction) -> None:
        super().__init__(*given)
        people = User.objects.filter(is_active=True, assignments__jurisdiction=place).distinct()
        field = self.fields["user"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = people.order_by("username")

    def clean(self) -> dict[str, Any]:
        if set(self.cleaned_data.get("scopes", ())) & set(ApiKey.FOR_STAFF) and not self.cleaned_data.get("user"):
            self.add_error("user", _("Say for whom the key sees requests or takes them on."))
        return self.cleaned_data


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_PEOPLE)
def api_keys(request: HttpRequest) -> HttpResponse:
    """GET /console/api-keys/: every key with its use. POST: a new one, whose text is on the answer and nowhere else."""
    desk = desk_of(request)
    form = KeyForm(request.POST if request.method == "POST" else None, place=desk.jurisdiction)
    text = _made(desk, form) if request.method == "POST" and form.is_valid() else ""
    context = {
        "desk": desk,
        "form": KeyForm(place=desk.jurisdiction) if text else form,
        "new_key": text,
        "keys": _rows(desk),
        "scopes": SCOPES,
        "addresses": [request.build_absolute_uri(path) for path in ("/open311/discovery.xml", "/api/docs")],
    }
    response = render(request, "console/api_keys.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "private, no-store"
    return response


def _made(desk: Desk, form: KeyForm) -> str:
    """The text of the new key; empty where the form has a fault after all."""
    try:
        return keys.make(desk.jurisdiction, at=desk.at, by=desk.user, **form.cleaned_data)[1]
    except OneMapError as refused:
        form.add_error("name", str(refused))
        return ""


def _rows(desk: Desk) -> list[Row]:
    """Every key, those in use first."""
    found = ApiKey.objects.filter(jurisdiction=desk.jurisdiction).select_related("created_by", "user")
    in_days = Sum("uses__count", filter=Q(uses__seconds=86_400))
    # The minute of the last call tells its local day; the counted days are UTC's.
    counted = found.annotate(used=in_days, last=Max("uses__since"))
    uses: dict[int, tuple[int, date | None]] = {
        key.pk: (key.used, desk.jurisdiction.local_date(key.last)) for key in counted if key.last
    }
    return [
        Row(key, *uses.get(key.pk, (0, None)), [str(SCOPES[ApiKey.Scope(scope)]) for scope in key.scopes])
        for key in sorted(found, key=_order)
    ]


def _order(key: ApiKey) -> tuple[bool, str, int]:
    return key.revoked_at is not None, key.name, key.pk


@require_POST
@requires(Capability.MANAGE_PEOPLE)
def revoke_key(request: HttpRequest, key_id: int) -> HttpResponse:
    """POST /console/api-keys/ID/revoke/: from now on nobody comes in with it."""
    desk = desk_of(request)
    key = ApiKey.objects.filter(jurisdiction=desk.jurisdiction, pk=key_id).first()
    if key is None:
        raise NotFound(_("There is no such key."))
    keys.revoke(key, at=desk.at)
    messages.success(request, _("“%(name)s” is revoked. Nobody comes in with it any more.") % {"name": key.name})
    return HttpResponseRedirect(with_jurisdiction(request, reverse("console_api_keys")), status=303)
