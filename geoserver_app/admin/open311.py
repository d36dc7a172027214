"""How Open311 answers for a service, and the endpoints of agencies that referrals are forwarded to."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError

from geoserver_app.accounts.roles import Capability
from geoserver_app.admin.scope import NeverDeleted, Scoped
from geoserver_app.forward.models import AgencyEndpoint
from geoserver_app.forward.seal import seal
from geoserver_app.forward.wire import NotFetched, check_may_ask
from geoserver_app.open311.models import ServiceType


@admin.register(ServiceType)
class ServiceTypeAdmin(Scoped, admin.ModelAdmin):
    """Services that answer otherwise than at once with their number."""

    path = "service__jurisdiction"
    capability = Capability.EDIT_CATALOG
    list_display = ("service", "type")


class EndpointForm(forms.ModelForm):
    """The key is written only: what is kept of it is sealed, and nobody reads it again."""

    url = forms.URLField(max_length=500, assume_scheme="https", label="Address, which ends in /v2/")
    key = forms.CharField(required=False, max_length=500, label="API key that the agency gave us",
                          help_text="Leave empty to keep the one that is there.")  # fmt: skip

    class Meta:
        model = AgencyEndpoint
        exclude = ("sealed_key",)

    def clean_service_codes(self) -> dict[str, str]:
        codes = self.cleaned_data["service_codes"] or {}
        if not isinstance(codes, dict) or not all(isinstance(one, str) for one in codes.values()):
            raise ValidationError('Write our codes and theirs as {"pothole": "006"}.')
        return codes

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        try:
            check_may_ask(url)
        except NotFetched as refused:
            raise ValidationError(str(refused)) from refused
        return url

    def save(self, commit: bool = True) -> Any:
        if self.cleaned_data.get("key"):
            self.instance.sealed_key = seal(self.cleaned_data["key"])
        return super().save(commit)


@admin.register(AgencyEndpoint)
class AgencyEndpointAdmin(NeverDeleted, Scoped, admin.ModelAdmin):
    """Where an agency takes requests by Open311; set inactive, not deleted."""

    path = "agency__jurisdiction"
    form = EndpointForm
    list_display = ("agency", "url", "active")
