"""The Spanish words of the map."""

from pathlib import Path

import polib

SPANISH = Path(__file__).resolve().parents[2] / "geoserver_app" / "maps" / "locale" / "es" / "LC_MESSAGES" / "django.po"


def test_every_text_is_translated() -> None:
    assert [entry.msgid for entry in polib.pofile(str(SPANISH)) if not entry.translated()] == []


def test_the_compiled_catalogue_is_of_the_written_one() -> None:
    assert SPANISH.with_suffix(".mo").read_bytes() == polib.pofile(str(SPANISH)).to_binary()


def test_values_in_texts_survive_translation() -> None:
    for entry in polib.pofile(str(SPANISH)):
        texts = entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]
        for text in texts:
            assert text.count("{}") == entry.msgid.count("{}"), entry.msgid
            assert text.count("%(") == entry.msgid.count("%("), entry.msgid
