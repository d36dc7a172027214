"""The codes of how a request ended come from a file; what the file loses is retired, not deleted."""

from datetime import date
from pathlib import Path

import pytest

from geoserver_app.org.records import Faults
from geoserver_app.work.models import Resolution
from geoserver_app.work.resolutions import choices, load_resolutions
from layers.errors import BadFile
from tests.life import Town

FILES = Path(__file__).resolve().parents[2] / "fixtures" / "almendra"
TODAY = date(2026, 11, 20)


def test_the_demo_citys_resolutions_load_and_cover_every_meaning(almendra: Town) -> None:
    faults = Faults()
    counts = load_resolutions(FILES, almendra.jurisdiction, faults, on=TODAY)
    assert faults.found == []
    loaded = choices(almendra.jurisdiction, TODAY)
    assert len(loaded) == counts.new + counts.changed + counts.same
    assert {one.meaning for one in loaded} == set(Resolution.Meaning.values)


def test_a_second_loading_changes_nothing(almendra: Town) -> None:
    load_resolutions(FILES, almendra.jurisdiction, Faults(), on=TODAY)
    again = load_resolutions(FILES, almendra.jurisdiction, Faults(), on=TODAY)
    assert (again.new, again.changed, again.retired) == (0, 0, 0)


def test_a_code_that_the_file_lost_is_retired_and_not_offered(almendra: Town, tmp_path: Path) -> None:
    (tmp_path / "resolutions.yaml").write_text(
        "resolutions:\n- {code: repaired, meaning: fixed, name: {en: R, es: R}, sentence: {en: S, es: S}}\n"
    )
    counts = load_resolutions(tmp_path, almendra.jurisdiction, Faults(), on=TODAY)
    assert counts.retired == 2
    assert [one.code for one in choices(almendra.jurisdiction, TODAY)] == ["repaired"]
    assert Resolution.objects.filter(code="not-found").exists()


def test_a_wrong_meaning_is_refused_with_its_place(almendra: Town, tmp_path: Path) -> None:
    (tmp_path / "resolutions.yaml").write_text(
        "resolutions:\n- {code: repaired, meaning: mended, name: {en: R, es: R}, sentence: {en: S, es: S}}\n"
    )
    faults = Faults()
    load_resolutions(tmp_path, almendra.jurisdiction, faults, on=TODAY)
    with pytest.raises(BadFile, match=r"resolutions.yaml: resolution 'repaired': 'meaning' is 'mended'"):
        faults.refuse()
