"""What somebody should know of a version before it is put in force: what holds it up, and what looks like a slip.

More than versions.faults, which says what cannot be used at all: rules that never get a turn, rules against each other,
retired services, areas without a shape, desks of people who left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import QuerySet

from geoserver_app.accounts.models import PostHolder
from geoserver_app.catalog.models import Service
from geoserver_app.org.models import Agency, Post
from geoserver_app.route.checks import Check, InAreas, Services
from geoserver_app.route.condition import checks_of
from geoserver_app.route.finding_texts import sentence
from geoserver_app.route.implied import cannot_hold, contains, hiding
from geoserver_app.route.known import Known
from geoserver_app.route.models import DefaultRoute, Rule, RuleSet
from geoserver_app.route.program import Clause, program_of
from geoserver_app.route.versions import faults
from layers.models import Area, AreaShape, Jurisdiction


class Severity(StrEnum):
    """A fault holds a version up; a warning is told."""

    FAULT = "fault"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One finding. ``rule`` is the position of the rule it is about, ``service`` the code of the row of the table."""

    severity: Severity
    code: str
    values: tuple[object, ...] = ()
    rule: int | None = None
    service: str = ""

    def in_words(self, language: str) -> str:
        """As a sentence in a language."""
        return sentence(self.code, language, *self.values)


def findings(rule_set: RuleSet) -> list[Finding]:
    """Everything found in a version, faults first, then in the order of its rules."""
    known = Known(rule_set.jurisdiction)
    unusable = [Finding(Severity.FAULT, "fault", (fault,)) for fault in faults(rule_set, known)]
    rules = list(rule_set.rules.select_related("department", "post__department", "agency").prefetch_related("copies"))
    defaults = list(rule_set.defaults.select_related("service", "post__department", "department", "area__kind"))
    found = [*unusable, *_order(rule_set, rules), *_services(rules, defaults, known), *_areas(rules, defaults)]
    found += _desks(rule_set, rules, defaults)
    return sorted(found, key=lambda one: (one.severity, one.rule is None, one.rule or 0, one.service))


def holding_up(rule_set: RuleSet) -> list[Finding]:
    """The findings that keep a version from being put in force."""
    return [one for one in findings(rule_set) if one.severity == Severity.FAULT]


def _order(rule_set: RuleSet, rules: list[Rule]) -> Iterator[Finding]:
    """Rules that can never match, and rules that never get a turn because of those before them."""
    clauses = program_of(rule_set).clauses
    offered = set(Known(rule_set.jurisdiction).offered().values_list("pk", flat=True))
    closed = _closed_days(rule_set.jurisdiction)
    names = {rule.position: rule.code for rule in rules}
    for at, one in enumerate(clauses):
        pair = cannot_hold(one.checks, closed)
        if pair is not None:
            yield Finding(Severity.FAULT, "never", (pair[0].name, pair[1].name), one.position)
            continue
        hides = hiding(clauses, at, offered)
        if hides:
            named = ", ".join(f"{clause.position} ({names[clause.position]})" for clause in hides)
            against = len(hides) == 1 and contains(one, hides[0]) and _desk(one) != _desk(hides[0])
            yield Finding(Severity.FAULT, "contradicts" if against else "unreachable", (named,), one.position)


def _desk(clause: Clause) -> tuple[object, ...]:
    return clause.department_id, clause.post_id, clause.agency_id, clause.triage, clause.priority


def _closed_days(jurisdiction: Jurisdiction) -> set[int]:
    hall = getattr(jurisdiction, "city_hall", None)
    return set(range(7)) - set(hall.hours.values_list("weekday", flat=True)) if hall else set()


def _services(rules: list[Rule], defaults: list[DefaultRoute], known: Known) -> Iterator[Finding]:
    retired = dict(
        Service.objects.filter(jurisdiction=known.jurisdiction, retired_on__isnull=False).values_list("pk", "code")
    )
    for rule, check in _checks(rules):
        if not isinstance(check, Services):
            continue
        # A group has retired services among others by its nature; who names one by its code meant that one.
        named = set(rule.condition.get("services") or ())
        gone = sorted(retired[pk] for pk in check.ids if pk in retired)
        if gone and len(gone) == len(check.ids):
            yield Finding(Severity.FAULT, "only_retired", (", ".join(gone),), rule.position)
        elif named & set(gone):
            yield Finding(Severity.WARNING, "retired", (", ".join(sorted(named & set(gone))),), rule.position)
    for row in defaults:
        if row.service_id in retired and row.area_id is None:
            yield Finding(Severity.WARNING, "retired_row", (row.service.code,), service=row.service.code)


