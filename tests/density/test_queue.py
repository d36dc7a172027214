"""What the queue notes, what a drain and a rebuild make of it, and what the clock does."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from geoserver_app import jobs
from geoserver_app.density import counts as packing
from geoserver_app.density import drain as draining
from geoserver_app.density import upkeep
from geoserver_app.density.check import check
from geoserver_app.density.counts import CountsBroken
from geoserver_app.density.drain import Drained, drain, waiting
from geoserver_app.density.ledger import WrongKinds
from geoserver_app.density.models import Audience, Block, Change, Cube, Dictionary, Ledger, Missed
from geoserver_app.density.rebuild import rebuild
from geoserver_app.intake.models import ServiceRequest
from layers.models import Jurisdiction
from tests.density import counted_town
from tests.density.counted_town import CountedTown
from tests.kept import built


@pytest.fixture(scope="module")
def _town(django_db_blocker: Any) -> Iterator[CountedTown]:
    with built(django_db_blocker, lambda: counted_town.counted(12, Random(3))) as made:
        yield made


@pytest.fixture
def place(db: None, _town: CountedTown) -> Jurisdiction:
    return _town.town.jurisdiction


def wrong(place: Jurisdiction) -> list[int]:
    return [one.wrong for one in check(place)]


def close(some: Any) -> None:
    some.update(state="closed", closed_at=timezone.now())


def test_a_note_says_what_changes_and_nothing_else(place: Jurisdiction) -> None:
    one = ServiceRequest.objects.filter(is_public=True).exclude(state="closed").first()
    close(ServiceRequest.objects.filter(pk=one.pk))
    notes = Change.objects.order_by("audience").values_list("audience", "n", "n_open", "n_fresh")
    assert list(notes) == [(Audience.PUBLIC, 0, -1, 1), (Audience.STAFF, 0, -1, 1)]


def test_words_and_desks_are_not_counted(place: Jurisdiction) -> None:
    ServiceRequest.objects.update(status_notes="We are on it.", priority="high")
    assert waiting(place.pk) == 0


def test_what_happens_and_is_undone_leaves_no_note(place: Jurisdiction) -> None:
    open_ones = ServiceRequest.objects.exclude(state="closed")
    before = waiting(place.pk)
    with connection.cursor() as cursor:
        cursor.execute("update intake_servicerequest set morton = morton where id = %s", [open_ones.first().pk])
    assert waiting(place.pk) == before


def test_blocks_and_queue_are_the_table_at_every_moment(place: Jurisdiction) -> None:
    close(ServiceRequest.objects.exclude(state="closed"))
    assert wrong(place) == [0, 0]
    while drain(place, limit=3).changes:
        assert wrong(place) == [0, 0]
    assert waiting(place.pk) == 0


def test_a_place_in_areas_nobody_was_in_is_appended_to_the_dictionaries(
    place: Jurisdiction, _town: CountedTown
) -> None:
    every_area = sorted(one.pk for areas in _town.areas.values() for one in areas)
    ServiceRequest.objects.update(area_ids=every_area, public_area_ids=every_area)
    drain(place)
    assert wrong(place) == [0, 0]


def test_a_count_below_zero_is_refused_whole(place: Jurisdiction) -> None:
    Change.objects.create(
        jurisdiction_id=place.pk, audience=Audience.STAFF, leads=True, month=1500, service=1, area_ids=[], n=-1,
        n_open=0, n_fresh=0,
    )  # fmt: skip
    with pytest.raises(CountsBroken):
        drain(place)
    assert waiting(place.pk) == 1


def test_a_row_that_is_not_where_it_was_read_undoes_the_drain(
    place: Jurisdiction, monkeypatch: pytest.MonkeyPatch
) -> None:
    close(ServiceRequest.objects.exclude(state="closed"))
    before, as_ctids = waiting(place.pk), draining._as_ctids
    monkeypatch.setattr(draining, "_as_ctids", lambda places: as_ctids(places[:-1]))
    with pytest.raises(CountsBroken):
        drain(place)
    assert waiting(place.pk) == before
    assert wrong(place) == [0, 0]


def test_the_check_finds_a_single_wrong_count(place: Jurisdiction) -> None:
    row = Block.objects.filter(z=10, audience=Audience.STAFF, measure=0).order_by("period").first()
    size = len(Dictionary.objects.get(cube=row.cube_id, z=10, block=row.block).sets) // 4
    Block.objects.filter(pk=row.pk).update(counts=packing.pack(packing.unpack(bytes(row.counts), size) + 1))
    assert wrong(place)[0] == 0
    assert wrong(place)[1] > 0


def test_a_rebuild_takes_the_place_of_the_cube_and_forgets_what_it_saw(place: Jurisdiction) -> None:
    before = set(Cube.objects.values_list("pk", flat=True))
    close(ServiceRequest.objects.all())
    rebuild(place)
    assert waiting(place.pk) == 0
    assert before.isdisjoint(Cube.objects.values_list("pk", flat=True))
    assert set(Block.objects.values_list("cube_id", flat=True)) <= set(Cube.objects.values_list("pk", flat=True))
    assert wrong(place) == [0, 0]


def many(one: ServiceRequest) -> None:
    """5,001 further reports of the same thing, in one statement."""
    fields = [field.column for field in ServiceRequest._meta.concrete_fields if not field.generated]
    own = {"service_request_id": "'n' || n", "leads": "false"}
    columns = [column for column in fields if column != "id"]
    values = ", ".join(own.get(column, f"r.{column}") for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"insert into intake_servicerequest ({', '.join(columns)}) select {values}"
            " from intake_servicerequest r, generate_series(1, 5001) n where r.id = %s",
            [one.pk],
        )


def test_a_change_of_very_many_is_noted_as_one_and_counted_anew(place: Jurisdiction) -> None:
    one = ServiceRequest.objects.first()
    many(one)
    assert waiting(place.pk) == 0
    assert Missed.objects.count() == 1
    now = timezone.now()
    assert not upkeep.is_rebuild_due(place, at=now)
    assert upkeep.is_rebuild_due(place, at=now + timedelta(minutes=2))
    rebuild(place)
    assert Missed.objects.count() == 0
    assert wrong(place) == [0, 0]


def test_closings_grow_old_once_a_day(place: Jurisdiction) -> None:
    close(ServiceRequest.objects.all())
    drain(place)
    closed = ServiceRequest.objects.filter(state="closed").count()
    later = timezone.now() + timedelta(days=40)
    upkeep.expire(place, at=later)
    assert sum(-one.n_fresh for one in Change.objects.filter(audience=Audience.STAFF)) == closed
    assert upkeep.expire(place, at=later) == 0
    drain(place)
    assert wrong(place) == [0, 0]


def test_upkeep_drains_all_that_waits(place: Jurisdiction) -> None:
    close(ServiceRequest.objects.all())
    done = upkeep.keep(place, at=timezone.now())
    assert not done.rebuild
    assert waiting(place.pk) == 0


def test_nothing_is_noted_where_nothing_is_counted(place: Jurisdiction) -> None:
    Ledger.objects.all().delete()
    close(ServiceRequest.objects.all())
    assert waiting(place.pk) == 0


def test_six_kinds_of_area_are_too_many(place: Jurisdiction) -> None:
    with pytest.raises(WrongKinds, match="at most 5"):
        rebuild(place, kinds=["beat"] * 6)
    with pytest.raises(WrongKinds, match="'ward' is no kind"):
        rebuild(place, kinds=["ward"])


def test_the_commands_say_what_they_found(place: Jurisdiction, capsys: Any) -> None:
    call_command("rebuild_density", jurisdiction=place.code, kinds="beat")
    call_command("check_density", jurisdiction=place.code, strict=True)
    said = capsys.readouterr().out
    assert "Kinds of area: beat" in said
    assert "0 counts are wrong" in said


def test_where_much_comes_in_the_next_drain_does_not_wait_for_the_minute(
    place: Jurisdiction, monkeypatch: pytest.MonkeyPatch
) -> None:
    close(ServiceRequest.objects.exclude(state="closed"))
    many = waiting(place.pk)
    jobs.keep_counts(1_800_000_000)
    again = ProcrastinateJob.objects.filter(task_name="keep_counts")
    assert (waiting(place.pk), again.count()) == (0, 0)
    monkeypatch.setattr(upkeep, "BUSY", many - 1)
    ServiceRequest.objects.update(state="assigned", closed_at=None)
    jobs.keep_counts(1_800_000_060)
    assert [one.scheduled_at > timezone.now() for one in again] == [True]


def test_where_more_comes_in_than_is_drained_all_is_counted_anew(
    place: Jurisdiction, monkeypatch: pytest.MonkeyPatch
) -> None:
    close(ServiceRequest.objects.exclude(state="closed"))
    monkeypatch.setattr(upkeep, "TOO_MANY", 3 * waiting(place.pk))

    def drained_while_others_write(*_: Any, **__: Any) -> Drained:
        ServiceRequest.objects.update(state="assigned", closed_at=None)
        close(ServiceRequest.objects.all())
        return Drained(upkeep.BATCH)

    monkeypatch.setattr(upkeep, "drain", drained_while_others_write)
    assert upkeep.keep(place, at=timezone.now()).rebuild
