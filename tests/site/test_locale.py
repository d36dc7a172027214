from pathlib import Path

import polib

SPANISH = Path(__file__).resolve().parents[2] / "geoserver_app" / "locale" / "es" / "LC_MESSAGES" / "django.po"


def test_every_text_is_translated() -> None:
    catalogue = polib.pofile(str(SPANISH))
    assert [entry.msgid for entry in catalogue if not entry.translated() or "fuzzy" in entry.flags] == []


def test_the_compiled_catalogue_is_of_the_written_one() -> None:
    written = polib.pofile(str(SPANISH))
    assert SPANISH.with_suffix(".mo").read_bytes() == written.to_binary()


def test_values_in_texts_survive_translation() -> None:
    for entry in polib.pofile(str(SPANISH)):
        wanted = {part for part in entry.msgid.split() if part.startswith("%(")}
        texts = entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]
        for text in texts:
            assert all(part.split(")")[0] in text for part in wanted), entry.msgid
