"""Rules as people read them: what a rule asks for, who gets what it takes, who that is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from geoserver_app.accounts.models import PostHolder
from geoserver_app.catalog.models import Service, ServiceGroup
from geoserver_app.console.words import say
from geoserver_app.org.models import Post
from geoserver_app.route.condition import ENTRIES
from geoserver_app.route.findings import Finding
from geoserver_app.route.models import DefaultRoute, Rule, RuleSet
from geoserver_app.route.words import Words
from layers.models import AreaShape, Jurisdiction, Kind

# Values that the city's own data bring along, in its own words.
OF_THE_DATA = ("asset_kinds", "asset_owners", "parcel_owner_classes", "land_uses", "languages")


@dataclass(frozen=True)
class ToldRule:
    """One exception: its sentence, its conditions as (what, which), who gets it, who that is, what was found."""

    rule: Rule
    sentence: str
    conditions: tuple[tuple[str, str], ...]
    goes_to: str
    more: tuple[str, ...]
    people: str
    findings: tuple[str, ...]
    is_faulty: bool


@dataclass(frozen=True)
class ToldRow:
    """The rows of the table of one service: everywhere, and by area where it differs."""

    service: Service
    desk: str
    priority: str
    copies: str
    people: str
    areas: tuple[tuple[str, str], ...]
    findings: tuple[str, ...]


class Telling:
    """Puts a version into words of a language; each kind of name is read once."""

    def __init__(self, jurisdiction: Jurisdiction, language: str) -> None:
        self.jurisdiction, self.language = jurisdiction, language
        self.words = Words(language)

    def rules(self, rule_set: RuleSet, found: Iterable[Finding]) -> list[ToldRule]:
        """The exceptions in their order."""
        by_rule: dict[int | None, list[Finding]] = defaultdict(list)
        for one in found:
            by_rule[one.rule].append(one)
        rules = rule_set.rules.select_related("department", "post__department", "agency").prefetch_related(
            "copies__department"
        )
        return [self.rule(rule, by_rule.get(rule.position, [])) for rule in rules.order_by("position")]

    def rule(self, rule: Rule, found: list[Finding]) -> ToldRule:
        """One exception in words."""
        return ToldRule(
            rule=rule,
            sentence=rule.sentence_in(self.language),
            conditions=tuple(self.conditions(rule.condition)),
            goes_to=self.outcome(rule),
            more=tuple(self._more(rule)),
            people=self._people([rule.post] if rule.post else []),
            findings=tuple(one.in_words(self.language) for one in found),
            is_faulty=any(one.severity == "fault" for one in found),
        )

    def outcome(self, rule: Rule) -> str:
        """Who gets what the rule takes."""
        if rule.triage:
            return _("the triage desk")
        if rule.post is not None:
            return self.desk(rule.post)
        return rule.department.name_in(self.language) if rule.department else _("as the table says")

    def desk(self, post: Post) -> str:
        """Department and desk."""
        return f"{post.department.name_in(self.language)}: {post.name_in(self.language)}"

    def _more(self, rule: Rule) -> Iterable[str]:
        if rule.priority:
            yield _("priority %s") % self.words.say(rule.priority)
        if rule.agency is not None:
            yield _("referred to %s") % rule.agency.name_in(self.language)
        copies = [self.desk(post) for post in rule.copies.all()]
        if copies:
            yield _("also told: %s") % ", ".join(copies)

    def conditions(self, condition: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """What a rule asks for, entry by entry."""
        for name, value in sorted(condition.items(), key=lambda entry: _ORDER.get(entry[0], len(_ORDER))):
            if name == "answers" and isinstance(value, dict):
                for question, keys in value.items():
                    yield self.words.say("answers"), f"{question}: {self.words.any_of(map(str, keys))}"
            elif name == "time" and isinstance(value, dict):
                yield self.words.say("time"), f"{value.get('from')}–{value.get('to')}"
            else:
                values = value if isinstance(value, list) else [value]
                said = [self._value(name, str(one)) for one in values]
                yield self._entry(name), self.words.any_of(said)

    def _entry(self, name: str) -> str:
        return _("group of services") if name == "groups" else self.words.say(name)

    def _value(self, name: str, value: str) -> str:
        if name == "services":
            return self._services.get(value, value)
        if name == "groups":
            return self._groups.get(value, value)
        if name == "areas":
            return self._areas.get(value, value)
        if name == "channels":
            return say("channel", value)
        return value if name in OF_THE_DATA else self.words.say(value)

    @cached_property
    def _services(self) -> dict[str, str]:
        return {one.code: one.name_in(self.language) for one in Service.objects.filter(jurisdiction=self.jurisdiction)}

    @cached_property
    def _groups(self) -> dict[str, str]:
        rows = ServiceGroup.objects.filter(jurisdiction=self.jurisdiction)
        return {one.code: one.name_in(self.language) for one in rows}

    @cached_property
    def _areas(self) -> dict[str, str]:
        return dict(area_names(self.jurisdiction, self.language))

    def _people(self, posts: Iterable[Post]) -> str:
        """Who sits at some desks, by name."""
        names = [name for post in posts for name in self._holders.get(post.pk, [])]
        return ", ".join(dict.fromkeys(names))

    @cached_property
    def _holders(self) -> dict[int, list[str]]:
        rows = PostHolder.objects.filter(post__department__jurisdiction=self.jurisdiction, user__is_active=True)
        found: dict[int, list[str]] = defaultdict(list)
        for one in rows.select_related("user"):
            found[one.post_id].append(one.user.get_full_name() or one.user.username)
        return found

    def table(self, rule_set: RuleSet, found: Iterable[Finding]) -> list[ToldRow]:
        """The table of defaults, by service."""
        by_service: dict[str, list[Finding]] = defaultdict(list)
        for one in found:
            by_service[one.service].append(one)
        rows: dict[int, list[DefaultRoute]] = defaultdict(list)
        known = rule_set.defaults.select_related("service__group", "post__department", "department", "area__kind")
        for row in known.prefetch_related("copies__department"):
            rows[row.service_id].append(row)
        told = [self._row(some, by_service[some[0].service.code]) for some in rows.values()]
        return sorted(told, key=lambda one: (one.service.group.position, one.service.group.code, one.service.code))

    def _row(self, rows: list[DefaultRoute], found: list[Finding]) -> ToldRow:
        everywhere = next((row for row in rows if row.area_id is None), None)
        by_area = [row for row in rows if row.area is not None]
        return ToldRow(
            service=rows[0].service,
            desk=self._of_row(everywhere) if everywhere else "–",
            priority=self.words.say(everywhere.priority) if everywhere and everywhere.priority else "",
            copies=", ".join(self.desk(post) for post in everywhere.copies.all()) if everywhere else "",
            people=self._people([everywhere.post] if everywhere and everywhere.post else []),
            areas=tuple((row.area.code, self._of_row(row)) for row in by_area if row.area is not None),
            findings=tuple(one.in_words(self.language) for one in found),
        )

    def _of_row(self, row: DefaultRoute) -> str:
        if row.post is not None:
            return self.desk(row.post)
        return row.department.name_in(self.language) if row.department else "–"


def area_names(jurisdiction: Jurisdiction, language: str, kinds: Iterable[str] | None = None) -> list[tuple[str, str]]:
    """("beat:11", "Old Town (11)") of the areas that have a shape today; of districts, unless kinds are named."""
    rows = Kind.objects.filter(
        jurisdiction=jurisdiction, feature_class=Kind.FeatureClass.AREA, geometry=Kind.Geometry.POLYGON
    ).exclude(code__in=_NO_DISTRICTS)
    named = {kind.pk: kind for kind in rows if kinds is None or kind.code in set(kinds)}
    shapes = AreaShape.objects.filter(kind__in=named, in_force=True).order_by("kind__code", "area__code")
    return [
        (f"{named[kind].code}:{code}", _area_name(named[kind].name_in(language), code, name))
        for kind, code, name in shapes.values_list("kind_id", "area__code", "name")
    ]


def _area_name(kind: str, code: str, name: str) -> str:
    if not name or name == code:
        return f"{kind} {code}"
    return name if code in name.split() else f"{name} ({code})"


_ORDER = {name: at for at, name in enumerate(ENTRIES)}
_NO_DISTRICTS = ("building", "right_of_way", "water", "rail", "census_tract", "municipality")
