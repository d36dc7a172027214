"""An installation that serves no city yet."""

import json

from django.test import Client


def test_nothing_served_yet_is_an_answer_too(db: None) -> None:
    answer = Client().get("/open311/discovery.json")
    assert answer.status_code == 200
    assert "No city" in json.loads(answer.content)["contact"]
    assert Client().get("/open311/v2/services.json").status_code == 400
