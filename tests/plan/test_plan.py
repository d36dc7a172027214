"""The planners' page: every count is what plain Python counts, and nobody counts what they may not see."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.gis.geos import LineString, MultiPolygon
from django.http import QueryDict
from django.test import Client

from geoserver_app.accounts.roles import Role
from geoserver_app.console import desk as desks
from geoserver_app.density.models import Audience
from geoserver_app.density.rebuild import rebuild
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.plan.classes import class_of, classes
from layers.models import Kind
from tests import factories
from tests.console.conftest import BACKEND
from tests.density import counted_town
from tests.density.counted_town import COUNTED, NOW, CountedTown, filters_of, plainly
from tests.kept import built

# Three areas beside each other, a hundredth of a degree wide.
WEST, SOUTH, WIDE = -119.73, 35.99, 0.01


def drawn() -> CountedTown:
    made, draw = counted_town.build(), Random(23)
    place = made.town.jurisdiction
    for name, role, given in (
        ("planner", Role.PLANNER, {}), ("manager", Role.MANAGER, {"sensitive": True}),
        ("half", Role.PLANNER, {"department": made.town.works}),
    ):  # fmt: skip
        made.town.person(name, role, **given)
    for code, areas in made.areas.items():
        kind = Kind.objects.get(jurisdiction=place, code=code)
        Kind.objects.filter(pk=kind.pk).update(on_map=True)
        factories.edition(kind)
        for n, one in enumerate(areas):
            box = factories.box(WEST + n * WIDE, SOUTH, WEST + (n + 1) * WIDE, SOUTH + 0.02)
            said = {} if n == 2 else {"population": 500 * (n + 1)}
            type(one).objects.filter(pk=one.pk).update(slug=one.code)
            factories.area(kind, one.code, MultiPolygon(box, srid=4326), attributes=said)
    lines, lots = factories.kind(place, "centerline", "centerline", "line"), factories.kind(place, "parcel", "parcel")
    across = LineString((WEST, 36.0), (WEST + 2 * WIDE, 36.0), srid=4326)
    factories.street(lines, "S1", across, "Main St", road_class="local")
    for n in range(4):
        x = WEST + 0.001 + n * 0.001
        factories.parcel(lots, f"42-{n}", factories.box(x, 36.001, x + 0.0004, 36.0014), situs_address=f"{n} Main St")
    for _ in range(120):
        made.request(draw)
    rebuild(place, kinds=COUNTED)
    return made


@pytest.fixture(scope="module")
def _town(django_db_setup: None, django_db_blocker: Any) -> Iterator[CountedTown]:
    with built(django_db_blocker, drawn) as made:
        yield made


@pytest.fixture
def town(_town: CountedTown, db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> CountedTown:
    settings.ALLOWED_HOSTS = ["almendra.example"]
    monkeypatch.setattr(desks, "timezone", SimpleNamespace(now=lambda: NOW))
    return _town


def ask(town: CountedTown, query: str = "", name: str = "planner", path: str = "") -> Any:
    browser = Client(HTTP_HOST="almendra.example")
    browser.force_login(town.town.people[name], backend=BACKEND)
    return browser.get(f"/plan/{path}?{query}")


def counted(answer: Any) -> dict[str, int]:
    return {row.ground.area.code: row.count for row in answer.context["ranking"].rows}


def plain(town: CountedTown, kind: str, given: dict[str, Any], sensitive: bool) -> dict[str, int]:
    rows = plainly(Audience.STAFF, filters_of(Audience.STAFF, town, **given))
    kept = [one for one in rows if sensitive or not one.service.sensitive]
    return {area.code: sum(area.pk in one.area_ids for one in kept) for area in town.areas[kind]}


@pytest.mark.parametrize("kind", ["neighborhood", "block_watch"])
@pytest.mark.parametrize(
    ("first", "last"),
    [pytest.param("2026-09-01", "2026-10-31", marks=pytest.mark.slow), ("2026-09-10", "2026-11-20"),
     ("2026-09-14", "2026-09-14")],
)  # fmt: skip
@pytest.mark.parametrize("name", ["planner", "manager"])
def test_every_area_counts_what_plain_python_counts(
    town: CountedTown, kind: str, first: str, last: str, name: str
) -> None:
    query = f"kind={kind}&requested_from={first}&requested_to={last}"
    codes = filters_of(Audience.STAFF, town).codes
    days = {"since": codes.midnight(date.fromisoformat(first)),
            "until": codes.midnight(date.fromisoformat(last) + timedelta(days=1))}  # fmt: skip
    assert counted(ask(town, query, name)) == plain(town, kind, days, sensitive=name == "manager")


def test_services_and_status_narrow_it_down(town: CountedTown) -> None:
    codes = filters_of(Audience.STAFF, town).codes
    query = "kind=beat&service_code=pothole&status=open&requested_from=2020-01-01&requested_to=2026-12-31"
    given = {"services": frozenset({codes.services["pothole"]}), "status": "open"}
    assert counted(ask(town, query)) == plain(town, "beat", given, sensitive=False)


def test_a_planner_of_one_department_counts_its_requests_alone(town: CountedTown) -> None:
    town.town.request(at=NOW, department=town.town.works, state="assigned", area_ids=[town.areas["beat"][0].pk])
    found = counted(ask(town, "kind=beat&requested_from=2020-01-01&requested_to=2026-12-31", "half"))
    rows = ServiceRequest.objects.filter(department=town.town.works, leads=True, service__sensitive=False)
    assert found == {area.code: sum(area.pk in one.area_ids for one in rows) for area in town.areas["beat"]}
    assert sum(found.values()) > 0


def test_rates_are_of_residents_streets_and_parcels(town: CountedTown) -> None:
    rows = {row.ground.area.code: row for row in ask(town, "kind=beat&rate=residents").context["ranking"].rows}
    first, second, third = (rows[f"beat-{n}"] for n in range(3))
    assert first.value == pytest.approx(first.count / 500 * 1000)
    assert (third.value, third.rank, third.of_class) == (None, None, None)  # nobody said how many live there
    assert first.ground.street_km == pytest.approx(0.902, abs=0.005)  # a hundredth of a degree at 36 degrees north
    assert (second.ground.street_km, third.ground.street_km) == (pytest.approx(first.ground.street_km, rel=1e-3), 0)
    assert [one.ground.parcels for one in (first, second, third)] == [4, 0, 0]


def test_the_most_stand_first_and_equals_share_a_rank(town: CountedTown) -> None:
    rows = ask(town, "kind=beat&requested_from=2020-01-01&requested_to=2026-12-31").context["ranking"].rows
    values = [row.value for row in rows]
    assert values == sorted(values, reverse=True)
    assert [row.rank for row in rows] == [1 + sum(other > value for other in values) for value in values]


def test_quantiles_and_equal_steps() -> None:
    values = [1.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 101.0]
    by_number, by_step = classes(values, "quantiles"), classes(values, "equal")
    assert [one.n for one in by_number] == [2, 2, 2, 2, 2]
    assert [(one.low, one.n) for one in by_step] == [(1, 9), (21, 0), (41, 0), (61, 0), (81, 1)]
    assert [class_of(value, by_step).number for value in (1.0, 101.0)] == [1, 5]
    assert [(one.low, one.high, one.n) for one in classes([3.0, 3.0], "quantiles")] == [(3.0, 3.0, 2)]
    assert classes([], "equal") == []


def test_files_and_picture_say_what_the_page_says(town: CountedTown) -> None:
    query = "kind=beat&rate=residents&classes=equal&service_code=pothole&requested_from=2020-01-01"
    page = ask(town, query)
    links = page.context["files"]
    assert QueryDict(links["csv"].partition("?")[2])["requested_to"] == "2026-10-31"  # written out
    rows = list(csv.DictReader(io.StringIO(ask(town, query, path="areas.csv").content.decode())))
    assert {row["code"]: int(row["incidents"]) for row in rows} == counted(page)
    layer = json.loads(ask(town, query, path="areas.geojson").content)
    told = {one["properties"]["code"]: one for one in layer["features"]}
    assert {code: one["properties"]["incidents"] for code, one in told.items()} == counted(page)
    assert told["beat-0"]["geometry"]["type"] == "MultiPolygon"
    picture = ask(town, query, path="map.svg").content.decode()
    used = {row.of_class.color for row in page.context["ranking"].rows if row.of_class}
    assert all(f'fill="{color}"' in picture for color in used)


@pytest.mark.parametrize("query", ["kind=river", "rate=gold", "classes=per-view", "requested_from=never"])
def test_what_cannot_be_asked_is_refused_with_a_sentence(town: CountedTown, query: str) -> None:
    answer = ask(town, query)
    assert answer.status_code == 400
    assert query.partition("=")[2] in answer.content.decode()
