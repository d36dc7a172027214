"""Rules that name areas: which they are, and a version in which they name what became of an area too.

An area that is gone is kept in a rule beside its successors. Requests that were filed while it stood count to it for
ever, and are routed by it when they are looked at again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from geoserver_app.accounts.models import User
from geoserver_app.route.condition import resolve
from geoserver_app.route.known import Known
from geoserver_app.route.models import DefaultRoute, Rule, RuleSet
from geoserver_app.route.versions import activate, copy
from layers.models import Area, Jurisdiction


def active(jurisdiction: Jurisdiction) -> RuleSet | None:
    """The version in force."""
    return RuleSet.objects.filter(jurisdiction=jurisdiction, state=RuleSet.State.ACTIVE).first()


def _names_any(rule_set: RuleSet, area_ids: set[int]) -> bool:
    rules = any(_areas_of(rule) & area_ids for rule in rule_set.rules.all())
    return rules or rule_set.defaults.filter(area__in=area_ids).exists()


def _areas_of(rule: Rule) -> set[int]:
    return {pk for check in rule.resolved if check.get("name") == "areas" for pk in check["ids"]}


def follow(
    jurisdiction: Jurisdiction, successors: Mapping[int, Iterable[int]], *, at: datetime, by: User | None = None
) -> RuleSet | None:
    """Puts a version in force whose rules name the successors of areas beside them; None where none names any.

    Drafts follow where they are. ``successors`` are ids of areas by the id of the one that is gone. BadRules where the
    version cannot be used.
    """
    listed = {old: list(new) for old, new in successors.items()}
    with transaction.atomic():
        for draft in RuleSet.objects.filter(jurisdiction=jurisdiction, state=RuleSet.State.DRAFT):
            _name_beside(draft, listed)
        former = active(jurisdiction)
        if former is None or not _names_any(former, set(successors)):
            return None
        draft = copy(former, at=at, by=by)
        note = f"Version {former.version}, following areas to what became of them."
        RuleSet.objects.filter(pk=draft.pk).update(note=note)
        _name_beside(draft, listed)
        draft.refresh_from_db()
        activate(draft, at=at, by=by)
    return draft


def _name_beside(draft: RuleSet, successors: Mapping[int, list[int]]) -> None:
    """Names the successors of areas beside them, in every rule and every row of the table of a draft."""
    codes = _codes({pk for pair in successors.items() for pk in (pair[0], *pair[1])})
    known = Known(draft.jurisdiction)
    for rule in draft.rules.all():
        _widen(rule, {codes[old]: [codes[new] for new in fresh] for old, fresh in successors.items()}, known)
    for row in draft.defaults.filter(area__in=list(successors)):
        _spread(row, successors[row.area_id or 0])


def put_back(former: RuleSet, *, at: datetime, by: User | None = None) -> RuleSet:
    """Puts what a former version says in force again, as a version of its own: one that was retired never changes."""
    with transaction.atomic():
        draft = copy(former, at=at, by=by)
        RuleSet.objects.filter(pk=draft.pk).update(note=f"As version {former.version}.")
        draft.refresh_from_db()
        activate(draft, at=at, by=by)
    return draft


def _codes(area_ids: Iterable[int]) -> dict[int, str]:
    rows = Area.objects.filter(pk__in=set(area_ids)).select_related("kind")
    return {row.pk: f"{row.kind.code}:{row.code}" for row in rows}


def _widen(rule: Rule, fresh: Mapping[str, list[str]], known: Known) -> None:
    named = rule.condition.get("areas")
    if not isinstance(named, list):
        return
    wider = list(dict.fromkeys([*named, *(new for old in named for new in fresh.get(old, ()))]))
    if wider != named:
        rule.condition = rule.condition | {"areas": wider}
        rule.resolved, _ = resolve(rule.condition, known)
        rule.save(update_fields=["condition", "resolved"])


def _spread(row: DefaultRoute, areas: Iterable[int]) -> None:
    """The same desk for each successor that has no row of its own."""
    copies = list(row.copies.all())
    for area_id in areas:
        made, is_new = DefaultRoute.objects.get_or_create(
            rule_set_id=row.rule_set_id,
            service_id=row.service_id,
            area_id=area_id,
            defaults={"department_id": row.department_id, "post_id": row.post_id,
                      "priority": row.priority},
        )  # fmt: skip
        if is_new:
            made.copies.set(copies)
