"""The map's numbers are the list's, whatever is asked and whatever was written: summary, list, export, plain Python."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import mapbox_vector_tile
import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geoserver_app.density import upkeep
from geoserver_app.density.check import check
from geoserver_app.density.drain import drain
from geoserver_app.density.models import Audience
from geoserver_app.density.read import Run
from geoserver_app.density.rebuild import rebuild
from geoserver_app.intake.models import Incident, ServiceRequest
from geoserver_app.published import access
from geoserver_app.published.filters import AreaFilter, Filters
from geoserver_app.published.heat import heat
from geoserver_app.published.listing import everything, page
from geoserver_app.published.patches import Cell
from geoserver_app.published.request_tiles import request_tile
from geoserver_app.published.summary import summary
from geoserver_app.published.tilesets import tile_at
from tests import proofs
from tests.density import counted_town
from tests.density.counted_town import COUNTED, MOMENTS, CountedTown, filters_of, plainly, undone
from tests.kept import built

WHOLE = (-119.8, 35.9, -119.6, 36.1)
PART = (-119.7206, 35.9995, -119.7199, 36.0006)


@pytest.fixture(scope="module")
def _town(django_db_blocker: Any) -> Iterator[CountedTown]:
    with built(django_db_blocker, counted_town.build) as made:
        yield made


@pytest.fixture
def place(db: None, _town: CountedTown) -> CountedTown:
    return _town


AUDIENCES = st.sampled_from(list(Audience))
FILTERS = st.fixed_dictionaries({
    "services": st.none() | st.sets(st.sampled_from([0, 1, 2]), min_size=1),
    "status": st.sampled_from([None, "open", "closed", "recent"]),
    "since": st.none() | st.sampled_from(MOMENTS),
    "until": st.none() | st.sampled_from(MOMENTS),
    "areas": st.lists(st.tuples(st.sampled_from([*COUNTED, "block_watch"]), st.sets(st.integers(0, 2), min_size=1)),
                      max_size=2, unique_by=lambda one: one[0]),
    "count": st.sampled_from(["incidents", "reports"]),
    "states": st.sampled_from([(), (), ("assigned",)]),
})  # fmt: skip
STEPS = st.lists(st.sampled_from(["write", "write", "write", "drain one", "drain", "rebuild", "expire"]), max_size=7)
few = settings(deadline=None, max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
many = settings(few, max_examples=proofs.EXAMPLES)


def asked(audience: Audience, place: CountedTown, raw: dict[str, Any]) -> Filters:
    services = [one.pk for one in place.services()]
    areas = tuple(
        AreaFilter(kind, (), frozenset(place.areas[kind][n].pk for n in numbers)) for kind, numbers in raw["areas"]
    )
    chosen = None if raw["services"] is None else frozenset(services[n] for n in raw["services"])
    states = raw["states"] if audience == Audience.STAFF else ()
    return filters_of(audience, place, **{**raw, "services": chosen, "areas": areas, "states": states})


def a_history(place: CountedTown, steps: list[str], seed: int) -> None:
    draw = Random(seed)
    for _ in range(25):
        place.request(draw, incident=draw.choice([None, None, None, *Incident.objects.all()[:2]]))
    for step in steps:
        match step:
            case "write":
                write(place, draw)
            case "drain one":
                drain(place.town.jurisdiction, limit=1)
            case "drain":
                drain(place.town.jurisdiction)
            case "rebuild":
                rebuild(place.town.jurisdiction, kinds=COUNTED)
            case "expire":
                upkeep.expire(place.town.jurisdiction, at=timezone.now() + timedelta(days=draw.choice((1, 40))))


def write(place: CountedTown, draw: Random) -> None:
    """A few changes, each of several requests in one statement."""
    requests = list(ServiceRequest.objects.order_by("pk"))
    some = ServiceRequest.objects.filter(pk__in=[one.pk for one in draw.sample(requests, 4)])
    match draw.choice(["insert", "close", "open", "service", "move", "follow", "delete", "when"]):
        case "insert":
            place.request(draw)
        case "close":
            some.update(state="closed", closed_at=counted_town.NOW)
        case "open":
            some.update(state="assigned", closed_at=None)
        case "service":
            some.update(service=draw.choice(place.services()))
        case "move":
            some.update(**place.place(draw))
        case "follow":
            some.update(leads=False)
        case "delete":
            some.delete()
        case "when":
            some.update(requested_datetime=draw.choice(MOMENTS))


def assert_agrees(audience: Audience, filters: Filters, *, drawn: bool = True) -> None:
    """Every way to count says what plain Python says; ``drawn``: clusters, squares and tiles too."""
    expected = plainly(audience, filters)
    on_map = [one for one in expected if counted_town.morton_of(audience, one) is not None]
    with access.of_staff(longest_ms=60_000) as run:
        whole = summary(run, audience, filters, bbox=WHOLE, zoom=12, draw="cells")
        assert (whole.total, whole.on_map, whole.in_view) == (len(expected), len(on_map), len(on_map))
        assert whole.off_map == whole.total - whole.on_map
        listed = page(run, audience, filters, limit=1_000)
        for zoom, bbox in ((18, PART), (13, WHOLE)):
            view = summary(run, audience, filters, bbox=bbox, zoom=zoom, draw="cells")
            for unit in view.units:
                within = replace(filters, cells=(unit.cell,))
                assert len(page(run, audience, within, limit=1_000)) == unit.n == len(plainly(audience, within))
        single = summary(run, audience, filters, bbox=WHOLE, zoom=14)
        if drawn:
            drawn_alike(run, audience, filters, on_map)
    newest_first = sorted(expected, key=lambda one: (one.requested_datetime, one.pk), reverse=True)
    assert [one.id for one in listed] == [one.pk for one in newest_first]
    exported = everything(lambda: access.of_staff(longest_ms=60_000), audience, filters, size=7)
    assert [one.id for one in exported] == [one.pk for one in newest_first]
    assert sorted(one.id for one in single.single) == sorted(one.pk for one in on_map)


def drawn_alike(run: Run, audience: Audience, filters: Filters, on_map: list[ServiceRequest]) -> None:
    """Clusters, heat and tiles count what stands on the map; what a cluster names is what it counts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("geoserver_app.published.summary.FEW", -1)
        clusters = summary(run, audience, filters, bbox=WHOLE, zoom=14).units
    assert sum(one.n for one in clusters) == len(on_map)
    for one in clusters[:3]:
        named = replace(filters, cells=one.cell.cells)
        assert len(page(run, audience, named, limit=1_000)) == one.n == len(plainly(audience, named))
    assert sum(one.n for one in heat(run, audience, filters, bbox=WHOLE, zoom=14).squares) == len(on_map)
    for at in (Cell(12, *tile_at(*counted_town.SPOTS[0], 12)), Cell(17, *tile_at(*counted_town.SPOTS[0], 17))):
        inside = plainly(audience, replace(filters, cells=(at,)))
        if filters.cells is None:
            assert in_tile(request_tile(run, audience, filters, at)) == len(inside)


