"""The OpenAPI document: it is valid, it names every address, and the server answers as it says, whatever comes."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from geoserver_app.accounts.models import ApiKey
from geoserver_app.open311.openapi import document
from geoserver_app.report import pace
from tests import one_connection
from tests.open311.conftest import Endpoint
from tests.open311.test_listing import report
from tests.proofs import CASES

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)


def test_every_address_is_in_the_document(endpoint: Endpoint) -> None:
    served = endpoint.client.get("/open311/v2/openapi.json").json()
    assert served == document()
    named = {operation["operationId"] for path in served["paths"].values() for operation in path.values()
             if isinstance(operation, dict)}  # fmt: skip
    resolver = next(one for one in get_resolver().url_patterns if getattr(one, "namespace", "") == "open311")
    addresses = {one.name for one in resolver.url_patterns} - {"openapi", "nowhere"}
    assert addresses <= named


def test_it_answers_as_its_document_says(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    statuses = fuzz(endpoint, monkeypatch, 8)
    assert statuses[200] > 10
    assert statuses[400] > 10


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_it_answers_as_its_document_says_in_thousands_of_cases(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    statuses = fuzz(endpoint, monkeypatch, CASES // 9 + 4)
    print(dict(statuses), sum(statuses.values()))  # noqa: T201 - the tally is the point
    assert sum(statuses.values()) >= CASES


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    with one_connection.kept_open():
        yield


def fuzz(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, examples: int) -> Counter[int]:
    """Asks each operation a number of times with what its document allows; how often each status came back."""
    report(endpoint, service="every", answers={"singlevaluelist": "a"})
    ApiKey.objects.update(per_minute=10_000_000, per_day=10_000_000)
    monkeypatch.setattr(pace, "may", lambda *_a, **_k: True)
    schema = schemathesis.openapi.from_wsgi("/open311/v2/openapi.json", get_wsgi_application())
    statuses: Counter[int] = Counter()
    for found in schema.get_all_operations():
        _fuzz_one(found.ok(), endpoint, statuses, examples)
    return statuses


def _fuzz_one(operation: Any, endpoint: Endpoint, statuses: Counter[int], examples: int) -> None:
    @hypothesis.settings(
        max_examples=examples, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(hypothesis.HealthCheck),
    )  # fmt: skip
    @hypothesis.given(case=operation.as_strategy(), named=hypothesis.strategies.integers(0, 4))
    def ask(case: Any, named: int) -> None:
        for given in (case.query, case.body):
            if named and isinstance(given, dict):
                given.pop("jurisdiction_id", None)  # most of them about the one that there is
        if case.method == "POST":
            case.headers = {**(case.headers or {}), "X-Api-Key": endpoint.key}
        answer = case.call()
        case.validate_response(answer, checks=CHECKS)
        statuses[answer.status_code] += 1

    ask()
