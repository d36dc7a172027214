"""Two programs at the same moment, on two connections, both of which know the request as it stands."""

from collections.abc import Callable
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.test import Client

from geoserver_app.accounts import keys
from geoserver_app.accounts.roles import Role
from geoserver_app.api import caller, handing, versions, work
from tests import life
from tests.duplicates.test_at_once import at_once, reported
from tests.flow.conftest import with_rules


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_who_know_the_same_one_is_late(
    transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have passed the look at the beginning: only the one under lock keeps the second out."""
    city = with_rules(tmp_path)
    request = reported(city, "ana", 350.0)
    key = keys.make(
        city.hall.jurisdiction, "field", scopes=["work"], at=life.MONDAY, user=city.hall.person("dora", Role.DISPATCHER)
    )[1]
    monkeypatch.setattr(caller, "now", lambda: life.MONDAY)
    both_looked = Barrier(2)

    def look(*asked: Any) -> Any:
        known = versions.known_to(*asked)
        both_looked.wait(timeout=30)
        return known

    for door in (work, handing):
        monkeypatch.setattr(door, "known_to", look)
    tag = f'"{request.history.latest("pk").pk}-{"0" * 32}"'
    answers: list[Any] = []

    def sent(path: str, body: Any) -> Callable[[], None]:
        def ask() -> None:
            headers = {"x-api-key": key, "if-match": tag}
            address = f"/api/requests/{request}/{path}"
            answers.append(Client().post(address, body, content_type="application/json", headers=headers))

        return ask

    before = request.history.count()
    at_once(sent("transitions", {"to": "accepted"}), sent("handovers", {"department": "parks", "reason": "A tree"}))
    assert sorted(one.status_code for one in answers) == [200, 412]
    assert request.history.count() == before + 1
