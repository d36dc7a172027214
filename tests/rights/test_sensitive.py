"""However many sensitive requests come and go: not a byte of any public answer changes, but for the fixed table."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from geoserver_app import flow
from geoserver_app.accounts.rights import rights_of
from geoserver_app.density.drain import drain
from geoserver_app.density.rebuild import rebuild
from geoserver_app.intake.submission import Submission
from geoserver_app.published import access, reader
from geoserver_app.published.tilesets import tile_at
from geoserver_app.work.steps import Words
from tests import life
from tests.link.squared import at
from tests.rights.story import Story
from tests.rights.table import ALL, TABLE
from tests.rights.test_story import filled  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
# What tells the time, or is drawn by chance: tokens of forms, and how old an answer is.
PASSING = re.compile(
    rb'name="csrfmiddlewaretoken" value="[^"]+"|"(as_of|token|begun|stamp)": ?"[^"]*"|nonce-[\w-]+|nonce="[^"]+"'
    rb"|<updated>[^<]*</updated>|[0-9a-f]{32}"
)
MORE = (
    "/map/summary?bbox=-119.73,35.99,-119.70,36.02&z=13&draw=cells&status=all&count=reports",
    "/map/tiles/14/{}/{}.mvt?status=all&count=reports".format(*tile_at(*at(350, 705), 14)),
    "/map/heat?bbox=-119.73,35.99,-119.70,36.02&z=13&status=all",
    "/map/list?bbox=-119.73,35.99,-119.70,36.02&z=13&status=all",
    "/requests/?count=reports&status=closed", "/requests/?area=beat:1", "/feeds/requests.csv?count=reports",
    "/feeds/requests.geojson?area=beat:1&requested_from=2026-11-16&requested_to=2026-11-16",
    "/open311/v2/requests.json", "/open311/v2/requests.xml?extensions=true&status=open,closed", "/api/requests",
    "/neighborhoods/n1/?since=2026-11-01",
)  # fmt: skip


@pytest.fixture
def _one_moment(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """Time stands still, and the pool sees what the test wrote."""
    now = timezone.now()
    monkeypatch.setattr(reader, "one_snapshot", access.of_public)
    monkeypatch.setattr(timezone, "now", lambda: now)
    rebuild(story.ordinary.jurisdiction)


def public(filled: dict[str, str]) -> list[str]:  # noqa: F811
    """Every address that a stranger may open."""
    rows = [row for row in TABLE if row.to == ALL and row.method == "get"]
    return [*(row.path.format(**filled) for row in rows), *MORE]


def answers(paths: Any) -> dict[str, bytes]:
    """What a stranger gets, without what passes by itself."""
    browser, found = Client(), {}
    for path in paths:
        cache.clear()
        answer = browser.get(path, headers={"accept-language": "en"})
        assert answer.status_code < 500, path
        found[path] = PASSING.sub(b"", answer.getvalue())
    return found


def tip(story: Story, x: float, y: float) -> Any:
    lon, lat = at(x, y)
    service = story.sensitive.service
    given = Submission(service.jurisdiction_id, service.pk, "web", lon=lon, lat=lat, place_method="pin")
    return flow.submit(given, at=life.MONDAY).request


@pytest.mark.usefixtures("_one_moment")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("everywhere", [pytest.param(True, marks=pytest.mark.slow), False])
def test_sensitive_requests_leave_no_trace_in_any_public_answer(
    story: Story,
    filled: dict[str, str],  # noqa: F811
    everywhere: bool,
) -> None:
    """Each day where requests are counted and listed; at length at every address that there is."""
    paths = public(filled) if everywhere else list(MORE)
    before, seen = answers(paths), []
    later = life.MONDAY + timedelta(hours=2)
    made = [tip(story, 350 + 3 * n, 700) for n in range(4)]
    seen.append(answers(paths))
    drain(story.ordinary.jurisdiction)
    by = rights_of(story.people["trusted"], at=later)
    flow.transition(made[0].pk, to="closed", by=by, at=later, words=Words(resolution="repaired"))
    seen.append(answers(paths))
    rebuild(story.ordinary.jurisdiction)
    seen.append(answers(paths))
    assert [path for found in seen for path in paths if found[path] != before[path]] == []


@pytest.mark.usefixtures("_one_moment")
def test_the_same_comparison_sees_an_ordinary_request(story: Story) -> None:
    before = answers(MORE)
    lon, lat = at(350, 705)
    service = story.ordinary.service
    flow.submit(
        Submission(service.jurisdiction_id, service.pk, "web", lon=lon, lat=lat, place_method="pin"), at=life.MONDAY
    )
    now = answers(MORE)
    assert {path for path in MORE if now[path] == before[path]} <= {"/requests/?count=reports&status=closed"}
