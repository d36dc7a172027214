"""What somebody typed or chose, as a value that can be stored: one cleaner for each of Open311's six datatypes.

A cleaner takes whatever a page, a telephone form, Open311 or our own API sends, and returns something that JSON holds.
It raises Unusable with one sentence for the person who answered, in the active language.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from geoserver_app.org.hours import moment

Value: TypeAlias = str | int | float | list[str]
Raw: TypeAlias = object

LONGEST_LINE = 255
LONGEST_TEXT = 4000  # Open311 GeoReport v2 says so of descriptions
LARGEST_NUMBER = 10**12
# 1,500 or 1500; a point for decimals, as in the United States and in Mexico.
_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?|[+-]?\.\d+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Unusable(Exception):
    """An answer that cannot be stored; the message is for the person who gave it."""


def is_empty(raw: Raw) -> bool:
    """Whether nothing was answered: nothing sent, blanks, or a list of nothing."""
    if raw is None:
        return True
    if isinstance(raw, str):
        return not raw.strip()
    return isinstance(raw, Sequence) and all(is_empty(one) for one in raw)


def clean_line(raw: Raw) -> str:
    """One line of at most LONGEST_LINE characters; line breaks become blanks, control characters go."""
    line = " ".join(_plain(_one(raw)).split())
    return _not_longer(line, LONGEST_LINE)


def clean_text(raw: Raw) -> str:
    """Text of at most LONGEST_TEXT characters, with its line breaks."""
    text = _plain(_one(raw).replace("\r\n", "\n").replace("\r", "\n"))
    return _not_longer(text.strip(), LONGEST_TEXT)


def clean_number(raw: Raw) -> int | float:
    """A finite number up to LARGEST_NUMBER either side of zero; whole ones as int."""
    if isinstance(raw, bool):
        raise Unusable(_("Please write a number, such as 3 or 2.5."))
    if isinstance(raw, int | float):
        number = float(raw)
    else:
        written = _one(raw).strip()
        if not _NUMBER.fullmatch(written):
            raise Unusable(_("Please write a number, such as 3 or 2.5."))
        number = float(written.replace(",", ""))
    if not math.isfinite(number) or abs(number) > LARGEST_NUMBER:
        raise Unusable(_("This number is too large."))
    return int(number) if number.is_integer() else number


def clean_moment(raw: Raw, zone: ZoneInfo) -> str:
    """A moment as ISO 8601 with zone. Without a zone it is local time; a day alone is its first moment."""
    written = _one(raw).strip()
    try:
        found = datetime.fromisoformat(written)
        if found.tzinfo is None:
            found = moment(found.date(), found.time(), zone)
        found = found.astimezone(zone)  # as it is read: by the city's own clock
    except (ValueError, OverflowError) as error:
        raise Unusable(_("Please write a day and time as 2026-03-09 14:30, or only the day.")) from error
    return found.isoformat(timespec="seconds")


def clean_choice(raw: Raw, keys: Sequence[str]) -> str:
    """One of the keys."""
    key = _one(raw).strip()
    if key not in keys:
        raise Unusable(_("Please choose one of the answers in the list."))
    return key


def clean_choices(raw: Raw, keys: Sequence[str]) -> list[str]:
    """Several of the keys, each once, in the order of the form."""
    many = [raw] if isinstance(raw, str) else raw
    if not isinstance(many, Sequence):
        raise Unusable(_("Please choose from the answers in the list."))
    chosen = {str(one).strip() for one in many if not is_empty(one)}
    if not chosen.issubset(keys):
        raise Unusable(_("Please choose from the answers in the list."))
    return [key for key in keys if key in chosen]


def clean(datatype: str, raw: Raw, *, keys: Sequence[str], zone: Callable[[], ZoneInfo]) -> Value:
    """The value of an answer that is not empty. ``zone`` is only asked where a moment needs it."""
    if datatype == "datetime":
        return clean_moment(raw, zone())
    if datatype == "singlevaluelist":
        return clean_choice(raw, keys)
    if datatype == "multivaluelist":
        return clean_choices(raw, keys)
    return _SIMPLE[datatype](raw)


_SIMPLE: Mapping[str, Callable[[Raw], Value]] = {"string": clean_line, "text": clean_text, "number": clean_number}


def _one(raw: Raw) -> str:
    """The single answer in what was sent; the last that is not empty where a form sent several."""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, Sequence):
        return next((_one(one) for one in reversed(raw) if not is_empty(one)), "")
    return str(raw)


def _plain(text: str) -> str:
    """The text without control characters (PostgreSQL stores no NUL) and composed, so that equal words are equal."""
    kept = (one for one in text if one in "\n\t" or unicodedata.category(one) not in {"Cc", "Cs"})
    return unicodedata.normalize("NFC", "".join(kept))


def _not_longer(text: str, longest: int) -> str:
    if len(text) > longest:
        raise Unusable(
            _("Please write at most %(longest)d characters; these are %(length)d.")
            % {"longest": longest, "length": len(text)}
        )
    return text
