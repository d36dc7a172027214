"""The console speaks Spanish throughout."""

from pathlib import Path

import polib

SPANISH = Path(__file__).resolve().parents[2] / "geoserver_app" / "console" / "locale" / "es" / "LC_MESSAGES"


def test_every_text_is_translated() -> None:
    catalogue = polib.pofile(str(SPANISH / "django.po"))
    assert [entry.msgid for entry in catalogue if not entry.translated() or "fuzzy" in entry.flags] == []


def test_the_compiled_catalogue_is_of_the_written_one() -> None:
    def texts(catalogue: polib.POFile | polib.MOFile) -> dict[tuple[str | None, str], object]:
        return {(one.msgctxt, one.msgid): one.msgstr_plural or one.msgstr for one in catalogue}

    written, compiled = polib.pofile(str(SPANISH / "django.po")), polib.mofile(str(SPANISH / "django.mo"))
    assert texts(compiled) == texts(written)
