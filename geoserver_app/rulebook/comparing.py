"""Two versions side by side, and whether every service has an owner on every class of place."""

from __future__ import annotations

import csv

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.editions.sheets import harmless
from geoserver_app.route.compare import RowChange, RuleChange, compare
from geoserver_app.route.coverage import PLACES, Covered, Owner, coverage
from geoserver_app.route.models import RuleSet
from geoserver_app.route.words import Words
from geoserver_app.rulebook.access import active_of, head, page, private, resolved, rules_desk, version_of
from geoserver_app.rulebook.names import Names
from geoserver_app.rulebook.told import Telling, ToldRule


@require_GET
@requires(Capability.EDIT_RULES)
def compare_page(request: HttpRequest, version: int) -> HttpResponse:
    """GET .../compare/?with=VERSION: what it says otherwise than another one, by default the one in force."""
    rule_set, desk = version_of(request, version), rules_desk(request)
    chosen = request.GET.get("with", "")
    other = version_of(request, int(chosen)) if chosen.isdigit() else active_of(rule_set)
    if other is None:
        other = rule_set
    done = compare(other, rule_set)
    telling = Telling(desk.jurisdiction, desk.language)
    context = head(request, rule_set, "compare") | {
        "other": other,
        "others": RuleSet.objects.filter(jurisdiction=desk.jurisdiction).exclude(pk=rule_set.pk),
        "comparison": done,
        "rules_changed": [_rule(one, telling) for one in done.rules],
        "rows_changed": [_row(one, telling) for one in done.rows],
        "desks": [(telling.desk(one.safe_post), telling.desk(one.triage_post)) for one in (other, rule_set)],
    }
    return page(request, "compare", context)


def _rule(one: RuleChange, telling: Telling) -> tuple[RuleChange, ToldRule | None, ToldRule | None, str]:
    names = {
        "sentence": _("sentence"), "condition": _("condition"), "outcome": _("who gets it"),
        "position": _("place in the order"),
    }  # fmt: skip
    before = telling.rule(one.before, []) if one.before else None
    after = telling.rule(one.after, []) if one.after else None
    return one, before, after, ", ".join(names[name] for name in one.what)


def _row(one: RowChange, telling: Telling) -> tuple[str, str, str]:
    before, after = (
        "–"
        if row is None or row.post is None
        else telling.desk(row.post) + (f", {row.priority}" if row.priority else "")
        for row in (one.before, one.after)
    )
    return one.service, before, after


@require_GET
@requires(Capability.EDIT_RULES)
def coverage_page(request: HttpRequest, version: int) -> HttpResponse:
    """GET .../coverage/: a table of services by class of place; .../coverage/?format=csv the same as a file."""
    rule_set, desk = version_of(request, version), rules_desk(request)
    problem = resolved(rule_set)
    covered = [] if problem else coverage(rule_set)
    names, words = Names(desk.language), Words(desk.language)
    places = [_("no place") if code == "nowhere" else words.say(code) for code in PLACES]
    if request.GET.get("format") == "csv":
        return _sheet(rule_set, covered, names, places)
    context = head(request, rule_set, "coverage") | {
        "problem": problem,
        "places": places,
        "covered": [(one, [(owner, _owner(owner, names)) for owner in one.owners]) for one in covered],
        "gaps": sum(one.gaps for one in covered),
    }
    return page(request, "coverage", context)


def _owner(owner: Owner, names: Names) -> str:
    agency = f" → {names.agency(owner.agency)}" if owner.agency else ""
    return names.desk(owner.department, owner.post) + agency


def _sheet(rule_set: RuleSet, covered: list[Covered], names: Names, places: list[str]) -> HttpResponse:
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="rules-{rule_set.version}-coverage.csv"'
    writer = csv.writer(answer)
    writer.writerow(["service", *places])
    for one in covered:
        writer.writerow([one.service.code, *(harmless(_owner(owner, names)) for owner in one.owners)])
    return private(answer)
