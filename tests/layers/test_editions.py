"""Editions: drafts, activation, days, roll back, carried shapes."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.db import connection

from layers.activation import activate, refresh_all, roll_back
from layers.errors import Conflict, NotFound
from layers.loading import LoadOptions, days_wanted, load
from layers.models import (
    Area,
    AreaBorder,
    AreaPiece,
    AreaShape,
    CenterlineShape,
    Edition,
    Jurisdiction,
    Kind,
    Parcel,
    ParcelShape,
    StagedFeature,
)
from tests.layers.conftest import Loader
from tests.layers.town import feature, line, square
from tests.layers.town import write as write_geojson
from tests.under_test import database_url

TODAY = date(2026, 11, 21)


def grid(tmp_path: Path, count: int, *, moved: set[int] = frozenset(), left_out: set[int] = frozenset()) -> Path:
    """A file with a row of squares, codes 0, 1, 2 ...; those in ``moved`` are a little wider."""
    numbers = [n for n in range(count) if n not in left_out]
    squares = [feature(square(n, 0, n + (0.9 if n in moved else 0.8), 1), code=str(n)) for n in numbers]
    return write_geojson(tmp_path / "grid.geojson", squares)


def loaded(load_file: Loader, path: Path, kind: str = "beat", **options: Any) -> Edition:
    wanted = options.pop("days", None)
    result = load_file(path, kind, wanted=days_wanted(wanted) if wanted else None, **options)
    return Edition.objects.get(pk=result.edition)


def in_force(load_file: Loader, path: Path, today: date = TODAY, **options: Any) -> Edition:
    edition = loaded(load_file, path, **options)
    activate(edition.pk, today=today, commit=True)
    edition.refresh_from_db()
    return edition


def days(edition: Edition) -> tuple[date | None, date | None] | None:
    edition.refresh_from_db()
    return (edition.in_force.lower, edition.in_force.upper) if edition.in_force else None


def codes_in_force(kind: str = "beat") -> list[str]:
    shapes = AreaShape.objects.filter(kind__code=kind, in_force=True)
    return sorted(shapes.values_list("area__code", flat=True), key=int)


def members(edition: Edition) -> set[str]:
    rows = AreaShape.objects.extra(where=["editions @> %s"], params=[edition.seq])
    return set(rows.values_list("area__code", flat=True))


def test_a_draft_touches_nothing_that_is_in_force(tmp_path: Path, load_file: Loader, almendra: Jurisdiction) -> None:
    in_force(load_file, grid(tmp_path, 3))
    almendra.refresh_from_db()
    epoch = almendra.epoch
    draft = loaded(load_file, grid(tmp_path, 4, moved={0}))
    almendra.refresh_from_db()
    assert (draft.state, draft.in_force, draft.is_current, almendra.epoch) == ("draft", None, False, epoch)
    assert codes_in_force() == ["0", "1", "2"]
    assert AreaPiece.objects.filter(in_force=True).count() == 3


def test_the_first_edition_is_in_force_since_ever(tmp_path: Path, load_file: Loader) -> None:
    assert days(in_force(load_file, grid(tmp_path, 3))) == (None, None)


def test_a_later_edition_begins_today_and_ends_the_one_before(tmp_path: Path, load_file: Loader) -> None:
    first = in_force(load_file, grid(tmp_path, 3))
    second = in_force(load_file, grid(tmp_path, 4))
    assert (days(first), days(second)) == ((None, TODAY), (TODAY, None))
    assert not Edition.objects.get(pk=first.pk).is_current
    assert codes_in_force() == ["0", "1", "2", "3"]


def test_today_is_the_day_in_the_jurisdiction(tmp_path: Path, load_file: Loader, almendra: Jurisdiction) -> None:
    in_force(load_file, grid(tmp_path, 2))
    second = loaded(load_file, grid(tmp_path, 3))
    activate(second.pk, commit=True)
    from django.utils import timezone

    assert days(second) == (almendra.local_date(timezone.now()), None)


def test_an_edition_that_changes_40_parcels_writes_40_shapes(tmp_path: Path, load_file: Loader) -> None:
    in_force(load_file, grid(tmp_path, 1000), kind="parcel")
    changed = set(range(100, 140))
    result = load_file(grid(tmp_path, 1000, moved=changed), "parcel")
    assert (result.counts.new, result.counts.closed, result.counts.carried) == (40, 40, 960)
    assert ParcelShape.objects.count() == 1040
    assert Parcel.objects.count() == 1000
    turned = activate(result.edition, today=TODAY, commit=True)
    assert (turned.came_in, turned.went_out) == (40, 40)
    assert ParcelShape.objects.filter(in_force=True).count() == 1000


def test_the_same_file_twice_writes_no_shape(tmp_path: Path, load_file: Loader) -> None:
    path = grid(tmp_path, 10)
    first, second = loaded(load_file, path), loaded(load_file, path)
    assert AreaShape.objects.count() == 10
    assert members(first) == members(second)
    assert second.report["written"]["carried"] == 10


def test_a_shape_that_is_put_back_is_not_written_again(tmp_path: Path, load_file: Loader) -> None:
    editions = [loaded(load_file, grid(tmp_path, 5, moved=moved)) for moved in ({0}, set(), {0})]
    assert AreaShape.objects.count() == 6
    assert editions[2].report["written"] == {"identities": 0, "new": 0, "reopened": 1, "closed": 1, "carried": 4}
    assert [len(members(edition)) for edition in editions] == [5, 5, 5]


def test_a_feature_that_is_gone_keeps_its_identity_and_history(tmp_path: Path, load_file: Loader) -> None:
    first = in_force(load_file, grid(tmp_path, 5))
    second = in_force(load_file, grid(tmp_path, 5, left_out={2}))
    assert Area.objects.filter(code="2").exists()
    assert members(first) - members(second) == {"2"}
    assert codes_in_force() == ["0", "1", "3", "4"]


def test_a_change_of_attributes_alone_makes_a_shape(tmp_path: Path, load_file: Loader) -> None:
    for name in ("Old", "New"):
        path = write_geojson(tmp_path / "a.geojson", [feature(square(0, 0, 1, 1), code="1", name=name)])
        loaded(load_file, path, name_field="name")
    assert sorted(AreaShape.objects.values_list("name", flat=True)) == ["New", "Old"]


def test_a_street_drawn_the_other_way_is_another_shape(tmp_path: Path, load_file: Loader) -> None:
    for street in (line((0, 0), (5, 0)), line((5, 0), (0, 0))):
        load_file(write_geojson(tmp_path / "s.geojson", [feature(street, code="1")]), "centerline")
    assert CenterlineShape.objects.count() == 2


def test_districts_in_force_since_the_1st_loaded_on_the_10th(tmp_path: Path, load_file: Loader) -> None:
    first = in_force(load_file, grid(tmp_path, 3))
    late = in_force(load_file, grid(tmp_path, 4), days="2026-11-01")
    assert (days(first), days(late)) == ((None, date(2026, 11, 1)), (date(2026, 11, 1), None))
    assert late.is_current


def test_a_past_edition_takes_its_days_from_the_one_since_ever(tmp_path: Path, load_file: Loader) -> None:
    today = in_force(load_file, grid(tmp_path, 3))
    past = in_force(load_file, grid(tmp_path, 4), days="..2024-11-20")
    assert (days(past), days(today)) == ((None, date(2024, 11, 21)), (date(2024, 11, 21), None))
    today.refresh_from_db()
    assert (today.is_current, past.is_current) == (True, False)
    assert codes_in_force() == ["0", "1", "2"]


def test_an_open_end_reaches_to_the_next_edition(tmp_path: Path, load_file: Loader) -> None:
    in_force(load_file, grid(tmp_path, 3))
    latest = in_force(load_file, grid(tmp_path, 4), days="2026-01-01")
    between = in_force(load_file, grid(tmp_path, 5), days="2024-01-01")
    assert days(between) == (date(2024, 1, 1), date(2026, 1, 1))
    assert days(latest) == (date(2026, 1, 1), None)


def test_a_future_edition_waits_for_its_day(tmp_path: Path, load_file: Loader, almendra: Jurisdiction) -> None:
    first = in_force(load_file, grid(tmp_path, 3))
    future = in_force(load_file, grid(tmp_path, 3, moved={1}, left_out={2}), days="2027-01-01")
    assert (days(first), days(future)) == ((None, date(2027, 1, 1)), (date(2027, 1, 1), None))
    assert codes_in_force() == ["0", "1", "2"]
    almendra.refresh_from_db()
    epoch = almendra.epoch
    assert refresh_all(almendra, date(2026, 12, 31)) == []
    assert refresh_all(almendra, date(2027, 1, 1)) == ["beat"]
    almendra.refresh_from_db()
    assert (codes_in_force(), almendra.epoch) == (["0", "1"], epoch + 1)
    assert refresh_all(almendra, date(2027, 1, 1)) == []


def test_an_edition_covered_wholly_is_withdrawn(tmp_path: Path, load_file: Loader) -> None:
    in_force(load_file, grid(tmp_path, 3))
    second = in_force(load_file, grid(tmp_path, 4))
    third = in_force(load_file, grid(tmp_path, 5))
    second.refresh_from_db()
    assert (second.state, days(second), days(third)) == ("withdrawn", None, (TODAY, None))


def test_days_inside_another_edition_are_refused(tmp_path: Path, load_file: Loader) -> None:
    in_force(load_file, grid(tmp_path, 3))
    festival = loaded(load_file, grid(tmp_path, 4), days="2026-08-01..2026-08-15")
    with pytest.raises(Conflict, match="on both sides of from 2026-08-01 to 2026-08-15"):
        activate(festival.pk, today=TODAY, commit=True)
    assert days(festival) is None


def test_an_edition_is_activated_once(tmp_path: Path, load_file: Loader) -> None:
    edition = in_force(load_file, grid(tmp_path, 3))
    with pytest.raises(Conflict, match="in force already: since ever"):
        activate(edition.pk, commit=True)
    with pytest.raises(NotFound, match="no edition 999999"):
        activate(999_999, commit=True)


def test_a_dry_run_counts_the_same_and_keeps_nothing(tmp_path: Path, load_file: Loader) -> None:
    in_force(load_file, grid(tmp_path, 5))
    path = grid(tmp_path, 6, moved={1, 2})
    before = (AreaShape.objects.count(), Edition.objects.count(), StagedFeature.objects.count())
    tried = load_file(path, commit=False)
    assert (AreaShape.objects.count(), Edition.objects.count(), StagedFeature.objects.count()) == before
    done = load_file(path)
    assert (tried.edition, tried.counts, tried.report) == (None, done.counts, done.report)
    tried_turn = activate(done.edition, today=TODAY)
    assert Edition.objects.get(pk=done.edition).state == "draft"
    assert tried_turn == activate(done.edition, today=TODAY, commit=True)


def test_roll_back_restores_days_flags_and_pieces(tmp_path: Path, load_file: Loader, almendra: Jurisdiction) -> None:
    first = in_force(load_file, grid(tmp_path, 5))
    second = in_force(load_file, grid(tmp_path, 5, moved={0}))
    almendra.refresh_from_db()
    epoch = almendra.epoch
    turned = roll_back(almendra, "beat", today=TODAY, commit=True)
    second.refresh_from_db()
    almendra.refresh_from_db()
    assert (second.state, days(first), turned.came_in, turned.went_out) == ("draft", (None, None), 1, 1)
    assert almendra.epoch == epoch + 1
    for model in (AreaPiece, AreaBorder):
        flags = model.objects.values_list("in_force", "shape__in_force")
        assert all(own == shape for own, shape in flags)
    assert set(AreaShape.objects.filter(in_force=True).values_list("pk", flat=True)) == set(
        AreaShape.objects.extra(where=["editions @> 1"]).values_list("pk", flat=True)
    )


def test_roll_back_goes_further_with_each_call_and_stops(
    tmp_path: Path, load_file: Loader, almendra: Jurisdiction
) -> None:
    editions = [in_force(load_file, grid(tmp_path, n), date(2026, 1, n)) for n in (2, 3, 4)]
    roll_back(almendra, "beat", today=TODAY, commit=True)
    assert [days(edition) for edition in editions] == [(None, date(2026, 1, 3)), (date(2026, 1, 3), None), None]
    roll_back(almendra, "beat", today=TODAY, commit=True)
    assert [days(edition) for edition in editions] == [(None, None), None, None]
    roll_back(almendra, "beat", today=TODAY, commit=True)
    assert codes_in_force() == []
    with pytest.raises(Conflict, match="nothing to take back"):
        roll_back(almendra, "beat", commit=True)
    with pytest.raises(NotFound, match=r"no kind 'ward'\. It has: beat"):
        roll_back(almendra, "ward", commit=True)


def test_roll_back_as_a_dry_run_changes_nothing(tmp_path: Path, load_file: Loader, almendra: Jurisdiction) -> None:
    in_force(load_file, grid(tmp_path, 2))
    second = in_force(load_file, grid(tmp_path, 3))
    roll_back(almendra, "beat", today=TODAY)
    assert days(second) == (TODAY, None)


def test_an_edition_taken_back_may_come_in_again(tmp_path: Path, load_file: Loader, almendra: Jurisdiction) -> None:
    in_force(load_file, grid(tmp_path, 2))
    second = in_force(load_file, grid(tmp_path, 3))
    roll_back(almendra, "beat", today=TODAY, commit=True)
    activate(second.pk, today=TODAY, commit=True)
    assert codes_in_force() == ["0", "1", "2"]


def test_staged_rows_go_once_no_roll_back_brings_them_back_but_those_decided_about(
    tmp_path: Path, load_file: Loader
) -> None:
    bow_tie = shapely.Polygon([(-119.72, 36), (-119.71, 36.01), (-119.71, 36), (-119.72, 36.01)])
    path = write_geojson(tmp_path / "a.geojson", [feature(square(0, 0, 1, 1), code="1"), feature(bow_tie, code="2")])
    first = in_force(load_file, path, invalid=["repair"])
    assert first.staged.count() == 2
    second = in_force(load_file, grid(tmp_path, 3))
    assert first.staged.count() == 2  # taken back, it is in force again, and its report can be made anew
    in_force(load_file, grid(tmp_path, 4))
    assert ([row.code for row in first.staged.all()], second.staged.count()) == (["2"], 3)


def test_two_kinds_do_not_touch_each_other(tmp_path: Path, load_file: Loader) -> None:
    in_force(load_file, grid(tmp_path, 3), kind="beat")
    in_force(load_file, grid(tmp_path, 5, moved={0}), kind="neighborhood")
    in_force(load_file, grid(tmp_path, 2), kind="neighborhood")
    assert (codes_in_force("beat"), codes_in_force("neighborhood")) == (["0", "1", "2"], ["0", "1"])


def test_ten_past_editions_keep_their_members(tmp_path: Path, load_file: Loader) -> None:
    editions = [
        in_force(load_file, grid(tmp_path, 10, moved=set(range(n))), days=f"{2010 + n}-01-01" if n else None)
        for n in range(10)
    ]
    assert AreaShape.objects.count() == 19
    assert all(len(members(edition)) == 10 for edition in editions)
    assert [days(edition)[0] for edition in editions[1:3]] == [date(2011, 1, 1), date(2012, 1, 1)]
    assert AreaShape.objects.filter(in_force=True).count() == 10


def test_days_wanted_are_inclusive() -> None:
    span = days_wanted("2024-01-01..2024-01-31")
    assert (span.lower, span.upper) == (date(2024, 1, 1), date(2024, 2, 1))
    assert (days_wanted("2024-01-01").upper, days_wanted("..2024-01-31").lower) == (None, None)


LOADER = """
import os, signal, sys
import django
django.setup()
from layers import commit, loading
from layers.models import Jurisdiction
def killed(*_):
    os.kill(os.getpid(), signal.SIGKILL)
