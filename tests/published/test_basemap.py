"""The kept basemap: rendered once, only what changed rendered again, and never served when it is no longer right."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import F
from django.db.transaction import atomic
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from psycopg.types.multirange import Int4Multirange
from psycopg.types.range import Int4Range

from geoserver_app import jobs
from geoserver_app.published import basemap, served
from geoserver_app.published.models import BasemapSet, BasemapTile
from geoserver_app.published.render import TileAt, pack, render
from geoserver_app.published.tilesets import BASEMAP
from layers.models import Jurisdiction, Kind
from tests import factories as make
from tests.published.conftest import X, Y, Z, tile_box
from tests.worker import run_jobs

# The outline lies inside one tile of zoom 14: one tile at zooms 10 to 14, 4 at 15, 16 at 16.
ALL = 5 + 4 + 16
TILE = f"/tiles/basemap/{Z}/{X}/{Y}.mvt"


@pytest.fixture
def place() -> Jurisdiction:
    return make.jurisdiction(outline=tile_box(8, 8, 4088, 4088))


def run(place: Jurisdiction, **options: Any) -> basemap.Rendering:
    return basemap.bring_up_to_date(place.pk, **options)


def next_edition(kind: Kind, *, without: Any = (), of: Any = None) -> None:
    """Puts an edition in force that leaves shapes out or has other ones, as an activation does."""
    with atomic():
        edition = make.edition(kind)
        for shape in without:
            shape.editions, shape.in_force = Int4Multirange([Int4Range(1, edition.seq)]), False
            shape.save()
        if of:
            of()
        Jurisdiction.objects.filter(pk=kind.jurisdiction_id).update(epoch=F("epoch") + 1)
    served.forget()


def kept(place: Jurisdiction) -> dict[tuple[int, int, int], int]:
    """The row ids of the kept tiles: one rendered again has another."""
    rows = BasemapTile.objects.filter(jurisdiction=place).values_list("z", "x", "y", "pk")
    return {(z, x, y): pk for z, x, y, pk in rows}


def rendered_again(before: dict[tuple[int, int, int], int], place: Jurisdiction) -> set[tuple[int, int, int]]:
    return {at for at, pk in kept(place).items() if before.get(at) != pk}


def assert_kept_is_fresh(place: Jurisdiction) -> None:
    """Every kept tile has the very bytes that rendering it now gives."""
    for tile in BasemapTile.objects.filter(jurisdiction=place):
        fresh = render(BASEMAP, TileAt(place.pk, tile.z, tile.x, tile.y))
        assert fresh is not None
        assert bytes(tile.gz) == fresh[1].gz


def over(*parts: tuple[float, float, float, float]) -> set[tuple[int, int, int]]:
    """The tiles that a box in units of the tile lies in: for zooms 10 to 16."""
    found = {(z, X >> (Z - z), Y >> (Z - z)) for z in range(10, 15)}
    for left, top, right, bottom in parts:
        for z in (15, 16):
            side = 4096 >> (z - Z)
            columns, rows = (
                range(int(left // side), int(right // side) + 1),
                range(int(top // side), int(bottom // side) + 1),
            )
            found |= {(z, (X << (z - Z)) + i, (Y << (z - Z)) + j) for i in columns for j in rows}
    return found


def test_every_tile_that_touches_the_outline_is_rendered(place: Jurisdiction) -> None:
    assert run(place) == basemap.Rendering(deleted=0, rendered=ALL)
    assert len(kept(place)) == ALL
    assert_kept_is_fresh(place)


def test_second_run_renders_nothing(place: Jurisdiction) -> None:
    run(place)
    assert run(place) == basemap.Rendering(deleted=0, rendered=0)


def test_kept_tile_is_what_is_served(place: Jurisdiction) -> None:
    run(place)
    BasemapTile.objects.update(gz=pack(b"a kept tile").gz)
    assert Client().get(TILE).content == b"a kept tile"


def test_kept_tile_of_an_older_epoch_is_not_served(place: Jurisdiction) -> None:
    run(place)
    BasemapTile.objects.update(gz=pack(b"a kept tile").gz)
    Jurisdiction.objects.update(epoch=F("epoch") + 1)
    served.forget()
    assert Client().get(TILE).content != b"a kept tile"


def test_kept_tile_of_an_older_release_is_not_served(place: Jurisdiction) -> None:
    run(place)
    BasemapTile.objects.update(gz=pack(b"a kept tile").gz)
    BasemapSet.objects.update(recipe="before")
    assert Client().get(TILE).content != b"a kept tile"
    assert run(place).deleted == ALL


def test_tile_not_there_yet_is_rendered_on_demand(place: Jurisdiction) -> None:
    run(place)
    fresh = Client().get(TILE).content
    BasemapTile.objects.all().delete()
    served.forget()
    assert Client().get(TILE).content == fresh


def test_new_park_renders_the_tiles_around_it_again_and_no_other(place: Jurisdiction) -> None:
    parks = make.kind(place, "park")
    run(place)
    before = kept(place)
    next_edition(parks, of=lambda: make.area(parks, "P1", tile_box(200, 200, 900, 900), "Olive Park"))
    run(place)
    assert rendered_again(before, place) == over((200, 200, 900, 900))
    assert_kept_is_fresh(place)


def test_moved_park_renders_where_it_was_and_where_it_is(place: Jurisdiction) -> None:
    parks = make.kind(place, "park")
    old = make.area(parks, "P1", tile_box(200, 200, 900, 900), "Olive Park")
    make.area(parks, "P2", tile_box(200, 3200, 900, 3900), "stays")
    run(place)
    before = kept(place)
    new = tile_box(3200, 200, 3900, 900)
    next_edition(parks, without=[old], of=lambda: make.area(parks, "P1", new, "Olive Park"))
    run(place)
    assert rendered_again(before, place) == over((200, 200, 900, 900), (3200, 200, 3900, 900))
    assert_kept_is_fresh(place)


def test_changed_parcel_leaves_the_wide_tiles_alone(place: Jurisdiction) -> None:
    parcels = make.kind(place, "parcel", "parcel")
    run(place)
    before = kept(place)
    next_edition(parcels, of=lambda: make.parcel(parcels, "7", tile_box(200, 200, 300, 300)))
    run(place)
    assert rendered_again(before, place) == {(15, 2 * X, 2 * Y), (16, 4 * X, 4 * Y)}
    assert_kept_is_fresh(place)


def test_shape_in_the_buffer_of_the_next_tile_counts_as_its_change(place: Jurisdiction) -> None:
    parks = make.kind(place, "park")
    run(place)
    before = kept(place)
    # Ends 8 units of zoom 14 before the middle: inside the 64 units (of zoom 16: 16 of these) around the next tiles.
    next_edition(parks, of=lambda: make.area(parks, "P1", tile_box(1100, 1100, 2040, 1900), "Olive Park"))
    run(place)
    again = rendered_again(before, place)
    assert {(15, 2 * X + 1, 2 * Y), (16, 4 * X + 2, 4 * Y + 1)} <= again
    assert_kept_is_fresh(place)


def test_roll_back_renders_the_same_tiles_again(place: Jurisdiction) -> None:
    parks = make.kind(place, "park")
    run(place)
    first = {tile.pk: bytes(tile.gz) for tile in BasemapTile.objects.all()}
    next_edition(parks, of=lambda: make.area(parks, "P1", tile_box(200, 200, 900, 900)))
    run(place)
    with atomic():
        parks.editions.filter(seq=2).update(is_current=False, state="draft", in_force=None)
        parks.editions.filter(seq=1).update(state="active", in_force="(,)", is_current=True)
        parks.jurisdiction.areas.get().shapes.update(in_force=False)
        Jurisdiction.objects.update(epoch=F("epoch") + 1)
    assert run(place).rendered == len(over((200, 200, 900, 900)))
    assert sorted(bytes(tile.gz) for tile in BasemapTile.objects.all()) == sorted(first.values())
    assert_kept_is_fresh(place)


def test_new_edition_of_the_beats_renders_nothing_again(place: Jurisdiction) -> None:
    beats = make.kind(place, "beat")
    run(place)
    before = kept(place)
    next_edition(beats, of=lambda: make.area(beats, "B1", tile_box(200, 200, 900, 900)))
    assert run(place).rendered == 0
    assert kept(place) == before
    BasemapTile.objects.update(gz=pack(b"a kept tile").gz)
    assert Client().get(TILE).content == b"a kept tile"


def test_another_outline_renders_everything_again(place: Jurisdiction) -> None:
    run(place)
    Jurisdiction.objects.update(outline=make.jurisdiction("b", tile_box(8, 8, 4080, 4080)).outline)
    assert run(place).deleted == ALL


def test_activation_during_the_rendering_leaves_nothing_wrong_behind(place: Jurisdiction) -> None:
    parks = make.kind(place, "park")

    def activate(_done: int, _total: int) -> None:
        if parks.editions.count() == 1:
            next_edition(parks, of=lambda: make.area(parks, "P1", tile_box(200, 200, 900, 900), "Olive Park"))

    outline = tile_box(8, 8, 8180, 8180)  # more tiles than one batch
    Jurisdiction.objects.filter(pk=place.pk).update(outline=make.jurisdiction("b", outline).outline)
    with pytest.raises(basemap.GroundChanged):
        run(place, progress=activate)
    run(place)
    assert_kept_is_fresh(place)
    assert basemap.missing(place.pk) == []


def test_progress_is_a_row_that_the_catalog_shows(place: Jurisdiction) -> None:
    seen = []
    run(place, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(ALL, ALL)]
    assert Client().get("/tiles/catalog.json?jurisdiction=almendra").json()["basemap_progress"] == {
        "total": ALL, "done": ALL,
    }  # fmt: skip


def test_command_renders_and_says_how_many(place: Jurisdiction, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("render_basemap", jurisdiction="almendra")
    call_command("render_basemap", jurisdiction="almendra", all=True)
    assert capsys.readouterr().out.splitlines() == [
        f"almendra: 0 tiles deleted, {ALL} rendered.",
        f"almendra: {ALL} tiles deleted, {ALL} rendered.",
    ]


def test_job_is_written_by_the_transaction_that_caused_it(place: Jurisdiction) -> None:
    with pytest.raises(RuntimeError), atomic():
        jobs.defer_basemap(place.pk)
        raise RuntimeError
    assert ProcrastinateJob.objects.count() == 0
    with atomic():
        jobs.defer_basemap(place.pk)
    assert ProcrastinateJob.objects.get().task_name == "render_basemap"


def test_worker_renders(place: Jurisdiction) -> None:
    jobs.defer_basemap(place.pk)
    run_jobs()
    # In the first minutes of an hour the worker starts the hourly task too.
    rendering = ProcrastinateJob.objects.filter(task_name="render_basemap")
    assert set(rendering.values_list("status", flat=True)) == {"succeeded"}
    assert len(kept(place)) == ALL


def test_every_hour_what_is_behind_is_deferred(place: Jurisdiction) -> None:
    jobs.keep_current(1_800_000_000)
    assert ProcrastinateJob.objects.count() == 1
    run(place)
    jobs.keep_current(1_800_003_600)
    assert ProcrastinateJob.objects.count() == 1


def _renderings() -> int:
    return int(ProcrastinateJob.objects.filter(task_name="render_basemap").count())


def test_activation_and_roll_back_defer_the_rendering(place: Jurisdiction) -> None:
    parks = make.kind(place, "park")
    draft = make.edition(parks, current=False)
    call_command("activate_edition", draft.pk)
    assert _renderings() == 0
    call_command("activate_edition", draft.pk, commit=True)
    assert _renderings() == 1
    call_command("rollback_edition", "park", commit=True, jurisdiction="almendra")
    assert _renderings() == 2
