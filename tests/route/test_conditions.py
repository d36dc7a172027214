"""What is wrong with a rule is said in a sentence, and nothing is written."""

from pathlib import Path
from typing import Any

import pytest

from geoserver_app.route.models import RuleSet
from layers.errors import BadFile
from tests.route.city import City, rule
from tests.route.conftest import Rules


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ({}, "would match every request"),
        ({"service": ["tree"]}, "'service' is no condition; there are: services"),
        ({"services": ["tre"]}, "there is no service 'tre'"),
        ({"services": "tree"}, "'services' must be a list of codes"),
        ({"groups": ["bushes"]}, "there is no group 'bushes'"),
        ({"areas": ["beat:9"]}, "there is no area 'beat:9'"),
        ({"areas": "beat:1"}, "must be a list such as"),
        ({"lies_on": ["moon"]}, "'lies_on' has 'moon', but a place can lie on: right_of_way"),
        ({"asset_kinds": ["asset:car"]}, "which nothing here has; there are: asset:street_light, asset:tree"),
        ({"land_uses": ["Vacnt"]}, "'land_uses' has 'Vacnt', which nothing here has"),
        ({"answers": {"where": ["yard"]}}, "no service of this rule asks a list question 'where'"),
        ({"services": ["tree"], "answers": {"where": ["roof"]}}, "question 'where' has no answer 'roof'"),
        ({"services": ["tree"], "answers": ["yard"]}, "must be a mapping of questions"),
        ({"evidence": ["rumor"]}, "'evidence' has 'rumor'"),
        ({"channels": ["pigeon"]}, "'channels' has 'pigeon'"),
        ({"weekdays": ["funday"]}, "'funday' is no weekday"),
        ({"time": "night"}, "'time' must be a stretch of the day"),
        ({"time": {"from": "25:00", "to": "07:00"}}, "'time' must be a stretch of the day"),
        ({"office": "ajar"}, "'office' is 'ajar', but must be open or closed"),
    ],
)
def test_a_wrong_condition_is_refused_with_a_sentence(
    city: City, rules: Rules, condition: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(BadFile) as refused:
        rules(rule("it", condition, post="code/desk"))
    assert sentence in str(refused.value)
    assert "rule 'it'" in str(refused.value)
    assert not RuleSet.objects.exists()


@pytest.mark.parametrize(
    ("then", "sentence"),
    [
        ({}, "decides nothing"),
        ({"post": "moon/desk"}, "there is no post 'moon/desk'"),
        ({"department": "moon"}, "there is no department 'moon'"),
        ({"agency": "moon"}, "there is no agency 'moon'"),
        ({"copies": ["moon/desk"]}, "there is no post 'moon/desk'"),
        ({"department": "code", "post": "parks/desk"}, "is not one of department"),
        ({"priority": "now"}, "must be one of: low, normal, high, urgent"),
        ({"desk": "code/desk"}, "'desk' is not known here"),
    ],
)
def test_a_wrong_outcome_is_refused_with_a_sentence(
    city: City, rules: Rules, then: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(BadFile) as refused:
        rules(rule("it", {"services": ["tree"]}, **then))
    assert sentence in str(refused.value)


def test_every_service_needs_a_row_in_the_table(city: City, rules: Rules) -> None:
    with pytest.raises(BadFile, match="service 'pothole' has no row in the table of defaults"):
        rules(defaults=[{"service": "tree", "post": "forestry/desk"}])


def test_services_that_are_not_listed_go_to_their_own_department(city: City, rules: Rules, tmp_path: Path) -> None:
    city.hall.works_post.code = "desk"
    city.hall.works_post.save()
    city.hall.parking_post.code = "desk"
    city.hall.parking_post.save()
    rules(defaults=[], other_services="desk")
    assert city.desk(city.route("pothole", 400, 300)) == "public-works"


def test_all_faults_are_told_at_once(city: City, rules: Rules) -> None:
    with pytest.raises(BadFile) as refused:
        rules(rule("a", {"services": ["x"]}, post="y/z"), rule("b", {"lies_on": ["moon"]}, post="code/desk"))
    assert {"'x'", "'y/z'", "'moon'"} <= {word.strip(",;") for word in str(refused.value).split()}


def test_a_rule_speaks_every_language_of_the_city(city: City, rules: Rules) -> None:
    with pytest.raises(BadFile, match="'sentence' is missing in 'es'"):
        rules(rule("it", {"services": ["tree"]}, post="code/desk") | {"sentence": {"en": "Only English."}})
