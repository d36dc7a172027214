"""The GIS desk speaks Spanish throughout, and has words for every class that there is."""

from pathlib import Path

import polib
from django.utils import translation

from geoserver_app.gis import sentences
from geoserver_app.gis.class_words import CLASSES, SECTIONS, STEPS
from layers.quality import classes, report

SPANISH = Path(__file__).resolve().parents[2] / "geoserver_app" / "gis" / "locale" / "es" / "LC_MESSAGES"


def test_every_text_is_translated() -> None:
    catalogue = polib.pofile(str(SPANISH / "django.po"))
    assert [entry.msgid for entry in catalogue if not entry.translated() or "fuzzy" in entry.flags] == []


def test_the_compiled_catalogue_is_of_the_written_one() -> None:
    assert (SPANISH / "django.mo").read_bytes() == polib.pofile(str(SPANISH / "django.po")).to_binary()


def test_every_class_has_its_words_and_its_sentence() -> None:
    assert classes.CLASSES.keys() == CLASSES.keys() == sentences._SENTENCES.keys()
    assert {str(section) for section in classes.Section} == SECTIONS.keys()
    assert set(report.STEPS) == STEPS.keys()


def test_areas_are_told_in_the_unit_that_fits() -> None:
    told = [sentences.square_metres(area) for area in (0.5, 840.4, 12_345, 3_140_000)]
    assert told == ["0.50 m²", "840 m²", "1.23 ha", "3.14 km²"]
    with translation.override("es"):
        assert sentences.counted({"error": 1, "warning": 2}) == "1 falla, 2 advertencias, 0 notas"
