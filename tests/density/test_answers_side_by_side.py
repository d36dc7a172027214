"""While requests are written, drained and counted anew: summary, list, export, tiles and plain Python tell one number.

Whoever reads, everybody or staff, with whatever filters, sees the answers of one moment, and they agree.
"""

import threading
from random import Random

import pytest
from django.db import connection, transaction

from geoserver_app.density.drain import drain
from geoserver_app.density.models import Audience
from geoserver_app.density.rebuild import rebuild
from geoserver_app.published import access
from geoserver_app.published.filters import Filters
from geoserver_app.published.patches import Cell
from geoserver_app.published.request_tiles import request_tile
from geoserver_app.published.tilesets import tile_at
from tests.density import counted_town
from tests.density.counted_town import COUNTED, MOMENTS, CountedTown, plainly
from tests.density.test_numbers_agree import asked, assert_agrees, in_tile
from tests.density.test_side_by_side import Workers, write_at_random

READS = 20


def anything(draw: Random) -> dict[str, object]:
    """Filters at random, like those of test_numbers_agree."""
    kinds = draw.sample([*COUNTED, "block_watch"], draw.choice((0, 0, 1, 2)))
    return {
        "services": draw.choice((None, {0}, {1, 2}, {0, 2})),
        "status": draw.choice((None, "open", "closed", "recent")),
        "since": draw.choice((None, *MOMENTS)),
        "until": draw.choice((None, *MOMENTS)),
        "areas": [(kind, set(draw.sample(range(3), draw.choice((1, 2))))) for kind in kinds],
        "count": draw.choice(("incidents", "reports")),
        "states": draw.choice(((), (), ("assigned",))),
    }


def tiles_agree(audience: Audience, filters: Filters) -> None:
    """What the tiles around a spot hold, near and far, is what lies in them."""
    with access.of_staff(longest_ms=60_000) as run:
        for zoom in (12, 17):
            at = Cell(zoom, *tile_at(*counted_town.SPOTS[0], zoom))
            inside = [
                one for one in plainly(audience, filters)
                if (place := counted_town.morton_of(audience, one)) is not None and at.codes[0] <= place < at.codes[1]
            ]  # fmt: skip
            assert in_tile(request_tile(run, audience, filters, at)) == len(inside)


def read_on(place: CountedTown, audience: Audience, over: threading.Event) -> None:
    """Asks one thing after the other, each in a snapshot of its own."""
    draw = Random(int(audience))
    for _ in range(READS):
        if over.is_set():  # somebody failed
            return
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("set transaction isolation level repeatable read")
            filters = asked(audience, place, anything(draw))
            assert_agrees(audience, filters, drawn=False)
            tiles_agree(audience, filters)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_all_answers_agree_while_others_write_and_drain() -> None:
    """The writing, the draining and the counting go on until both audiences have read all they want."""
    made, draw = counted_town.build(), Random(8)
    requests = [made.request(draw) for _ in range(40)]
    place, done = made.town.jurisdiction, []
    rebuild(place, kinds=COUNTED)
    ids, services = [one.pk for one in requests], [one.pk for one in made.services()]
    readers, others = Workers(), Workers()

    def write() -> None:
        """One alone: two would now and then wait for each other's rows for ever, and PostgreSQL would end one."""
        while not others.over.is_set():
            write_at_random(draw, ids, services)

    def keep() -> None:
        while not others.over.is_set():
            done.extend(drain(place, limit=20).changes for _ in range(7))
            rebuild(place)

    for audience in Audience:
        readers.start(lambda audience=audience: read_on(made, audience, readers.over))
    others.start(write)
    others.start(keep)
    try:
        readers.join()
    finally:
        others.over.set()
        others.join()
    assert sum(done) > 0, "nothing was drained meanwhile"
