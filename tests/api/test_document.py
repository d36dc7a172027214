"""The OpenAPI document: made from the code, and the server answers as it says, whatever comes."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from geoserver_app.report import pace
from tests import one_connection
from tests.api.conftest import Programs
from tests.link.squared import at
from tests.proofs import CASES

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
PLENTY = 10_000_000
LON, LAT = at(350, 700)
# What nobody draws by chance: with it reports are taken in, steps are taken, and requests change hands.
KNOWN = {
    "service_code": "pothole", "long": LON, "lat": LAT, "department": "parks", "desk": "desk", "agency": "county-roads",
    "assignee": "tess", "resolution": "repaired",
}  # fmt: skip


def test_the_document_names_every_address_and_how_it_is_refused(programs: Programs) -> None:
    paths = programs.client.get("/api/openapi.json").json()["paths"]
    assert set(paths) == {
        f"/api/{path}" for path in (
            "services", "services/{code}", "resolutions", "requests", "requests/{number}",
            "requests/{number}/transitions", "requests/{number}/handovers", "requests/{number}/assignments",
            "requests/{number}/referrals", "departments", "agencies", "area-kinds", "areas", "areas/{kind}/{code}",
            "areas-here", "geocode", "reverse-geocode",
        )
    }  # fmt: skip
    for operations in paths.values():
        for operation in operations.values():
            assert {"400", "401", "429", "503"} <= set(operation["responses"])
            assert {"KeyHeader": []} in operation["security"]
            assert ({} in operation["security"]) == ("403" not in operation["responses"])


def test_it_answers_as_its_document_says(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    statuses = fuzz(programs, monkeypatch, 85)
    assert statuses[200] > 20
    assert statuses[400] > 0


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_it_answers_as_its_document_says_in_thousands_of_cases(
    programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    statuses = fuzz(programs, monkeypatch, CASES)
    print(dict(statuses), sum(statuses.values()))  # noqa: T201 - the tally is the point
    assert sum(statuses.values()) >= CASES
    assert statuses[200] and statuses[201] and statuses[409]


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    with one_connection.kept_open():
        yield


def fuzz(programs: Programs, monkeypatch: pytest.MonkeyPatch, cases: int) -> Counter[int]:
    """Asks all operations so many times, each alike, with what its document allows; how often each status came back."""
    monkeypatch.setattr(pace, "may", lambda *_a, **_k: True)
    keys = ("", programs.key("report", "read", "work", who="trusted", per_minute=PLENTY, per_day=PLENTY))
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())
    statuses: Counter[int] = Counter()
    operations, known = list(schema.get_all_operations()), [str(one) for one in programs.story.requests.values()]
    for found in operations:
        _fuzz_one(found.ok(), keys, known, statuses, -(-cases // len(operations)))
    return statuses


def _fuzz_one(operation: Any, keys: tuple[str, ...], known: list[str], statuses: Counter[int], examples: int) -> None:
    """Every other case about something that there is, and with the key of somebody who may see it."""

    @hypothesis.settings(
        max_examples=examples, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(hypothesis.HealthCheck),
    )  # fmt: skip
    @hypothesis.given(case=operation.as_strategy(), turn=hypothesis.strategies.integers(0, 7))
    def ask(case: Any, turn: int) -> None:
        key = keys[turn % 2]
        case.headers = {name: text for name, text in (case.headers or {}).items() if name != "X-Api-Key"}
        case.headers |= {"X-Api-Key": key} if key or case.method == "GET" else {"X-Api-Key": keys[1]}
        if turn and isinstance(case.query, dict):
            case.query.pop("jurisdiction", None)  # most of them about the one that there is
        if turn < 4 and "number" in case.path_parameters:
            case.path_parameters["number"] = known[turn]
        if turn < 4 and isinstance(case.body, dict):
            case.body |= {name: fixed for name, fixed in KNOWN.items() if name in case.body}
        answer = case.call()
        case.validate_response(answer, checks=CHECKS)
        statuses[answer.status_code] += 1

    ask()
