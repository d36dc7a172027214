"""Versions of the rules: checked, frozen, put in force, copied into the next draft."""

from __future__ import annotations

from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext as _

from geoserver_app.accounts.models import User
from geoserver_app.route.condition import resolve
from geoserver_app.route.decide import decide
from geoserver_app.route.errors import BadRules, NotADraft
from geoserver_app.route.facts import Facts
from geoserver_app.route.known import Known
from geoserver_app.route.models import DefaultRoute, Rule, RuleSet
from geoserver_app.route.program import program_of
from layers.models import Jurisdiction

_NOBODY = Facts(service_id=0, channel="web", language="en", minute=0, office_open=True, priority="normal")


def faults(rule_set: RuleSet, known: Known | None = None) -> list[str]:
    """Everything that is wrong with a version, as sentences; empty where it can be put in force."""
    known = known or Known(rule_set.jurisdiction)
    found = [
        _("rule '%(rule)s': %(fault)s") % {"rule": rule.code, "fault": fault}
        for rule in rule_set.rules.all()
        for fault in rule_faults(rule, known)
    ]
    served = set(rule_set.defaults.values_list("service_id", flat=True))
    left = known.offered().exclude(pk__in=served).order_by("code")
    found += [_("service '%(service)s' has no row in the table of defaults") % {"service": one.code} for one in left]
    strangers = rule_set.defaults.filter(post__isnull=False).exclude(post__department=models.F("department"))
    strange = _("default of service '%(service)s': its post is of another department")
    found += [strange % {"service": row.service.code} for row in strangers]
    return found


def rule_faults(rule: Rule, known: Known, *, told: bool | None = None) -> list[str]:
    """Everything that is wrong with one rule; sets its resolved condition. ``told``: it names copies (else its own)."""
    rule.resolved, found = resolve(rule.condition, known)
    if rule.post is not None and rule.department_id not in {None, rule.post.department_id}:
        told_of = {"post": rule.post.code, "department": rule.department}
        found.append(_("post '%(post)s' is not one of department '%(department)s'") % told_of)
    if told is None:
        told = bool(rule.pk) and rule.copies.exists()
    if not (rule.department_id or rule.post_id or rule.agency_id or rule.priority or rule.triage or told):
        found.append(_("decides nothing; name a department, a post, an agency, a priority, copies or triage"))
    hall = getattr(known.jurisdiction, "city_hall", None)
    for language in hall.languages if hall else ():
        if not rule.sentences.get(language):
            found.append(_("its sentence is missing in '%(language)s'") % {"language": language})
    return found


def freeze(rule_set: RuleSet) -> None:
    """Writes the resolved conditions of a draft's rules, so that it can be tried. BadRules with every fault."""
    if rule_set.state != RuleSet.State.DRAFT:
        raise NotADraft(_("Version %d never changes any more. Copy it into a draft.") % rule_set.version)
    found = faults(rule_set, known := Known(rule_set.jurisdiction))
    if found:
        raise BadRules("\n  ".join([_("The rules cannot be used. Correct these:"), *found]))
    for rule in rule_set.rules.all():
        rule.resolved, _faults = resolve(rule.condition, known)
        rule.save(update_fields=["resolved"])


def activate(rule_set: RuleSet, *, at: datetime, by: User | None = None) -> None:
    """Puts a draft in force from now on; the version before it is retired. BadRules where it cannot be used.

    The compiled statement is run once before, on a request that no rule knows: what cannot run is not put in force.
    """
    with transaction.atomic():
        freeze(rule_set)
        with transaction.atomic():
            decide(_NOBODY, jurisdiction_id=rule_set.jurisdiction_id, program=program_of(rule_set))
        active = RuleSet.objects.select_for_update().filter(
            jurisdiction=rule_set.jurisdiction, state=RuleSet.State.ACTIVE
        )
        active.update(state=RuleSet.State.RETIRED, retired_at=at)
        rule_set.state = RuleSet.State.ACTIVE
        rule_set.activated_at, rule_set.activated_by = at, by
        rule_set.save(update_fields=["state", "activated_at", "activated_by"])


def next_version(jurisdiction: Jurisdiction) -> int:
    """The number of the next version of a jurisdiction."""
    last = RuleSet.objects.filter(jurisdiction=jurisdiction).aggregate(last=models.Max("version"))["last"]
    return (last or 0) + 1


def copy(rule_set: RuleSet, *, at: datetime, by: User | None = None) -> RuleSet:
    """A new draft with everything that a version has."""
    with transaction.atomic():
        draft = RuleSet.objects.create(
            jurisdiction=rule_set.jurisdiction,
            version=next_version(rule_set.jurisdiction),
            note=_("Copy of version %d.") % rule_set.version,
            safe_post=rule_set.safe_post,
            triage_post=rule_set.triage_post,
            created_at=at,
            created_by=by,
        )
        for default in rule_set.defaults.all():
            _copy_row(default, draft)
        for rule in rule_set.rules.all():
            _copy_row(rule, draft)
    return draft


def _copy_row(row: DefaultRoute | Rule, draft: RuleSet) -> None:
    copies = list(row.copies.all())
    row.pk, row.rule_set = None, draft
    row._state.adding = True
    row.save()
    row.copies.set(copies)
