"""Why a request went where it went, in words, in both languages."""

from typing import Any

import pytest

from geoserver_app.intake.models import ServiceRequest
from geoserver_app.intake.store import place_columns
from geoserver_app.link.one import link
from geoserver_app.link.subject import subject_of
from geoserver_app.link.trace import choose
from geoserver_app.link.trace import keep as keep_links
from geoserver_app.route.decide import decide, keep
from geoserver_app.route.explain import Explanation, explain
from geoserver_app.route.facts import facts_of
from geoserver_app.route.words import LANGUAGES, TEXTS
from layers.models import Area
from tests import life
from tests.link.squared import at
from tests.route.city import TREES, City, rule
from tests.route.conftest import Rules


def stored(city: City, x: float, y: float, **columns: Any) -> ServiceRequest:
    """A request that was linked and routed as flow does it."""
    answers = columns.pop("answers", {})
    service = city.services["tree"]
    request = city.hall.request(service=service, **place_columns(*at(x, y)), **columns)
    for code, value in answers.items():
        request.answers.create(attribute=service.attributes.get(code=code), value=value)
    links = link(subject_of(request))
    keep_links(request.pk, links)
    facts = facts_of(
        service, links, at=request.requested_datetime, channel=request.channel, language=request.language,
        answers=answers, calendar=city.hall.calendar,
    )  # fmt: skip
    keep(request.pk, facts, decide(facts, jurisdiction_id=request.jurisdiction_id), at=life.MONDAY)
    return request


def lines(explanation: Explanation) -> list[str]:
    return explanation.text.splitlines()


def test_the_winner_and_why_the_others_did_not_match(city: City, rules: Rules) -> None:
    rules(*TREES)
    told = explain(stored(city, 230, 530, answers={"where": "yard"}))
    verdicts = {rule.code: (rule.matched, rule.why) for rule in told.rules}
    assert verdicts["private"] == ("yes", "matches")
    assert verdicts["in-park"] == ("no", "does not match: lies on park (here: private parcel)")
    assert told.links == ("The place lies on: private parcel.", "The resident's answer says whose ground it is.")
    assert told.outcome[1:] == ("Rule 7 decides: Rule private.", "It goes to Code, Desk, priority normal.")


def test_an_explanation_of_many_rules_costs_few_queries(
    city: City, rules: Rules, django_assert_max_num_queries: Any
) -> None:
    rules(*TREES)
    request = stored(city, 230, 530, answers={"where": "yard"})
    explain(request)
    with django_assert_max_num_queries(9):
        assert len(explain(request).rules) == len(TREES)


def test_a_place_near_a_line_is_explained_with_its_candidates(city: City, rules: Rules) -> None:
    rules(*TREES)
    told = explain(stored(city, 230, 512))
    assert told.links[1] == "In doubt, because a line is within 5 m: right-of-way and private parcel."
    assert [rule.code for rule in told.rules if rule.matched == "perhaps"] == ["in-street", "private"]
    assert "rules 5 or 7" in told.outcome[1]


def test_borders_are_explained_with_metres(city: City, rules: Rules) -> None:
    rules(*TREES)
    told = explain(stored(city, 495, 300))
    assert "Beat 1: 5.0 m from the border; might be 2." in told.links
    assert told.outcome[1] == "No exception matches; the table of defaults decides."


def test_what_staff_chose_is_explained(city: City, rules: Rules) -> None:
    rules(*TREES)
    request = stored(city, 400, 300)
    choose(request.pk, Area.objects.get(kind=city.squared.kinds["beat"], code="2"))
    links = link(subject_of(request))
    keep_links(request.pk, links)
    assert city.squared.area("beat:2") in links.area_ids
    assert "Beat 2: chosen by staff." in explain(request).links


def test_in_spanish_there_is_no_english(city: City, rules: Rules) -> None:
    rules(*TREES, rule("told", {"services": ["tree"], "office": "open"}, copies=["parks/desk"]))
    told = explain(stored(city, 400, 300), "es")
    assert "El lugar está sobre: ninguno." in told.links
    assert told.rules[2].why == "no coincide: está sobre parque (aquí: ninguno)"
    assert told.outcome[-1] == "Se avisa al mismo tiempo a: Mesa."


def test_a_request_that_nobody_routed_says_so(city: City) -> None:
    assert explain(city.hall.request()).outcome == ("Nobody has decided yet who gets it.",)


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_every_text_is_told_in_every_language_with_the_same_blanks(key: str) -> None:
    texts = TEXTS[key]
    assert len(texts) == len(LANGUAGES)
    assert len({text.count("{}") for text in texts}) == 1
