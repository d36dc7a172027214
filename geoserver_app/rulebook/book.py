"""All versions of the rules, and one of them: the table of defaults, the exceptions in order, what was found in it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.editions.models import Turn
from geoserver_app.flow_rules import waiting_elsewhere
from geoserver_app.route import versions
from geoserver_app.route.errors import NotADraft
from geoserver_app.route.findings import Finding, Severity, findings
from geoserver_app.route.models import RuleSet
from geoserver_app.rulebook.access import draft_of, head, page, resolved, rules_desk, to, user_of, version_of
from geoserver_app.rulebook.order import put_in_order
from geoserver_app.rulebook.told import Telling


@require_GET
@requires(Capability.EDIT_RULES)
def index(request: HttpRequest) -> HttpResponse:
    """GET /console/rules/: every version, the newest first."""
    desk = rules_desk(request)
    rows = RuleSet.objects.filter(jurisdiction=desk.jurisdiction).select_related("activated_by", "created_by")
    turns = Turn.objects.filter(jurisdiction=desk.jurisdiction, way=Turn.Way.RULES).select_related(
        "rules_after", "rules_before", "asked_by"
    )
    context = {"desk": desk, "versions": rows.annotate(count=Count("rules")).order_by("-version"), "turns": turns[:10]}
    return page(request, "index", context)


@require_GET
@requires(Capability.EDIT_RULES)
def book(request: HttpRequest, version: int) -> HttpResponse:
    """GET /console/rules/VERSION/: everything that it says."""
    rule_set = version_of(request, version)
    problem = resolved(rule_set)
    found = [] if problem else findings(rule_set) if rule_set.state != RuleSet.State.RETIRED else []
    context = head(request, rule_set, "book") | _told(rule_set, found, rules_desk(request).language)
    faults = [one for one in found if one.severity == Severity.FAULT]
    context |= {"problem": problem, "faults": len(faults), "warnings": len(found) - len(faults)}
    if context["is_draft"] and not problem and not faults:
        context["waiting"] = waiting_elsewhere(rule_set)
    return page(request, "book", context)


def _told(rule_set: RuleSet, found: list[Finding], language: str) -> dict[str, Any]:
    telling = Telling(rule_set.jurisdiction, language)
    return {
        "exceptions": telling.rules(rule_set, found),
        "table": telling.table(rule_set, found),
        "general": [one.in_words(language) for one in found if one.rule is None and not one.service],
        "safe": telling.desk(rule_set.safe_post),
        "triage": telling.desk(rule_set.triage_post),
    }


@require_POST
@requires(Capability.EDIT_RULES)
def copy(request: HttpRequest, version: int) -> HttpResponse:
    """POST .../copy/: a new draft with everything that a version says."""
    made = versions.copy(version_of(request, version), at=rules_desk(request).at, by=user_of(request))
    messages.success(request, _("Version %(new)d is a draft with everything of version %(old)d.") % {
        "new": made.version, "old": version,
    })  # fmt: skip
    return to(request, "book", made.version)


@require_POST
@requires(Capability.EDIT_RULES)
def throw_away(request: HttpRequest, version: int) -> HttpResponse:
    """POST .../throw-away/: a draft is deleted."""
    draft_of(request, version).delete()
    messages.success(request, _("The draft is thrown away."))
    return to(request, "index")


@require_POST
@requires(Capability.EDIT_RULES)
def note(request: HttpRequest, version: int) -> HttpResponse:
    """POST .../note/: what the draft is for."""
    draft = draft_of(request, version)
    draft.note = request.POST.get("note", "").strip()[:2000]
    draft.save(update_fields=["note"])
    return to(request, "book", version)


@require_POST
@requires(Capability.EDIT_RULES)
def move(request: HttpRequest, version: int, code: str) -> HttpResponse:
    """POST .../exceptions/CODE/move/ ``by`` up or down: earlier or later in the order."""
    draft = draft_of(request, version)
    with transaction.atomic():
        position = draft.rules.filter(code=code).values_list("position", flat=True).first()
        if position is not None:
            put_in_order(draft, code, position + (-1 if request.POST.get("by") == "up" else 1))
    return to(request, "book", version)


@require_POST
@requires(Capability.EDIT_RULES)
def remove(request: HttpRequest, version: int, code: str) -> HttpResponse:
    """POST .../exceptions/CODE/remove/: an exception goes from a draft."""
    draft = draft_of(request, version)
    with transaction.atomic():
        if not draft.rules.filter(code=code).delete()[0]:
            raise NotADraft(_("There is no exception “%s” any more.") % code)
        put_in_order(draft)
    messages.success(request, _("The exception is gone from this draft."))
    return to(request, "book", version)
