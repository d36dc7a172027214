"""Why a request went where it went, in words: its links, every rule that was tried, and what won."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from geoserver_app.catalog.models import Service
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.link.links import Exceptional
from geoserver_app.link.models import Membership
from geoserver_app.org.models import Agency, Department, Post
from geoserver_app.route.checks import (
    Answered,
    AtTime,
    Check,
    EvidenceIs,
    InAreas,
    IsOneOf,
    LiesNotOn,
    LiesOn,
    Office,
    OnWeekdays,
    Services,
)
from geoserver_app.route.facts import Facts, facts_in
from geoserver_app.route.models import Decision, Rule
from geoserver_app.route.program import Program, program_of
from geoserver_app.route.replay import Replay, Trial, replay
from geoserver_app.route.words import Words
from layers.models import Area, Kind


@dataclass(frozen=True)
class TriedRule:
    """One rule as explained: its sentence, whether it matched ("yes", "no", "perhaps"), and why not."""

    position: int
    code: str
    sentence: str
    matched: str
    why: str


@dataclass(frozen=True)
class Explanation:
    """Sentences about the place, every rule in order, and sentences about the outcome."""

    links: tuple[str, ...]
    rules: tuple[TriedRule, ...]
    outcome: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of it as plain text."""
        rules = [f"{rule.position:3}. {rule.sentence} — {rule.why}" for rule in self.rules]
        return "\n".join((*self.links, "", *rules, "", *self.outcome))


def explain(request: ServiceRequest, language: str = "en") -> Explanation:
    """Why a stored request went where it is, replayed from the facts of its current decision."""
    words = Words(language)
    rows = Membership.objects.filter(request=request)
    members = [Exceptional(r.kind_id, r.area_id, r.method, r.distance_m, tuple(r.alternatives)) for r in rows]
    decisions = Decision.objects.filter(request=request, is_current=True)
    current = decisions.select_related("rule_set__triage_post", "rule_set__safe_post").first()
    if current is None or current.rule_set is None:
        return Explanation(tuple(link_sentences(members, words, language)), (), (words.say("no_decision"),))
    facts = facts_in(current)
    program = program_of(current.rule_set)
    told = Telling(program, facts, language)
    zone = ZoneInfo(request.jurisdiction.time_zone)
    when = current.decided_at.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")
    return Explanation(
        links=(*link_sentences(members, words, language), *told.ground(request.accuracy_m)),
        rules=told.rules(),
        outcome=(words.say("by_version", current.rule_set.version, when), *told.outcome()),
    )


def link_sentences(members: Iterable[Exceptional], words: Words, language: str) -> list[str]:
    """Sentences about memberships that are not plain."""
    members = list(members)
    ids = {pk for row in members for pk in (row.area_id, *row.alternatives) if pk}
    areas = {area.pk: area for area in Area.objects.filter(pk__in=ids).select_related("kind")}
    kinds = Kind.objects.in_bulk({row.kind_id for row in members})
    sentences = []
    for row in members:
        kind = kinds[row.kind_id].name_in(language)
        name = kind if row.area_id is None else f"{kind} {areas[row.area_id].code}"
        others = words.any_of(areas[pk].code for pk in row.alternatives)
        metres = "" if row.distance_m is None else f"{row.distance_m:.1f}"
        values = (name, others) if row.method in {"edge", "ambiguous"} else (name, metres, others)
        sentences.append(words.say(row.method, *values))
    return sentences


