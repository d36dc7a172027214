"""Why a request came to whoever has it: the short answer for its page, the table of rules on a page of its own."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.console.clocks import moment
from geoserver_app.console.desk import Desk, desk_of
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.link.links import Exceptional
from geoserver_app.link.models import Membership
from geoserver_app.route.explain import Telling, explain, link_sentences
from geoserver_app.route.facts import facts_in
from geoserver_app.route.models import Decision
from geoserver_app.route.program import program_of
from geoserver_app.route.words import Words
from geoserver_app.work.sight import find


@dataclass(frozen=True)
class Why:
    """Sentences about the place and about the outcome; ``version`` and ``decided`` say by which rules and when."""

    place: tuple[str, ...]
    outcome: tuple[str, ...]
    version: int | None = None
    decided: str = ""


def why(request: ServiceRequest, memberships: list[Membership], desk: Desk) -> Why:
    """The short answer, from the facts that were kept with the decision."""
    words = Words(desk.language)
    members = [Exceptional(r.kind_id, r.area_id, r.method, r.distance_m, tuple(r.alternatives)) for r in memberships]
    sentences = link_sentences(members, words, desk.language)
    decision = Decision.objects.filter(request=request, is_current=True).select_related("rule_set").first()
    if decision is None or decision.rule_set is None:
        return Why(tuple(sentences), (words.say("no_decision"),))
    told = Telling(program_of(decision.rule_set), facts_in(decision), desk.language)
    return Why(
        place=(*sentences, *told.ground(request.accuracy_m)),
        outcome=tuple(told.outcome()),
        version=decision.rule_set.version,
        decided=moment(decision.decided_at, desk.zone, desk.at),
    )


@requires(Capability.SEE_REQUESTS)
def why_page(request: HttpRequest, number: str) -> HttpResponse:
    """GET /console/requests/NUMBER/why/: every rule in order, whether it matched and why not."""
    desk = desk_of(request)
    one = find(desk.rights, desk.jurisdiction.pk, number)
    told = explain(one, desk.language)
    template = "console/rules.html" if request.GET.get("part") else "console/why.html"
    return render(request, template, {"desk": desk, "one": one, "told": told})
