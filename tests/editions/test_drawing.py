"""Drawing: in the newest draft of a kind alone; what is in force, or was, never changes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.gis.geos import Polygon
from django.db import IntegrityError, transaction

from geoserver_app.flow_editions import activate_edition
from layers import drawing
from layers.drawing import BadShape, CannotDraw, copy_of_current, draw, shapes_of, take_out
from layers.errors import NotFound
from layers.lookup import place
from layers.models import AreaPiece, AreaShape, Edition
from tests.editions.conftest import NOW, Desk, moved_border
from tests.editions.sums import sums
from tests.link.squared import at, square

pytestmark = pytest.mark.django_db


def copied(desk: Desk) -> Edition:
    return copy_of_current(desk.beats, source="Drawn by Gus")


def codes(edition: Edition) -> list[str]:
    return sorted(shapes_of(edition).values_list("area__code", flat=True))


def test_a_copy_has_what_is_in_force(desk: Desk) -> None:
    edition = copied(desk)
    assert (edition.state, codes(edition)) == ("draft", ["1", "2"])
    in_force = AreaShape.objects.filter(kind=desk.beats, in_force=True)
    assert set(shapes_of(edition)) == set(in_force)


def test_a_copy_leaves_out_what_another_draft_brought(desk: Desk) -> None:
    desk.draft({"9": square(0, 0, 1000, 900)})
    assert codes(copied(desk)) == ["1", "2"]


def test_drawn_anew_it_is_another_outline_in_the_draft_alone(desk: Desk) -> None:
    edition = copied(desk)
    before = sums(("layers_areashape", "layers_areapiece"))
    drawn = draw(edition, "2", "2", square(450, 0, 1000, 900).geojson, by="Gus")
    stands = shapes_of(edition).get(area__code="2")
    assert stands == drawn
    assert AreaPiece.objects.filter(shape=drawn, in_force=None).exists()
    assert place(desk.place, *at(470, 700), on=NOW.date()).area("beat").code == "1"
    take_out(edition, "2", by="Gus")
    draw(edition, "2", "2", square(500, 0, 1000, 900).geojson, by="Gus")
    assert (
        sums(("layers_areashape", "layers_areapiece"))["layers_areapiece"].split(":")[0]
        >= before["layers_areapiece"].split(":")[0]
    )
    assert [line["what"] for line in Edition.objects.get(pk=edition.pk).report["drawn"]] == [
        "drawn", "taken out", "drawn",
    ]  # fmt: skip


def test_an_outline_that_is_drawn_over_leaves_nothing_behind(desk: Desk) -> None:
    edition = copied(desk)
    shapes = AreaShape.objects.count()
    for border in (450, 440, 430):
        draw(edition, "2", "2", square(border, 0, 1000, 900).geojson, by="Gus")
    assert AreaShape.objects.count() == shapes + 1
    assert not AreaPiece.objects.exclude(shape__in=AreaShape.objects.all()).exists()


def test_drawn_back_as_it_is_in_force_it_is_that_shape(desk: Desk) -> None:
    edition = copied(desk)
    draw(edition, "3", "North", square(0, 800, 1000, 900).geojson, by="Gus")
    assert codes(edition) == ["1", "2", "3"]
    take_out(edition, "3", by="Gus")
    assert codes(edition) == ["1", "2"]


def test_what_was_drawn_can_come_in(desk: Desk) -> None:
    desk.pothole("crossed", 450)
    edition = copied(desk)
    draw(edition, "1", "1", square(0, 0, 400, 900).geojson, by="Gus")
    draw(edition, "2", "2", square(400, 0, 1000, 900).geojson, by="Gus")
    activate_edition(edition.pk, commit=True, at=NOW)
    assert place(desk.place, *at(450, 700), on=NOW.date()).area("beat").code == "2"


def test_what_is_in_force_is_not_drawn_in(desk: Desk) -> None:
    edition = desk.draft(moved_border(400))
    activate_edition(edition.pk, commit=True, at=NOW)
    with pytest.raises(CannotDraw):
        draw(edition, "1", "1", square(0, 0, 100, 900).geojson, by="Gus")
    with pytest.raises(CannotDraw):
        take_out(edition, "1", by="Gus")


def test_the_database_itself_refuses_another_outline_of_a_shape(desk: Desk) -> None:
    shape = AreaShape.objects.filter(kind=desk.beats, in_force=True).first()
    assert shape is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        AreaShape.objects.filter(pk=shape.pk).update(geom=square(0, 0, 10, 10))


def test_a_draft_after_which_another_was_loaded_is_not_drawn_in(desk: Desk) -> None:
    first = copied(desk)
    desk.draft(moved_border(400))
    assert not drawing.is_open(first)
    with pytest.raises(CannotDraw):
        draw(first, "1", "1", square(0, 0, 100, 900).geojson, by="Gus")


BOWTIE = Polygon([at(0, 0), at(100, 100), at(100, 0), at(0, 100), at(0, 0)], srid=4326)


@pytest.mark.parametrize(
    ("code", "geojson", "why"),
    [
        ("", lambda: square(0, 0, 10, 10).geojson, "code"),
        ("7", lambda: "no json", "GeoJSON"),
        ("7", lambda: '{"type": "Polygon", "coordinates": []}', "empty"),
        ("7", lambda: '{"type": "Point", "coordinates": [-119.72, 36.0]}', "polygon"),
        ("7", lambda: BOWTIE.geojson, "crosses or touches itself"),
        ("7", lambda: '{"type": "Polygon", "coordinates": [[[36,-11],[37,-11],[37,-12],[36,-11]]]}', "outside"),
    ],
)  # fmt: skip
def test_what_cannot_be_an_area_is_refused(desk: Desk, code: str, geojson: Callable[[], Any], why: str) -> None:
    edition = copied(desk)
    with pytest.raises(BadShape, match=why):
        draw(edition, code, "Seven", geojson(), by="Gus")
    assert codes(edition) == ["1", "2"]


def test_what_is_not_there_is_not_taken_out(desk: Desk) -> None:
    with pytest.raises(NotFound):
        take_out(copied(desk), "99", by="Gus")
