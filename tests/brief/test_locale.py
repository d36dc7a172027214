from pathlib import Path

import polib

from geoserver_app import brief

SPANISH = Path(brief.__file__).parent / "locale" / "es" / "LC_MESSAGES" / "django.po"


def test_every_text_is_translated() -> None:
    texts = polib.pofile(str(SPANISH))
    assert [entry.msgid for entry in texts if not entry.translated() or "fuzzy" in entry.flags] == []


def test_the_compiled_texts_are_the_written_ones() -> None:
    assert SPANISH.with_suffix(".mo").read_bytes() == polib.pofile(str(SPANISH)).to_binary()
