"""Whose rules they are: for somebody who does not write rules in their city there are none. And the way around."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from geoserver_app.accounts.models import User
from geoserver_app.accounts.roles import Capability
from geoserver_app.console.desk import Desk, desk_of
from geoserver_app.console.queue import with_jurisdiction
from geoserver_app.editions.models import Turn
from geoserver_app.route import versions
from geoserver_app.route.errors import NotADraft
from geoserver_app.route.models import RuleSet
from layers.errors import OneMapError


def rules_desk(request: HttpRequest) -> Desk:
    """The desk of somebody who writes the rules here; Http404 for others."""
    desk = desk_of(request)
    if not desk.may(Capability.EDIT_RULES):
        raise Http404(_("There are no such rules."))
    return desk


def version_of(request: HttpRequest, number: int) -> RuleSet:
    """A version by its number; Http404 where there is none that this person may work on."""
    rows = RuleSet.objects.select_related("jurisdiction", "safe_post__department", "triage_post__department")
    found = rows.filter(jurisdiction=rules_desk(request).jurisdiction, version=number).first()
    if found is None:
        raise Http404(_("There are no such rules."))
    return found


def draft_of(request: HttpRequest, number: int) -> RuleSet:
    """A version that can still be changed; NotADraft for any other."""
    found = version_of(request, number)
    if found.state != RuleSet.State.DRAFT:
        raise NotADraft(_("Version %d never changes any more. Copy it into a draft.") % number)
    return found


def resolved(rule_set: RuleSet) -> str:
    """Resolves the conditions of a draft, so that it can be tried; why it cannot be, else an empty text."""
    if rule_set.state == RuleSet.State.DRAFT:
        try:
            versions.freeze(rule_set)
        except OneMapError as error:
            return str(error)
    return ""


def user_of(request: HttpRequest) -> User:
    """Who asks; views are open to people who logged in only."""
    assert isinstance(request.user, User)  # noqa: S101  ``requires`` let in nobody else
    return request.user


def head(request: HttpRequest, rule_set: RuleSet, tab: str) -> dict[str, Any]:
    """What the head of every page about a version shows."""
    turn = Turn.objects.filter(rules_after=rule_set, way=Turn.Way.RULES).select_related("asked_by").first()
    return {
        "desk": rules_desk(request),
        "rules": rule_set,
        "is_draft": rule_set.state == RuleSet.State.DRAFT,
        "active": active_of(rule_set),
        "tab": tab,
        "turn": turn,
        "follows": turn if turn is not None and turn.state == Turn.State.RUNNING else None,
    }


def active_of(rule_set: RuleSet) -> RuleSet | None:
    """The version in force in the same city."""
    return RuleSet.objects.filter(jurisdiction=rule_set.jurisdiction_id, state=RuleSet.State.ACTIVE).first()


def page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page that no shared cache keeps."""
    return private(render(request, f"rulebook/{template}.html", context, status=status))


def private(answer: HttpResponse) -> HttpResponse:
    """The same answer, for one person alone."""
    answer["Cache-Control"] = "private, no-store"
    return answer


def to(request: HttpRequest, name: str, *arguments: object) -> HttpResponse:
    """The way back after something was done."""
    return HttpResponseRedirect(with_jurisdiction(request, reverse(f"rules_{name}", args=arguments)), status=303)


def refused(request: HttpRequest, error: OneMapError) -> None:
    """Says on the next page why something was not done."""
    messages.error(request, str(error))
