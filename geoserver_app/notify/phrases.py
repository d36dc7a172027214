"""The sentences of the mails, by language: texts/en.yaml and one file like it for each further language."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from layers.errors import NotFound

_FOLDER = Path(__file__).with_name("texts")
DEFAULT = "en"


@cache
def languages() -> tuple[str, ...]:
    """The languages that mails can be written in."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))


def spoken(language: str) -> str:
    """The language that is written to somebody who speaks ``language``: that one, or the default."""
    short = language.partition("-")[0]
    return short if short in languages() else DEFAULT


def phrase(language: str, key: str, **values: object) -> str:
    """A sentence by its dotted key (``receipt.heading``) with its values; NotFound for a key that there is not."""
    found = entry(language, key)
    if not isinstance(found, str):
        raise NotFound(f"'{key}' is no sentence in texts/{language}.yaml.")
    told = found.format(**values)
    # "... at 7:00 a.m." ends the sentence that it stands at the end of.
    return told[:-1] if found.endswith("}.") and told.endswith("..") else told


def has(language: str, key: str) -> bool:
    """Whether there is such a sentence."""
    try:
        return isinstance(entry(language, key), str)
    except NotFound:
        return False


def entry(language: str, key: str) -> Any:
    """Whatever stands under a dotted key."""
    found: Any = texts(spoken(language))
    for part in key.split("."):
        if not isinstance(found, dict) or part not in found:
            raise NotFound(f"'{key}' does not stand in texts/{language}.yaml.")
        found = found[part]
    return found


@cache
def texts(language: str) -> dict[str, Any]:
    """A whole file; read once a process."""
    content = yaml.safe_load((_FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    return dict(content)
