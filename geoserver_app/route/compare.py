"""What two versions of the rules say otherwise: rows of the table of defaults, exceptions, their order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from geoserver_app.route.models import DefaultRoute, Rule, RuleSet


@dataclass(frozen=True)
class RuleChange:
    """An exception that is new, gone, or says otherwise; ``before`` and ``after`` are None where it is not there.

    ``what`` holds the names of what differs: sentence, condition, outcome, position (among those that both have).
    """

    code: str
    before: Rule | None
    after: Rule | None
    what: tuple[str, ...] = ()


@dataclass(frozen=True)
class RowChange:
    """A row of the table of defaults that is new, gone, or leads elsewhere."""

    service: str
    before: DefaultRoute | None
    after: DefaultRoute | None


@dataclass(frozen=True)
class Comparison:
    """Everything that differs; ``desks`` says whether the safe desk or the triage desk is another."""

    rules: tuple[RuleChange, ...]
    rows: tuple[RowChange, ...]
    desks: bool

    @property
    def is_same(self) -> bool:
        return not (self.rules or self.rows or self.desks)


def compare(before: RuleSet, after: RuleSet) -> Comparison:
    """What a version says otherwise than one before it; rules are told apart by their codes."""
    return Comparison(
        rules=tuple(_rules(before, after)),
        rows=tuple(_rows(before, after)),
        desks=(before.safe_post_id, before.triage_post_id) != (after.safe_post_id, after.triage_post_id),
    )


def _rules(before: RuleSet, after: RuleSet) -> list[RuleChange]:
    old, new = _by_code(before), _by_code(after)
    moved = _moved([code for code in old if code in new], [code for code in new if code in old])
    changes = []
    for code in [*new, *(code for code in old if code not in new)]:
        one, other = old.get(code), new.get(code)
        if one is None or other is None:
            changes.append(RuleChange(code, one, other))
            continue
        what = [name for name, told in _TOLD.items() if told(one) != told(other)]
        what += ["position"] if code in moved else []
        if what:
            changes.append(RuleChange(code, one, other, tuple(what)))
    return changes


def _moved(old: list[str], new: list[str]) -> set[str]:
    """Codes that stand elsewhere in the order: the fewest that must be moved to make one order of the other."""
    places = {code: at for at, code in enumerate(new)}
    longest: list[list[str]] = []
    for code in old:
        fits = [run for run in longest if places[run[-1]] < places[code]]
        longest.append([*_longest(fits), code])
    return set(old) - set(_longest(longest))


def _longest(runs: list[list[str]]) -> list[str]:
    return max(runs, key=len) if runs else []


def _by_code(rule_set: RuleSet) -> dict[str, Rule]:
    rules = rule_set.rules.select_related("department", "post__department", "agency").prefetch_related("copies")
    return {rule.code: rule for rule in rules.order_by("position")}


def _copies(row: Rule | DefaultRoute) -> list[int]:
    return sorted(post.pk for post in row.copies.all())


def _outcome(row: Rule | DefaultRoute) -> tuple[Any, ...]:
    more = (row.agency_id, row.triage) if isinstance(row, Rule) else ()
    return (row.department_id, row.post_id, row.priority, _copies(row), *more)


_TOLD = {
    "sentence": lambda rule: rule.sentences,
    "condition": lambda rule: rule.condition,
    "outcome": _outcome,
}


def _rows(before: RuleSet, after: RuleSet) -> list[RowChange]:
    old, new = _by_service(before), _by_service(after)
    changes = []
    for key in sorted({*old, *new}):
        one, other = old.get(key), new.get(key)
        if one is None or other is None or _outcome(one) != _outcome(other):
            changes.append(RowChange(key[0] + (f", {key[1]}" if key[1] else ""), one, other))
    return changes


def _by_service(rule_set: RuleSet) -> dict[tuple[str, str], DefaultRoute]:
    rows = rule_set.defaults.select_related("service", "area__kind", "department", "post").prefetch_related("copies")
    return {(row.service.code, f"{row.area.kind.code}:{row.area.code}" if row.area else ""): row for row in rows}
