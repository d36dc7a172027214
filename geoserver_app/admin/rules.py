"""Who gets what: versions of the rules. A draft is edited here; one that is or was in force is only looked at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from geoserver_app.accounts.doors import request_rights
from geoserver_app.accounts.models import User
from geoserver_app.accounts.roles import Capability
from geoserver_app.admin.scope import NeverDeleted, Scoped
from geoserver_app.admin.texts import TextsField
from geoserver_app.flow_rules import activate_rules
from geoserver_app.route import versions
from geoserver_app.route.errors import BadRules
from geoserver_app.route.known import Known
from geoserver_app.route.models import DefaultRoute, Rule, RuleSet
from geoserver_app.work.models import Resolution


def _is_draft(rule_set: RuleSet | None) -> bool:
    return rule_set is None or rule_set.state == RuleSet.State.DRAFT


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  strangers were sent to log in
    return request.user


class RuleForm(forms.ModelForm):
    """One exception: its sentence in every language, its condition as JSON, and what it decides."""

    sentences = TextsField(label="The rule as a person says it", required=True, rows=2)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        condition = cleaned.get("condition")
        if not isinstance(condition, dict):
            raise ValidationError({"condition": 'A condition is a mapping: {"services": ["tree"]}.'})
        rule_set = cleaned.get("rule_set") or self.instance.rule_set
        rule = Rule(
            code=cleaned.get("code", ""), condition=condition, sentences=cleaned.get("sentences") or {},
            department=cleaned.get("department"), post=cleaned.get("post"), agency=cleaned.get("agency"),
            priority=cleaned.get("priority") or "", triage=bool(cleaned.get("triage")),
        )  # fmt: skip
        found = versions.rule_faults(rule, Known(rule_set.jurisdiction), told=bool(cleaned.get("copies")))
        if found:
            raise ValidationError(found)
        return cleaned


class DefaultForm(forms.ModelForm):
    """One row of the table of defaults; its desk is one of its department."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        post, department = cleaned.get("post"), cleaned.get("department")
        if post is not None and department is not None and post.department_id != department.pk:
            raise ValidationError({"post": f"{post} is no desk of {department}."})
        return cleaned


class OfDraft(Scoped, admin.ModelAdmin):
    """Rows of a version: changed and deleted while it is a draft, looked at for ever after."""

    path = "rule_set__jurisdiction"
    capability = Capability.EDIT_RULES

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or _is_draft(obj.rule_set))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or _is_draft(obj.rule_set))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """No deleting of many at once: rows of versions in force would be among them."""
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "rule_set":
            drafts = RuleSet.objects.filter(state=RuleSet.State.DRAFT, jurisdiction__in=self.jurisdictions(request))
            kwargs["queryset"] = drafts
            return db_field.formfield(**kwargs)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "copies":
            kwargs["queryset"] = db_field.related_model.objects.filter(
                department__jurisdiction__in=self.jurisdictions(request), active=True
            ).select_related("department")
        return super().formfield_for_manytomany(db_field, request, **kwargs)


@admin.register(Rule)
class RuleAdmin(OfDraft):
    """The exceptions in their order: the first that matches wins."""

    form = RuleForm
    exclude = ("resolved",)
    list_display = ("position", "code", "sentence", "desk", "priority", "rule_set")
    list_display_links = ("code",)
    list_filter = ("rule_set",)
    list_select_related = ("rule_set", "post__department", "department", "agency")
    search_fields = ("code", "sentences")
    ordering = ("-rule_set__version", "position")
    filter_horizontal = ("copies",)
    raw_id_fields = ()

    @admin.display(description="rule")
    def sentence(self, rule: Rule) -> str:
        return rule.sentence_in("en")

    @admin.display(description="goes to")
    def desk(self, rule: Rule) -> str:
        if rule.triage:
            return "triage"
        return str(rule.agency or rule.post or rule.department or "as the table says")


@admin.register(DefaultRoute)
class DefaultRouteAdmin(OfDraft):
    """The table of defaults: who gets a service where no exception says otherwise."""

    form = DefaultForm
    list_display = ("service", "area", "department", "post", "priority", "rule_set")
    list_filter = ("rule_set", "department")
    list_select_related = ("service", "area", "department", "post", "rule_set")
    search_fields = ("service__code", "service__name")
    raw_id_fields = ("area",)
    filter_horizontal = ("copies",)


@admin.register(RuleSet)
class RuleSetAdmin(NeverDeleted, Scoped, admin.ModelAdmin):
    """Versions: copy one into a draft, change its rows, check it, put it in force."""

    capability = Capability.EDIT_RULES
    list_display = ("version", "state", "rules_count", "note", "activated_at", "activated_by", "jurisdiction")
    list_filter = ("state",)
    actions = ("copy_into_draft", "look_through", "put_in_force")
    fields = ("jurisdiction", "version", "state", "note", "safe_post", "triage_post", "created_at", "created_by",
              "activated_at", "activated_by", "retired_at")  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        written = ("note", "safe_post", "triage_post")
        return tuple(name for name in self.fields if name not in written)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or _is_draft(obj))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A version is made from another (copy into a draft) or from a file (load_rules)."""
        return False

    @admin.display(description="rules")
    def rules_count(self, rule_set: RuleSet) -> int:
        return rule_set.rules.count()

    @admin.action(description="Copy into a new draft", permissions=["view"])
    def copy_into_draft(self, request: HttpRequest, chosen: QuerySet[RuleSet]) -> None:
        rule_set = self._single(request, chosen)
        if rule_set:
            draft = versions.copy(rule_set, at=timezone.now(), by=_person(request))
            self.message_user(request, f"Version {draft.version} is a draft with everything of {rule_set.version}.")

    @admin.action(description="Check: can it be put in force?", permissions=["view"])
    def look_through(self, request: HttpRequest, chosen: QuerySet[RuleSet]) -> None:
        for rule_set in chosen:
            found = versions.faults(rule_set)
            for fault in found:
                self.message_user(request, f"Version {rule_set.version}: {fault}", messages.WARNING)
            if not found:
                self.message_user(request, f"Version {rule_set.version} is in order.")

    @admin.action(description="Put in force from now on", permissions=["view"])
    def put_in_force(self, request: HttpRequest, chosen: QuerySet[RuleSet]) -> None:
        rule_set = self._single(request, chosen)
        if rule_set is None:
            return
        if not _is_draft(rule_set):
            self.message_user(request, "Only a draft is put in force. Copy it into a draft first.", messages.ERROR)
            return
        try:
            done = activate_rules(rule_set.pk, by=_person(request))
        except BadRules as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            follow = f"{done.turn.total} open requests that nobody has taken up follow."
            self.message_user(
                request, f"Version {rule_set.version} is in force for what is reported from now on. {follow}"
            )

    def _single(self, request: HttpRequest, chosen: QuerySet[RuleSet]) -> RuleSet | None:
        if not request_rights(request).may(Capability.EDIT_RULES) or chosen.count() != 1:
            self.message_user(request, "Choose exactly one version.", messages.ERROR)
            return None
        return chosen.get()


@admin.register(Resolution)
class ResolutionAdmin(NeverDeleted, Scoped, admin.ModelAdmin):
    """How a request can end; retired, not deleted, because past requests say it."""

    class Form(forms.ModelForm):
        names = TextsField(first=False, label="Name in other languages", required=True)
        sentences = TextsField(first=False, label="Sentence in other languages", required=True, rows=2)

    form = Form
    capability = Capability.EDIT_CATALOG
    list_display = ("code", "name", "meaning", "position", "retired_on")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("jurisdiction", "code") if obj else ()
