"""`doctor` on the tests' own database: what it finds well, and what it says where something is not."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from geoserver_app.commands import diagnosis
from geoserver_app.commands.diagnosis import Finding
from layers.confined import door, walls

pytestmark = pytest.mark.django_db


def told() -> str:
    out = StringIO()
    call_command("doctor", stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("what", ["PostgreSQL 1", "PostGIS: ", "extension btree_gist: postgis", "GDAL 3", "PROJ "])
def test_versions_in_use_are_listed(what: str) -> None:
    assert what in told()


def test_every_finding_that_is_not_well_has_a_way_on() -> None:
    assert [found.what for found in diagnosis.findings() if found.mark != "ok" and not found.way_on] == []


def test_a_worker_that_is_not_there_is_to_look_at() -> None:
    found = list(diagnosis.worker())
    assert found[0] == Finding("worker: 0 alive", "./run starts it; by hand: manage.py procrastinate worker")


def test_a_log_in_of_the_map_tiles_that_does_not_work_is_wrong(settings: Any) -> None:
    settings.PUBLISHED_DATABASE_URL = "postgresql://nobody:x@127.0.0.1:1/onemap"
    found = list(diagnosis.reader())
    assert found[0].mark == "wrong"
    assert "PUBLISHED_DATABASE_URL" in found[0].way_on


def test_little_space_is_to_look_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "LEAST_FREE_MB", 10**12)
    assert [found.mark for found in diagnosis.folders()] == ["look"]


def test_a_wall_that_the_kernel_does_not_grant_is_to_look_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "missing_walls", lambda: ["files"])
    (found,) = diagnosis.files_from_outside()
    assert (found.what, found.mark) == ("reader of files: no wall towards files", "look")
    assert "Landlock" in found.way_on


def test_the_reader_itself_says_which_walls_stand() -> None:
    assert set(door.missing_walls()) <= set(walls.ALL)
    assert "reader of files" in told()


def test_a_reader_that_does_not_start_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> list[str]:
        raise door.NoReader("It does not start.")

    monkeypatch.setattr(door, "missing_walls", away)
    assert [found.mark for found in diagnosis.files_from_outside()] == ["wrong"]


def test_static_files_not_collected_are_to_look_at(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    assert [found.mark for found in diagnosis.static_files()] == ["look"]


def test_a_catalog_not_compiled_is_to_look_at(settings: Any, tmp_path: Path) -> None:
    folder = tmp_path / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").touch()
    settings.LOCALE_PATHS = [tmp_path]
    assert list(diagnosis.translations()) == [Finding("translation: es", "Compile it: manage.py compilemessages")]


def test_strict_makes_what_is_wrong_an_exit_status(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "geoserver_app.commands.management.commands.doctor.findings", lambda: iter([Finding("x", "do y", broken=True)])
    )
    call_command("doctor", stdout=StringIO())
    with pytest.raises(SystemExit):
        call_command("doctor", strict=True, stdout=StringIO())
