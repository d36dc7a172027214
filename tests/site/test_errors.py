"""Refusals that arise before any view: they are answered, and in the form that was asked for."""

import pytest
from django.test import Client

from tests import life


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "a b", "[::1"])
@pytest.mark.parametrize("path", ["/", "/requests/", "/console/", "/nowhere"])
def test_a_foreign_host_header_is_refused_with_a_page(host: str, path: str) -> None:
    life.town()
    answer = Client().get(path, headers={"accept": "text/html"}, HTTP_HOST=host)
    assert answer.status_code == 400
    assert "That did not work" in answer.content.decode()


@pytest.mark.django_db
def test_a_foreign_host_header_is_refused_in_json_to_programs() -> None:
    answer = Client().get("/requests/", headers={"accept": "application/json"}, HTTP_HOST="evil.example")
    assert answer.status_code == 400
    assert answer.json() == {"error": {"status": 400}}