class Telling:
    """One replay put into words; names are looked up once."""

    def __init__(self, program: Program, facts: Facts, language: str) -> None:
        self.program, self.facts, self.language = program, facts, language
        self.words = Words(language)

    @cached_property
    def replay(self) -> Replay:
        return replay(self.program, self.facts)

    @cached_property
    def _rules(self) -> dict[int, Rule]:
        return {rule.position: rule for rule in self.program.rule_set.rules.all()}

    @cached_property
    def _services(self) -> list[Service]:
        """The services that a rule names, and the request's own."""
        named = {pk for check in self._checks if isinstance(check, Services) for pk in check.ids}
        return list(Service.objects.filter(pk__in={*named, self.facts.service_id}))

    @cached_property
    def _areas(self) -> list[Area]:
        """The areas that a rule names, and those of the place."""
        named = {pk for check in self._checks if isinstance(check, InAreas) for pk in check.ids}
        return list(Area.objects.filter(pk__in={*named, *self.facts.area_ids}).select_related("kind"))

    @property
    def _checks(self) -> Iterator[Check]:
        return (check for clause in self.program.clauses for check in clause.checks)

    def ground(self, accuracy_m: float | None) -> list[str]:
        """Sentences about what the place lies on and who says so."""
        words, facts = self.words, self.facts
        sentences = [words.say("ground", words.all_of(words.ground(facts.lies_on)))]
        doubtful = words.ground(facts.doubt)
        if doubtful:
            sentences.append(words.say("in_doubt", f"{accuracy_m or 5:g}", words.all_of(doubtful)))
        if facts.source != "ground" or doubtful:
            sentences.append(words.say(f"decided_{facts.source}"))
        return sentences

    def rules(self) -> tuple[TriedRule, ...]:
        """Every rule in order, matched or why not."""
        return tuple(self._tried(trial) for trial in self.replay.trials)

    def outcome(self) -> list[str]:
        """Sentences about who gets it."""
        words, done = self.words, self.replay
        sentences = [self._way()]
        desk = self._desk_name(done.desk.department_id, done.desk.post_id)
        sentences.append(words.say("goes_to", desk, words.say(done.priority)))
        if done.desk.agency_id is not None:
            agency = Agency.objects.get(pk=done.desk.agency_id)
            sentences.append(words.say("referred", agency.name_in(self.language)))
        if done.copies:
            posts = Post.objects.in_bulk(done.copies)
            sentences.append(words.say("told", words.all_of(posts[pk].name_in(self.language) for pk in done.copies)))
        return sentences

    def _way(self) -> str:
        done, words = self.replay, self.words
        if done.way == Decision.Way.RULE and done.winner is not None:
            return words.say("rule", done.winner, self._rules[done.winner].sentence_in(self.language))
        if done.way == Decision.Way.SAFE:
            named = [str(position) if position else words.say("table") for position in done.candidates]
            return words.say("safe", words.say("candidates", words.any_of(named)))
        return words.say("outside_city" if done.way == Decision.Way.OUTSIDE else done.way)

    def _desk_name(self, department_id: int | None, post_id: int | None) -> str:
        if post_id is not None:
            post = Post.objects.select_related("department").get(pk=post_id)
            return f"{post.department.name_in(self.language)}, {post.name_in(self.language)}"
        if department_id is not None:
            return Department.objects.get(pk=department_id).name_in(self.language)
        return self.words.say("nothing")

    def _tried(self, trial: Trial) -> TriedRule:
        rule, words = self._rules[trial.clause.position], self.words
        sentence = rule.sentence_in(self.language)
        if trial.surely:
            return TriedRule(rule.position, rule.code, sentence, "yes", words.say("matched"))
        if trial.perhaps:
            return TriedRule(rule.position, rule.code, sentence, "perhaps", words.say("perhaps"))
        # Of a rule for other services nothing else is worth telling.
        other = [check for check in trial.failed if isinstance(check, Services)]
        reasons = [self._reason(check) for check in other or trial.failed] or [words.say("only_inside")]
        why = f"{words.say('not_matched')}: {'; '.join(reasons)}"
        return TriedRule(rule.position, rule.code, sentence, "no", why)

    def _reason(self, check: Check) -> str:
        """What a failed check asks for and what there is: "service Tree problem (here: Pothole)"."""
        wanted, here = self._wanted(check), self._here(check)
        return f"{self.words.say(check.name)} {self.words.any_of(wanted)} ({self.words.say('here', here)})"

    def _wanted(self, check: Check) -> list[str]:
        words = self.words
        match check:
            case Services():
                return [service.name_in(self.language) for service in self._services if service.pk in check.ids]
            case InAreas():
                return [f"{check.kind} {area.code}" for area in self._areas if area.pk in check.ids]
            case LiesOn() | LiesNotOn():
                return words.ground(check.mask)
            case Answered():
                return [f"{check.question} = {key}" for key in check.keys]
            case OnWeekdays():
                return [words.weekday(day) for day in check.days]
            case AtTime():
                return [f"{check.begins // 60}:{check.begins % 60:02}–{check.ends // 60}:{check.ends % 60:02}"]
            case Office():
                return [words.say("open" if check.open else "closed")]
            case IsOneOf() | EvidenceIs():
                return [words.say(value) for value in check.values]
        return []

    def _here(self, check: Check) -> str:
        words, facts = self.words, self.facts
        match check:
            case Services():
                return next(one.name_in(self.language) for one in self._services if one.pk == facts.service_id)
            case InAreas():
                here = (area for area in self._areas if area.pk in facts.area_ids and area.kind.code == check.kind)
                return words.all_of(area.code for area in here)
            case LiesOn() | LiesNotOn():
                return words.all_of(words.ground(facts.ground))
            case Answered():
                given = facts.answers.get(check.question, [])
                return words.all_of(given if isinstance(given, list) else [str(given)])
            case OnWeekdays():
                return words.weekday(facts.minute // 1440)
            case AtTime():
                return f"{facts.minute % 1440 // 60}:{facts.minute % 60:02}"
            case Office():
                return words.say("open" if facts.office_open else "closed")
            case EvidenceIs():
                return words.all_of([*words.ground(facts.ground), *([words.say(facts.means)] if facts.means else [])])
            case IsOneOf():
                return words.say(getattr(facts, check.column)) or words.say("nothing")
        return ""
