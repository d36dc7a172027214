"""Why a request went where it is, in plain words for a resident: one sentence, of what may be seen of it and no more.

"This went to Urban Forestry because the tree stands between sidewalk and street." Only the rule that won is told, only
conditions that people know of (what happened, the ground, the area), and of those only what the reader may know: the
ground under a place that is shown roughly would say where it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from geoserver_app.catalog.models import Service, ServiceAttribute
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.link.ground import MEANINGS, Lies
from geoserver_app.org.models import Agency, Department
from geoserver_app.route.checks import Check, EvidenceIs, InAreas, LiesOn
from geoserver_app.route.facts import Facts, facts_in
from geoserver_app.route.models import Decision
from geoserver_app.route.program import program_of
from geoserver_app.route.words import LANGUAGES
from layers.models import AreaShape

# Every text twice: English, Spanish.
_TEXTS: dict[str, tuple[str, str]] = {
    "went": ("This went to {} because {}.", "Esto le tocó a {} porque {}."),
    "referred": ("This was passed on to {} because {}.", "Esto se pasó a {} porque {}."),
    "and": (" and ", " y "),
    "place": ("the place lies {}", "el lugar está {}"),
    "tree": ("the tree stands {}", "el árbol está {}"),
    "wires": ("it touches wires", "toca cables"),
    "fallen": ("it has fallen on the street", "se cayó en la calle"),
    "right_of_way": ("in the street or on the strip beside it", "en la calle o en la franja junto a ella"),
    "tree_right_of_way": ("between sidewalk and street", "entre la banqueta y la calle"),
    "private_parcel": ("on private ground", "en terreno privado"),
    "public_parcel": ("on public ground", "en terreno público"),
    "park": ("in a park", "en un parque"),
    "easement": ("where utility lines run", "donde pasan líneas de servicio"),
    "water": ("in or beside water", "en el agua o junto a ella"),
    "building": ("in a building", "en un edificio"),
    "rail": ("on the railroad", "en el ferrocarril"),
    "state_highway": ("on a state highway", "en una carretera estatal"),
    "outside": ("outside the city", "fuera de la ciudad"),
    "area": ("the place lies in {}", "el lugar está en {}"),
    "its_kind": (
        "that department takes care of such reports ({})",
        "ese departamento se encarga de estos reportes ({})",
    ),
    "city_rule": ("that is the city's rule for such cases", "así lo dice la regla de la ciudad para estos casos"),
}
# What is known to be a tree, by the asset that was tapped or by the service's own code.
_TREE = "asset:tree"


@dataclass(frozen=True)
class Seen:
    """What a reader may know: the exact place, what was answered, and the areas (ids) that are told of it."""

    place: bool
    answers: bool
    area_ids: Collection[int]


def seen_by(request: ServiceRequest, *, own: bool) -> Seen:
    """What its reporter knows, or everybody: of its public row alone."""
    if own:
        return Seen(True, True, request.area_ids)
    exact = request.service.privacy == Service.Privacy.EXACT and request.public_geom is not None
    private = request.service.attributes.filter(private=True, datatype__in=ServiceAttribute.LISTS)
    secret = any(value.get("means") for one in private for value in one.values)
    return Seen(exact, not secret, request.public_area_ids or ())


def because(request: ServiceRequest, language: str, *, own: bool) -> str:
    """Why it went to whoever has it, in a language; "" where a person decided that, or nobody has yet."""
    decision = Decision.objects.filter(request=request, is_current=True).select_related(
        "rule_set__safe_post", "rule_set__triage_post"
    ).first()  # fmt: skip
    if decision is None or decision.rule_set is None or decision.triage or not _is_where_it_went(request, decision):
        return ""
    if decision.way not in {Decision.Way.RULE, Decision.Way.DEFAULT}:
        return ""
    reason = _Reason(request, decision, seen_by(request, own=own), language)
    if decision.agency is not None:
        agency = Agency.objects.get(pk=decision.agency)
        return reason.say("referred", agency.name_in(language), reason.words)
    department = Department.objects.get(pk=request.department_id or 0)
    return reason.say("went", department.name_in(language), reason.words)


def _is_where_it_went(request: ServiceRequest, decision: Decision) -> bool:
    """Nobody has handed it on since."""
    return (request.department_id, request.agency_id) == (decision.department, decision.agency)


class _Reason:
    """The reason of one decision, in one language."""

    def __init__(self, request: ServiceRequest, decision: Decision, seen: Seen, language: str) -> None:
        self.request, self.decision, self.seen, self.language = request, decision, seen, language
        self.facts: Facts = facts_in(decision)
        self._at = LANGUAGES.index(language) if language in LANGUAGES else 0

    def say(self, key: str, *values: str) -> str:
        return _TEXTS[key][self._at].format(*values)

    @property
    def words(self) -> str:
        """Why, without a full stop."""
        if self.decision.way == Decision.Way.DEFAULT:
            return self.say("its_kind", self.request.service.name_in(self.language))
        told = list(dict.fromkeys(reason for check in self._checks() for reason in self._of(check)))
        return self.say("and").join(told) or self.say("city_rule")

    def _checks(self) -> tuple[Check, ...]:
        rule_set = self.decision.rule_set
        clauses = program_of(rule_set).clauses if rule_set else ()
        return next((clause.checks for clause in clauses if clause.position == self.decision.winner), ())

    def _of(self, check: Check) -> Iterator[str]:
        match check:
            case EvidenceIs():
                yield from self._evidence(check)
            case LiesOn() if self._tells_ground:
                yield from self._ground(check.mask)
            case InAreas():
                yield from (self.say("area", name) for name in self._areas(check.ids))

    @property
    def _tells_ground(self) -> bool:
        """Where the answer said whose ground it is, the ground tells the answer."""
        return self.seen.place and (self.facts.source != "answer" or self.seen.answers)

    def _evidence(self, check: EvidenceIs) -> Iterator[str]:
        means = self.facts.means
        if means in check.values and means not in MEANINGS and self.seen.answers:
            yield self.say(means)
        elif self._tells_ground:
            yield from self._ground(check.mask)

    def _ground(self, mask: Lies) -> Iterator[str]:
        service = self.request.service
        is_tree = _TREE in {service.asset_kind, self.facts.asset_kind, f"asset:{service.code}"}
        for one in self.facts.ground & mask:
            code = str(one.name).lower()
            strip = is_tree and code == "right_of_way"
            yield self.say("tree" if is_tree else "place", self.say("tree_right_of_way" if strip else code))

    def _areas(self, ids: Collection[int]) -> list[str]:
        """The names of the areas in which the place lies, of those that the reader may know."""
        here = set(ids) & set(self.facts.area_ids) & set(self.seen.area_ids)
        shapes = AreaShape.objects.filter(area__in=here).order_by("in_force", "pk").values_list("area_id", "name")
        return list(dict(shapes).values())
