"""What would happen to a request at a place: links, routing and why, without writing anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from geoserver_app.catalog.models import Service
from geoserver_app.link.links import Links
from geoserver_app.link.one import link
from geoserver_app.link.subject import subject_at
from geoserver_app.org.calendar import calendar_of
from geoserver_app.route.decide import Routing, decide
from geoserver_app.route.explain import Explanation, Telling, link_sentences
from geoserver_app.route.facts import facts_of
from geoserver_app.route.models import RuleSet
from geoserver_app.route.program import active_program, program_of
from geoserver_app.route.words import Words


@dataclass(frozen=True)
class Preview:
    """What would happen, and why."""

    links: Links
    routing: Routing
    explanation: Explanation


def preview(
    service: Service,
    lon: float | None,
    lat: float | None,
    answers: Mapping[str, Any],
    *,
    at: datetime,
    channel: str = "web",
    language: str = "en",
    rule_set: RuleSet | None = None,
    **more: Any,
) -> Preview:
    """What the active version, or a given one, would do; ``more`` are fields of link's Subject (accuracy_m, asset_id).

    ``lon``, ``lat`` in degrees, both None without a place; ``at`` is the moment of asking (aware).
    """
    links = link(subject_at(service, lon, lat, at=at, answers=answers, **more))
    facts = facts_of(
        service, links, at=at, channel=channel, language=language, answers=answers,
        calendar=calendar_of(service.jurisdiction),
    )  # fmt: skip
    program = program_of(rule_set) if rule_set else active_program(service.jurisdiction_id)
    routing = decide(facts, jurisdiction_id=service.jurisdiction_id, program=program)
    words = Words(language)
    sentences = link_sentences(links.memberships, words, language)
    if program is None:
        return Preview(links, routing, Explanation(tuple(sentences), (), (words.say("no_decision"),)))
    told = Telling(program, facts, language)
    explained = Explanation((*sentences, *told.ground(links.ground.reach_m)), told.rules(), tuple(told.outcome()))
    return Preview(links, routing, explained)
