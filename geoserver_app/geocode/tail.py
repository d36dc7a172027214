"""The end of an address: country, ZIP code, state and city, taken off a plain text."""

import re
from dataclasses import dataclass

from geoserver_app.geocode.words import COUNTRY, MANGLED_ZIP, STATE_CODES, STATES, UNSURE_STATES, ZIP, ZIP_AS_NUMBER
from layers.addresses import directional_of

_ROADS = {"HWY", "HIGHWAY", "ROUTE", "RTE", "RT"}
# "MARTIN LUTHER KING, JR BLVD": no part of its own.
_JUNIOR = re.compile(r",\s*(?=(?:JR|SR|II|III)\b)")


@dataclass(frozen=True)
class Tail:
    """What is left of a text in its comma-separated parts, and what stood behind."""

    parts: tuple[str, ...]
    zip_code: str = ""
    state: str = ""
    city: str = ""

    @property
    def is_sure(self) -> bool:
        """Whether a ZIP code or a state shows that a city may stand before it without a comma."""
        return bool(self.zip_code or self.state)


def cut_tail(text: str, cities: frozenset[str] = frozenset()) -> Tail:
    """Splits a plain text at its commas and takes off what only says which city it is; ``cities`` are known names."""
    text = _JUNIOR.sub(" ", COUNTRY.sub("", text.strip(" ,.;")))
    text, zip_code = _take_zip(text)
    parts = [part.strip(" .;") for part in text.replace(";", ",").split(",")]
    parts = [part for part in parts if part]
    state = _take_state(parts, sure=bool(zip_code))
    city = _take_city(parts, cities, sure=bool(zip_code or state))
    return Tail(tuple(parts), zip_code, state, city)


def _take_zip(text: str) -> tuple[str, str]:
    for pattern in (ZIP, ZIP_AS_NUMBER):
        match = pattern.search(text)
        before = text[: match.start()].strip(" ,.") if match else ""
        if match is None or " " not in before:
            continue
        # "410 HIGHWAY 99501" has no ZIP code: a word that wants a number stands right before it.
        if text[match.start()] == "," or before != text[: match.start()].rstrip() or before.split()[-1] not in _ROADS:
            return before, match.group(1).zfill(5)
    mangled = MANGLED_ZIP.search(text)
    if mangled and mangled["state"] in STATE_CODES:
        return text[: mangled.end("state")], mangled["digits"][:5] if len(mangled["digits"]) > 5 else ""
    return text, ""


def _take_state(parts: list[str], *, sure: bool) -> str:
    if not parts:
        return ""
    words = parts[-1].split()
    for length in (3, 2, 1):
        name = " ".join(words[-length:])
        alone = len(words) == length
        if len(words) < length or (alone and len(parts) == 1):
            continue
        code = STATES.get(name) or (name if length == 1 and name in STATE_CODES else "")
        if alone and not sure and directional_of(name):
            continue  # "1180 PEACHTREE ST, NE" is no place in Nebraska
        if code and (alone or sure or (name not in UNSURE_STATES and len(words) > 3)):
            parts[-1] = " ".join(words[:-length])
            if not parts[-1]:
                parts.pop()
            return code
    return ""


def _take_city(parts: list[str], cities: frozenset[str], *, sure: bool) -> str:
    """The city: the last part that has no digit, or a known name at the end of the only one."""
    if len(parts) > 1 and not any(one.isdigit() for one in parts[-1]) and (sure or parts[-1] in cities):
        return parts.pop()
    if parts:
        for city in sorted(cities, key=len, reverse=True):
            if parts[-1].endswith(f" {city}") and len(parts[-1].split()) > len(city.split()) + 1:
                parts[-1] = parts[-1][: -len(city) - 1].rstrip(" ,")
                return city
    return ""
