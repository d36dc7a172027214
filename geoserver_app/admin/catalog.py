"""Services with their forms, and frequent questions. Nothing is deleted here; what is no longer offered is retired."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from geoserver_app.accounts.roles import Capability
from geoserver_app.admin.scope import NeverDeleted, Scoped
from geoserver_app.admin.texts import TextsField
from geoserver_app.catalog.definition import faults
from geoserver_app.catalog.models import Faq, Service, ServiceAttribute, ServiceGroup
from geoserver_app.published.sensitive import LaidOpen, refuse_laid_open


class ServiceForm(forms.ModelForm):
    """Names and descriptions in the other languages, and keywords one a line."""

    names = TextsField(first=False, label="Name in other languages", required=True)
    descriptions = TextsField(first=False, rows=2, label="Description in other languages")
    keywords = TextsField(rows=4, lines=True, label="Words that people use (one a line)")

    def clean(self) -> dict[str, Any]:
        """Refuses to show what the published table of sensitive services rests on."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        shown = not given.get("sensitive") and given.get("publication") == Service.Audience.PUBLIC
        if shown and self.instance.pk:
            try:
                refuse_laid_open(self.instance.jurisdiction_id, [self.instance.code])
            except LaidOpen as problem:
                self.add_error("sensitive", str(problem))
        return given


class QuestionForm(forms.ModelForm):
    """One question; values and conditions are JSON, as docs/office/services.md shows."""

    question = TextsField(label="Question", required=True)
    help = TextsField(label="Help")


class QuestionFormSet(forms.BaseInlineFormSet):
    """All questions of a service together: a condition must name an earlier one, positions must differ."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        rows = [form.instance for form in self.forms if form.instance.code]
        languages = self.instance.jurisdiction.city_hall.languages if self.instance.jurisdiction_id else []
        found = faults(rows, languages)
        if found:
            raise ValidationError(found)


class QuestionInline(NeverDeleted, admin.StackedInline):
    """Questions are retired, not deleted: answers of past requests need their words."""

    model = ServiceAttribute
    form = QuestionForm
    formset = QuestionFormSet
    extra = 0
    ordering = ("position", "code")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ()


class CatalogPage(NeverDeleted, Scoped, admin.ModelAdmin):
    """What the pages of the catalog share: one's own jurisdictions, no deletion, codes that never change."""

    capability = Capability.EDIT_CATALOG
    search_fields = ("code", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("jurisdiction", "code") if obj else ()


@admin.register(ServiceGroup)
class ServiceGroupAdmin(CatalogPage):
    list_display = ("code", "name", "position", "jurisdiction")


@admin.register(Service)
class ServiceAdmin(CatalogPage):
    """A service with its policies and its form."""

    form = ServiceForm
    inlines = (QuestionInline,)
    list_display = ("code", "name", "group", "department", "kind", "priority", "target", "retired_on")
    list_filter = ("group", "department", "kind", "sensitive", "publication")
    list_select_related = ("group", "department")
    fieldsets = (
        (None, {"fields": ("jurisdiction", "code", "name", "names", "group", "department", "kind", "position")}),
        ("Words", {"fields": ("description", "descriptions", "keywords")}),
        ("Place", {"fields": ("location", "asset_kind", "snap_m", "deciding_kind")}),
        (
            "What the public sees",
            {"fields": ("publication", "sensitive", "privacy", "text_publication", "photo_publication")},
        ),
        (
            "The same problem again",
            {
                "fields": (
                    "duplicate_radius_m",
                    "duplicate_days",
                    "same_problem_as",
                    "people_for_high",
                    "people_for_urgent",
                )
            },
        ),
        ("Target", {"fields": ("priority", ("due_amount", "due_unit"))}),
        ("No longer offered", {"fields": ("retired_on", "successor")}),
    )

    @admin.display(description="target")
    def target(self, service: Service) -> str:
        return f"{service.due_amount} {service.due_unit}"


@admin.register(Faq)
class FaqAdmin(Scoped, admin.ModelAdmin):
    """Frequent questions; these may be deleted, because nothing points at them."""

    class Form(forms.ModelForm):
        question = TextsField(label="Question", required=True)
        answer = TextsField(label="Answer", rows=3, required=True)

    form = Form
    capability = Capability.EDIT_CATALOG
    list_display = ("code", "service", "group", "position")
    list_filter = ("group",)
    search_fields = ("code", "question", "answer")