loading.commit = lambda *given: (commit.commit(*given), killed())
options = loading.LoadOptions(code_field="code")
loading.load(Jurisdiction.objects.get(), sys.argv[1], kind="beat", options=options, commit=True)
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_load_killed_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    from tests import factories

    town = factories.jurisdiction()
    path = grid(tmp_path, 50)
    environment = os.environ | {
        "OWNER_DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "geoserver_app.settings",
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
    }
    done = subprocess.run(
        [sys.executable, "-c", LOADER, str(path)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    for model in (Kind, Edition, Area, AreaShape, AreaPiece, StagedFeature):
        assert not model.objects.exists()
    result = load(town, path, kind="beat", options=LoadOptions(code_field="code"), commit=True)
    assert result.counts.new == 50


@pytest.mark.django_db(transaction=True)
def test_two_loads_of_one_kind_at_once_become_two_editions(tmp_path: Path) -> None:
    from tests import factories

    town = factories.jurisdiction()
    path = grid(tmp_path, 20)

    def run(_number: int) -> int:
        try:
            return load(town, path, kind="beat", options=LoadOptions(code_field="code"), commit=True).counts.new
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        written = sorted(pool.map(run, range(2)))
    assert written == [0, 20]
    assert sorted(Edition.objects.values_list("seq", flat=True)) == [1, 2]
