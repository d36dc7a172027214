"""A version of the rules, compiled to one SQL statement that decides one request or a million."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from psycopg import sql

from geoserver_app.link.ground import EXCLUSIVE, NOWHERE, OWNERSHIP, Lies
from geoserver_app.route.checks import Answered, Check, EvidenceIs, InAreas, IsOneOf, LiesNotOn, LiesOn, id_array
from geoserver_app.route.condition import checks_of
from geoserver_app.route.facts import Facts
from geoserver_app.route.models import DefaultRoute, Rule, RuleSet

NO_ROWS = "(null::bigint, null::bigint[])"
NO_CLAUSE = "(null::smallint, null::bigint, null::bigint, null::bigint, null::text, null::boolean, null::bigint[])"


# The facts of one request as a relation of one row.
ONE_ROW = """select 0::bigint as request_id, %(service_id)s::bigint as service_id, %(area_ids)s::bigint[] as area_ids,
    %(lies_on)s::int as lies_on, %(doubt)s::int as doubt, %(means)s::text as means, %(asset_kind)s::text as asset_kind,
    %(asset_owner)s::text as asset_owner, %(parcel_owner)s::text as parcel_owner, %(parcel_use)s::text as parcel_use,
    %(answers)s::jsonb as answers, %(channel)s::text as channel, %(language)s::text as language,
    %(minute)s::int as minute, %(office_open)s::boolean as office_open, %(priority)s::text as priority"""


@dataclass(frozen=True)
class Clause:
    """One rule, ready to be tried: its checks and what it decides; an empty department is the default table's."""

    position: int
    checks: tuple[Check, ...]
    department_id: int | None
    post_id: int | None
    agency_id: int | None
    priority: str
    triage: bool
    copies: tuple[int, ...]

    @cached_property
    def outside(self) -> bool:
        """Whether it is for places outside the city too: only where it asks for them."""
        return any(isinstance(check, LiesOn) and check.mask & Lies.OUTSIDE for check in self.checks)

    def is_for(self, facts: Facts) -> bool:
        """Whether it is for places such as this one at all."""
        return self.outside or Lies.OUTSIDE not in facts.lies_on

    def matches(self, facts: Facts) -> bool:
        """Whether it matches facts, as its SQL does."""
        return self.is_for(facts) and all(check.holds(facts) for check in self.checks)

    def sql(self) -> str:
        """SQL for "it matches"; ``f`` is a row of facts."""
        parts = [check.sql() for check in self.checks]
        parts += [] if self.outside else [f"f.lies_on & {int(Lies.OUTSIDE)} = 0"]
        return " and ".join(f"({part})" for part in parts)

    @cached_property
    def row(self) -> str:
        """SQL for what it decides, as a row of VALUES."""
        ids = [_id(self.department_id), _id(self.post_id), _id(self.agency_id)]
        return (
            f"({self.position}::smallint, {', '.join(ids)}, {sql.quote(self.priority)}, "
            f"{str(self.triage).lower()}, {id_array(self.copies)})"
        )


@dataclass(frozen=True)
class Default:
    """One row of the table of defaults, ready to be looked up; ``copies`` are ids of posts."""

    pk: int
    service_id: int
    area_id: int | None
    department_id: int | None
    post_id: int | None
    priority: str
    copies: tuple[int, ...]