def in_tile(content: bytes) -> int:
    features = mapbox_vector_tile.decode(content)["request"]["features"] if content else []
    return sum(one["properties"]["n"] for one in features)


@few
@given(steps=STEPS, seed=st.integers(0, 10**6), audience=AUDIENCES, raw=st.lists(FILTERS, min_size=2, max_size=3))
def test_every_answer_is_the_table(
    place: CountedTown, steps: list[str], seed: int, audience: Audience, raw: Any
) -> None:
    with undone():
        a_history(place, ["rebuild", *steps], seed)
        for number, one in enumerate(raw):
            assert_agrees(audience, asked(audience, place, one), drawn=number == 0)
        assert [found.wrong for found in check(place.town.jurisdiction)] == [0, 0]


@pytest.mark.slow
@pytest.mark.timeout(1200)
@many
@given(steps=STEPS, seed=st.integers(0, 10**6), audience=AUDIENCES, raw=st.lists(FILTERS, min_size=3, max_size=5))
def test_every_answer_is_the_table_at_length(
    place: CountedTown, steps: list[str], seed: int, audience: Audience, raw: Any
) -> None:
    with undone():
        a_history(place, steps, seed)
        for number, one in enumerate(raw):
            assert_agrees(audience, asked(audience, place, one), drawn=number == 0)
        assert all(found.wrong == 0 for found in check(place.town.jurisdiction))


def test_cells_that_lie_in_one_another_count_each_request_once(place: CountedTown) -> None:
    with undone():
        a_history(place, ["rebuild"], 7)
        filters = filters_of(Audience.STAFF, place, count="reports")
        wide = Cell(12, *tile_at(*counted_town.SPOTS[0], 12))
        fine = Cell(16, *tile_at(*counted_town.SPOTS[0], 16))
        assert_agrees(Audience.STAFF, replace(filters, cells=(wide, fine)))
