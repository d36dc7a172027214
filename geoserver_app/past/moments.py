"""Moments as files write them, read by stated formats in a stated zone."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

from layers.errors import BadFile

# Local time as it stands, or aware where the text says its offset; None where the text is not of that form.
Read: TypeAlias = Callable[[str], datetime | None]

_PARTS = {
    "%Y": r"(?P<Y>\d{4})", "%y": r"(?P<y>\d{2})", "%m": r"(?P<m>\d{1,2})", "%d": r"(?P<d>\d{1,2})",
    "%H": r"(?P<H>\d{1,2})", "%I": r"(?P<I>\d{1,2})", "%M": r"(?P<M>\d{2})", "%S": r"(?P<S>\d{2})",
    "%f": r"(?P<f>\d{1,6})", "%p": r"(?P<p>[AaPp])\.?[Mm]\.?",
    "%b": r"(?P<b>[A-Za-z]{3})", "%B": r"(?P<B>[A-Za-z]{3,9})", "%%": "%",
}  # fmt: skip
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KEPT = 50_000
OLDEST = datetime(1900, 1, 1, tzinfo=UTC)


def known_format(text: str) -> str:
    """A format that can be read: iso, epoch (seconds), epoch_ms, or one like '%m/%d/%Y %I:%M:%S %p'. BadFile else."""
    if text in {"iso", "epoch", "epoch_ms"}:
        return text
    unknown = [part for part in re.findall(r"%.", text) if part not in _PARTS]
    if unknown or "%" not in text or not ({"%d", "%m", "%b", "%B"} & set(re.findall(r"%.", text))):
        known = f"iso, epoch, epoch_ms or a format of {' '.join(sorted(_PARTS))}"
        raise BadFile(f"dates has {text!r}, which is no format. Say {known}.")
    return text


def reader(formats: Sequence[str], zone: ZoneInfo) -> Callable[[str], datetime | None]:
    """What reads a moment: the first format that fits, its local time in ``zone``; in UTC, None where none fits.

    An hour that comes twice is taken as its first coming, one that the clocks skip as the hour after.
    """
    reads = [_reads(one) for one in formats]

    @lru_cache(maxsize=_KEPT)
    def read(text: str) -> datetime | None:
        for one in reads:
            found = one(text)
            if found is not None:
                return _in_utc(found if found.tzinfo else found.replace(tzinfo=zone))
        return None

    return read


def _in_utc(moment: datetime) -> datetime | None:
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # the first and the last day that there is
        return None


def _reads(form: str) -> Read:
    named: dict[str, Read] = {"iso": _iso, "epoch": lambda text: _since(text, 1), "epoch_ms": lambda t: _since(t, 1000)}
    return named.get(form) or _by_format(form)


def _iso(text: str) -> datetime | None:
    try:
        # GDAL writes days with slashes.
        return datetime.fromisoformat(text.replace("/", "-") if text[4:5] == "/" else text)
    except ValueError:
        return None


def _since(text: str, parts: int) -> datetime | None:
    try:
        return _EPOCH + timedelta(seconds=float(text) / parts)
    except (ValueError, OverflowError):
        return None


def _by_format(form: str) -> Read:
    pattern = re.compile(
        re.sub(r"%.|[^%]+", lambda part: _PARTS.get(part.group(), re.escape(part.group())), form).replace(r"\ ", r"\s+")
    )

    def read(text: str) -> datetime | None:
        found = pattern.fullmatch(text)
        return _moment(found.groupdict()) if found else None

    return read


def _moment(parts: dict[str, str]) -> datetime | None:
    year = int(parts["Y"]) if "Y" in parts else 1900 + int(parts["y"]) + 100 * (int(parts["y"]) < 69)
    hour = int(parts.get("H") or parts.get("I") or 0)
    if "p" in parts and "I" in parts:
        hour = hour % 12 + 12 * (parts["p"] in "Pp")
    fraction = int(parts["f"].ljust(6, "0")) if "f" in parts else 0
    try:
        month = int(parts["m"]) if "m" in parts else _MONTHS.index((parts.get("b") or parts["B"])[:3].lower()) + 1
        return datetime(year, month, int(parts["d"]), hour, int(parts.get("M", 0)), int(parts.get("S", 0)), fraction)  # noqa: DTZ001  the reader puts it into the zone
    except (ValueError, KeyError):
        return None