@dataclass(frozen=True)
class Program:
    """A compiled version. ``named_areas`` and ``questions`` are those that any of its rows ask about."""

    rule_set: RuleSet
    clauses: tuple[Clause, ...]
    defaults: tuple[Default, ...]
    named_areas: frozenset[int]
    questions: frozenset[str]

    @cached_property
    def single(self) -> str:
        """The statement for one request; its parameters are Facts.parameters()."""
        return self.statement(ONE_ROW)

    def statement(self, facts: str) -> str:
        """The whole of decide.sql over a relation of facts (SQL)."""
        text = Path(__file__).with_name("decide.sql").read_text(encoding="utf-8")
        copies = ", ".join(f"({row.pk}::bigint, {id_array(row.copies)})" for row in self.defaults if row.copies)
        safe, triage = self.rule_set.safe_post, self.rule_set.triage_post
        return text.format(
            facts=facts,
            version=self.rule_set.pk,
            hits=self._hits,
            relevant=int(self.relevant),
            exclusive=int(EXCLUSIVE),
            public=int(Lies.PUBLIC_PARCEL),
            clauses=", ".join(clause.row for clause in self.clauses) or NO_CLAUSE,
            default_copies=copies or NO_ROWS,
            safe_department=safe.department_id,
            safe_post=safe.pk,
            triage_department=triage.department_id,
            triage_post=triage.pk,
            row=int(Lies.RIGHT_OF_WAY),
            private=int(Lies.PRIVATE_PARCEL),
            park=int(Lies.PARK),
            state=int(Lies.STATE_HIGHWAY),
            outside=int(Lies.OUTSIDE),
            ownership=int(OWNERSHIP),
        )

    @cached_property
    def relevant(self) -> Lies:
        """The kinds of ground that decide anything: doubt about others is none. The parcel's owner hangs on all."""
        mask = NOWHERE
        for check in (check for clause in self.clauses for check in clause.checks):
            if isinstance(check, LiesOn | LiesNotOn | EvidenceIs):
                mask |= check.mask
            elif isinstance(check, IsOneOf) and check.column in {"owner_class", "land_use"}:
                mask |= EXCLUSIVE
        mask |= EXCLUSIVE if mask & (EXCLUSIVE | Lies.STATE_HIGHWAY) else NOWHERE
        return mask & ~(Lies.OUTSIDE | Lies.PARCEL)

    def default_for(self, facts: Facts) -> Default | None:
        """The row of the table of defaults: that of an area it lies in before that of everywhere."""
        rows = self._by_service.get(facts.service_id, ())
        here = (row for row in rows if row.area_id in facts.area_ids)
        return next(here, None) or next((row for row in rows if row.area_id is None), None)

    @cached_property
    def _by_service(self) -> dict[int, list[Default]]:
        """The rows of each service (id) in the order of their ids."""
        found: dict[int, list[Default]] = defaultdict(list)
        for row in self.defaults:
            found[row.service_id].append(row)
        return dict(found)

    def looks_at(self, fact: str) -> bool:
        """Whether any rule may ask for a fact, by its column: where none does, it decides nothing."""
        return re.search(rf"\bf[.]{fact}\b", self._hits) is not None

    @cached_property
    def _hits(self) -> str:
        """SQL for the positions of all rules that match, in order."""
        cases = ", ".join(f"case when {clause.sql()} then {clause.position} end" for clause in self.clauses)
        return f"array_remove(array[{cases}]::smallint[], null)" if cases else "'{}'::smallint[]"


def program_of(rule_set: RuleSet) -> Program:
    """The program of a version; that of one that is not a draft is kept, since it never changes."""
    return _compile(rule_set) if rule_set.state == RuleSet.State.DRAFT else kept_program(rule_set.pk)


def active_program(jurisdiction_id: int) -> Program | None:
    """The program of the version that is active in a jurisdiction, None where there is none yet."""
    active = RuleSet.objects.filter(jurisdiction_id=jurisdiction_id, state=RuleSet.State.ACTIVE)
    pk = active.values_list("pk", flat=True).first()
    return None if pk is None else kept_program(pk)


@lru_cache(maxsize=64)
def kept_program(rule_set_id: int) -> Program:
    """The program of a version that is not a draft."""
    return _compile(RuleSet.objects.select_related("safe_post", "triage_post").get(pk=rule_set_id))


def _compile(rule_set: RuleSet) -> Program:
    rules = rule_set.rules.order_by("position").prefetch_related("copies")
    defaults = tuple(_default(row) for row in rule_set.defaults.order_by("pk").prefetch_related("copies"))
    clauses = tuple(_clause(rule) for rule in rules)
    checks = [check for clause in clauses for check in clause.checks]
    return Program(
        rule_set=rule_set,
        clauses=clauses,
        defaults=defaults,
        named_areas=frozenset(_areas(checks, defaults)),
        questions=frozenset(check.question for check in checks if isinstance(check, Answered)),
    )


def _clause(rule: Rule) -> Clause:
    return Clause(
        position=rule.position,
        checks=checks_of(rule.resolved),
        department_id=rule.department_id,
        post_id=rule.post_id,
        agency_id=rule.agency_id,
        priority=rule.priority,
        triage=rule.triage,
        copies=_copies(rule),
    )


def _default(row: DefaultRoute) -> Default:
    return Default(
        pk=row.pk,
        service_id=row.service_id,
        area_id=row.area_id,
        department_id=row.department_id,
        post_id=row.post_id,
        priority=row.priority,
        copies=_copies(row),
    )


def _copies(row: Rule | DefaultRoute) -> tuple[int, ...]:
    return tuple(sorted(post.pk for post in row.copies.all()))


def _areas(checks: Sequence[Check], defaults: Iterable[Default]) -> Iterable[int]:
    for check in checks:
        if isinstance(check, InAreas):
            yield from check.ids
    yield from (row.area_id for row in defaults if row.area_id is not None)


def _id(value: int | None) -> str:
    return "null::bigint" if value is None else f"{int(value)}::bigint"
