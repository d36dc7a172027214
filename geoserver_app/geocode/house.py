"""A numbered house out of plain text: number before or behind the street, unit anywhere."""

from __future__ import annotations

from geoserver_app.geocode.asked import House
from geoserver_app.geocode.street_asked import is_direction, street_of
from geoserver_app.geocode.words import BARE_UNITS, FRACTION, NUMBER, RANGE, SPANISH_TYPES, UNITS
from layers.addresses import post_type_of

_ROADS_BY_NUMBER = {"HWY", "HIGHWAY", "ROUTE", "RTE", "RT", "SR", "US", "INTERSTATE", "I", "CARRETERA", "RUTA", "ROAD",
                    "RD", "COUNTY", "STATE", "AUTOPISTA", "FWY", "BOX"}  # fmt: skip


def houses_of(text: str) -> list[House]:
    """Readings of a text as a house, the likeliest first; empty where it has no house number."""
    words, unit = _cut_unit(_range_as_word(text).replace(",", " ").split())
    if not words:
        return []
    found = _number_first(words, unit)
    return found or _number_behind(words, unit)


def _range_as_word(text: str) -> str:
    """ "1013 - 1033 OAKDALE": the range in one word."""
    return RANGE.sub(lambda one: f"{one.group(1)}-{one.group(2)}{one.group(3) or ''}", text)


def _number_first(words: list[str], unit: str) -> list[House]:
    match = NUMBER.match(words[0])
    if match is None or len(words) < 2:
        return []
    number, last, suffix = int(match.group(1)), int(match.group(2) or 0), match.group(3) or ""
    rest = words[1:]
    if len(rest) > 1 and FRACTION.match(rest[0]):
        suffix = rest.pop(0)
    lettered = _lettered(number, last, suffix, rest, unit)
    street = street_of(" ".join(rest))
    plain = [House(number, street, suffix, unit, _last(number, last))] if street else []
    return [*lettered, *plain]


def _lettered(number: int, last: int, suffix: str, rest: list[str], unit: str) -> list[House]:
    """ "410 A OLIVE AVE": the letter belongs to the number, unless it is a direction or the street's name."""
    if suffix or len(rest) < 3 or len(rest[0]) != 1 or not rest[0].isalpha() or is_direction(rest[0]):
        return []
    if post_type_of(rest[1]) and len(rest) < 4:
        return []
    street = street_of(" ".join(rest[1:]))
    return [House(number, street, rest[0], unit, _last(number, last))] if street else []


def _last(number: int, last: int) -> int:
    return last if number < last <= number + 400 else 0


def _number_behind(words: list[str], unit: str) -> list[House]:
    """ "CALLE OLIVO 410", "OLIVE AVE NO 410": a number that ends the text and does not name a road or a street."""
    match = NUMBER.match(words[-1])
    if match is None or len(words) < 2 or words[-2] in _ROADS_BY_NUMBER:
        return []
    rest = words[:-1]
    if len(rest) > 1 and rest[-1] in {"NO", "NUM", "NUMERO", "NUMBER", "#", "N"}:
        rest = rest[:-1]
    if not any(one.isalpha() and len(one) > 1 for one in rest) or (len(rest) == 1 and rest[0] in SPANISH_TYPES):
        return []
    street = street_of(" ".join(rest))
    return [House(int(match.group(1)), street, match.group(3) or "", unit)] if street else []


def _cut_unit(words: list[str]) -> tuple[list[str], str]:
    """Words without a unit, and the unit's number: behind the street ("APT 3", "#3", "3RD FLOOR") or before it."""
    words = " ".join(words).replace("#", " # ").split()
    if len(words) > 3 and words[0] in UNITS and words[0] != "#" and NUMBER.match(words[2]):
        return words[2:], words[1]
    for at in range(2, len(words)):
        if _begins_unit(words, at):
            return _until(words, at), " ".join(one for one in words[at + 1 :] if one not in UNITS)[:20] or words[at][
                :20
            ]
        if words[at] in {"FLOOR", "FL", "FLR", "PISO"} and at == len(words) - 1 and words[at - 1][:1].isdigit():
            return words[: at - 1], words[at - 1]
    if len(words) == 2 and words[0] == "#":
        return [words[1]], ""
    return _trailing(_without_sign(words))


def _begins_unit(words: list[str], at: int) -> bool:
    word = words[at]
    if word == "#" and NUMBER.match(words[0]):
        return True
    if word in BARE_UNITS and at == len(words) - 1 and at > 2:
        return True
    if word not in UNITS or word == "#" or at + 1 >= len(words) or not NUMBER.match(words[0]):
        return False
    behind = words[at + 1]
    return any(one.isdigit() for one in behind) or len(behind) < 3 or behind == "#"


def _until(words: list[str], at: int) -> list[str]:
    return words[:at]


def _without_sign(words: list[str]) -> list[str]:
    return [word for word in words if word != "#"]


def _trailing(words: list[str]) -> tuple[list[str], str]:
    """ "1550 4TH ST 303": a number or a letter behind the street's type is a unit; not so in "100 AVENUE B"."""
    if len(words) < 4 or not NUMBER.match(words[0]) or words[-2] in _ROADS_BY_NUMBER:
        return words, ""
    last = words[-1]
    if all(is_direction(word) for word in words[1:-2]):
        return words, ""  # "9912 S AVENUE H"
    is_unit = (last.isdigit() or (len(last) == 1 and not is_direction(last))) and post_type_of(words[-2])
    return (words[:-1], last) if is_unit else (words, "")