def _checks(rules: list[Rule]) -> Iterator[tuple[Rule, Check]]:
    for rule in rules:
        for check in checks_of(rule.resolved):
            yield rule, check


def _areas(rules: list[Rule], defaults: list[DefaultRoute]) -> Iterator[Finding]:
    named = {pk for _rule, check in _checks(rules) if isinstance(check, InAreas) for pk in check.ids}
    named |= {row.area_id for row in defaults if row.area_id is not None}
    shaped = set(AreaShape.objects.filter(area__in=named, in_force=True).values_list("area_id", flat=True))
    codes = {
        area.pk: f"{area.kind.code}:{area.code}" for area in Area.objects.filter(pk__in=named).select_related("kind")
    }
    for rule, check in _checks(rules):
        gone = [codes[pk] for pk in check.ids if pk not in shaped] if isinstance(check, InAreas) else []
        if gone:
            # One that is gone stays named beside what became of it, for requests that were filed while it stood.
            whole = isinstance(check, InAreas) and len(gone) == len(check.ids)
            yield Finding(Severity.WARNING, "no_shape" if whole else "some_no_shape", (", ".join(gone),), rule.position)
    by_service: dict[str, list[str]] = {}
    for row in defaults:
        if row.area_id is not None and row.area_id not in shaped:
            by_service.setdefault(row.service.code, []).append(codes[row.area_id])
    for service, gone in by_service.items():
        yield Finding(Severity.WARNING, "row_no_shape", (service, ", ".join(gone)), service=service)


def _desks(rule_set: RuleSet, rules: list[Rule], defaults: list[DefaultRoute]) -> Iterator[Finding]:
    """Desks, departments and agencies that are closed, and desks whose people all left."""
    empty = _left(_posts(rule_set, rules, defaults))
    for rule in rules:
        yield from _closed(rule.post, rule.agency, rule=rule.position)
        for post in [rule.post, *rule.copies.all()]:
            if post is not None and post.pk in empty:
                yield Finding(Severity.WARNING, empty[post.pk], (str(post),), rule.position)
    told: set[tuple[str, int]] = set()
    for row in defaults:
        yield from _closed(row.post, None, service=row.service.code)
        key = (row.service.code, row.post_id or 0)
        if row.post is not None and row.post_id in empty and key not in told:
            told.add(key)
            yield Finding(Severity.WARNING, empty[row.post.pk], (str(row.post),), service=row.service.code)
    for post in (rule_set.safe_post, rule_set.triage_post):
        yield from _closed(post, None)
        if post.pk in empty:
            yield Finding(Severity.WARNING, empty[post.pk], (str(post),))


def _closed(
    post: Post | None, agency: Agency | None, *, rule: int | None = None, service: str = ""
) -> Iterator[Finding]:
    if post is not None and not (post.active and post.department.active):
        yield Finding(Severity.FAULT, "closed_desk", (str(post),), rule, service)
    if agency is not None and not agency.active:
        yield Finding(Severity.FAULT, "closed_agency", (str(agency),), rule, service)


def _posts(rule_set: RuleSet, rules: list[Rule], defaults: list[DefaultRoute]) -> dict[int, Post]:
    there: Iterable[Post | None] = (
        rule_set.safe_post, rule_set.triage_post, *(rule.post for rule in rules),
        *(post for rule in rules for post in rule.copies.all()), *(row.post for row in defaults),
    )  # fmt: skip
    return {post.pk: post for post in there if post is not None}


def _left(posts: dict[int, Post]) -> dict[int, str]:
    """Desks at which nobody sits any more: all their people left, or nobody can be told at all."""
    holders: QuerySet[PostHolder] = PostHolder.objects.filter(post__in=posts)
    active = set(holders.filter(user__is_active=True).values_list("post_id", flat=True))
    past = set(holders.values_list("post_id", flat=True)) - active
    found = {}
    for pk, post in posts.items():
        if pk in past:
            found[pk] = "person_left"
        elif pk not in active and not post.mailbox:
            found[pk] = "nobody"
    return found
