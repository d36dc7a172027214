"""load_layer, activate_edition and rollback_edition as somebody at a terminal meets them."""

import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from layers.errors import BadFile, Conflict
from layers.models import Area, AreaShape, Edition, Jurisdiction, Kind
from tests import factories
from tests.layers.town import at, feature, square
from tests.layers.town import write as write_geojson
from tests.under_test import database_url


def run(*arguments: str, **options: Any) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def beats(tmp_path: Path, almendra: Jurisdiction) -> str:
    squares = [feature(square(n, 0, n + 1, 1), BEAT=str(n), label=f"Beat {n}") for n in range(3)]
    return str(write_geojson(tmp_path / "beats.geojson", squares))


def load(beats: str, *more: str) -> str:
    return run("load_layer", beats, "--kind", "beat", "--code-field", "BEAT", "--name-field", "label", *more)


def test_from_file_to_in_force_and_back(beats: str) -> None:
    told = load(beats, "--commit", "--in-force", "2020-01-01..2029-12-31")
    edition = Edition.objects.get()
    assert f"Draft edition {edition.pk} of beat, number 1: 3 of 3 features." in told
    assert "3 new, 0 unchanged" in told
    told = run("activate_edition", str(edition.pk), "--commit")
    assert f"edition {edition.pk} of beat is in force from 2020-01-01 to 2029-12-31." in told
    assert AreaShape.objects.filter(in_force=True).count() == 3
    told = run("rollback_edition", "beat", "--commit")
    assert "a draft again" in told
    assert AreaShape.objects.filter(in_force=True).count() == 0


def test_dry_run_is_the_default_and_prints_the_same_counts(beats: str) -> None:
    tried, done = load(beats), load(beats, "--commit")
    assert tried.startswith("Dry run (nothing written; --commit writes): beat, number 1: 3 of 3 features.")
    assert tried.splitlines()[1:3] == done.splitlines()[1:3]
    assert Edition.objects.count() == 1
    edition = str(Edition.objects.get().pk)
    tried = run("activate_edition", edition)
    assert Edition.objects.get().state == "draft"
    done = run("activate_edition", edition, "--commit")
    assert tried.splitlines()[1:] == done.splitlines()[1:]


def test_a_dry_run_of_a_new_kind_leaves_no_kind(beats: str) -> None:
    load(beats)
    assert not Kind.objects.exists()


def test_standard_kinds_come_with_their_policies(beats: str) -> None:
    load(beats, "--commit")
    kind = Kind.objects.get()
    assert (kind.feature_class, kind.geometry, kind.overlap, kind.on_map) == ("area", "polygon", "one", True)
    assert (kind.name_in("en"), kind.name_in("es")) == ("Police beats", "Sectores policiales")
    assert kind.attribute_schema["properties"]["population"]["type"] == "integer"


def test_a_kind_of_ones_own_is_described_once(beats: str) -> None:
    own = ("--kind", "sweeping", "--code-field", "BEAT", "--commit")
    with pytest.raises(BadFile, match="no kind 'sweeping' yet"):
        run("load_layer", beats, *own)
    described = ("--geometry", "polygon", "--name", "Street sweeping", "--kind-name-es", "Barrido", "--gap", "30")
    run("load_layer", beats, *own, *described, "--overlap", "all", "--near-border", "8")
    run("load_layer", beats, *own)
    kind = Kind.objects.get()
    assert (kind.name_in("es"), kind.gap_m, kind.overlap, kind.near_border_m) == ("Barrido", 30, "all", 8)
    with pytest.raises(Conflict, match="is there with geometry polygon"):
        run("load_layer", beats, *own, "--geometry", "line")
    with pytest.raises(BadFile, match="is no code"):
        run("load_layer", beats, "--kind", "Street Sweeping", "--code-field", "BEAT")


def test_assets_have_a_kind_for_each_type(tmp_path: Path, almendra: Jurisdiction) -> None:
    point = {"type": "Feature", "properties": {"id": "1"}, "geometry": {"type": "Point", "coordinates": at(1, 1)}}
    path = write_geojson(tmp_path / "a.geojson", [point])
    run("load_layer", str(path), "--kind", "asset:street_light", "--code-field", "id", "--commit")
    kind = Kind.objects.get()
    assert (kind.feature_class, kind.name) == ("asset", "Street light")


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ("2024-13-01", "is no day"),
        ("..", "holds no day"),
        ("2024-02-01..2024-01-01", "holds no day"),
        ("soon", "is no day"),
    ],
)
def test_days_that_are_none_are_told(beats: str, days: str, told: str) -> None:
    with pytest.raises(BadFile, match=told):
        load(beats, "--in-force", days)


def test_with_several_jurisdictions_one_must_be_named(beats: str, settings: Any) -> None:
    settings.DEFAULT_JURISDICTION = ""
    factories.jurisdiction("bellota")
    with pytest.raises(CommandError, match="Known: almendra, bellota") as caught:
        load(beats)
    assert caught.value.returncode == 2
    load(beats, "--jurisdiction", "almendra", "--commit")
    settings.DEFAULT_JURISDICTION = "almendra"
    load(beats, "--commit")
    assert set(Area.objects.values_list("jurisdiction__code", flat=True)) == {"almendra"}
    with pytest.raises(CommandError, match="no jurisdiction 'nogal'"):
        load(beats, "--jurisdiction", "nogal")


@pytest.mark.django_db(transaction=True)
def test_what_is_wrong_is_one_message_on_stderr_and_a_status(tmp_path: Path) -> None:
    factories.jurisdiction()
    bad = _manage("load_layer", str(tmp_path / "missing.shp"), "--kind", "beat")
    assert (bad.returncode, bad.stdout) == (1, "")
    assert bad.stderr.startswith("There is no file")
    assert "Traceback" not in bad.stderr


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_what_is_done_and_what_was_asked_wrongly_have_a_status_each(tmp_path: Path) -> None:
    factories.jurisdiction()
    good = write_geojson(tmp_path / "beats.geojson", [feature(square(0, 0, 1, 1), code="1")])
    done = _manage("load_layer", str(good), "--kind", "beat", "--code-field", "code")
    assert (done.returncode, done.stderr) == (0, "")
    wrong = _manage("load_layer", str(good))
    assert wrong.returncode == 2


def _manage(*arguments: str) -> subprocess.CompletedProcess[str]:
    import os

    root = Path(__file__).resolve().parents[2]
    return subprocess.run(
        [sys.executable, str(root / "manage.py"), *arguments],
        env=os.environ | {"OWNER_DATABASE_URL": database_url()}, cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
