"""Reads a place as people write it: every way a text may be meant, the likeliest first. Asks no database."""

from __future__ import annotations

import re
from dataclasses import replace

from geoserver_app.geocode.asked import (
    Asked,
    AskedStreet,
    Between,
    Block,
    Corner,
    House,
    Mile,
    Named,
    Reading,
    WholeStreet,
)
from geoserver_app.geocode.house import houses_of
from geoserver_app.geocode.plain import letters_of, plain
from geoserver_app.geocode.statistical import second_opinion
from geoserver_app.geocode.street_asked import LONGEST_NAME, street_of
from geoserver_app.geocode.tail import Tail, cut_tail
from geoserver_app.geocode.words import BEFORE, BETWEEN, BLOCK, CORNER_OF, MILE, NO_PLACE, WHICH_BLOCK
from layers.addresses import directional_of, post_type_of

LARGEST_NUMBER = 9_999_999


def read(text: str, cities: frozenset[str] = frozenset()) -> Asked:
    """What a text may mean. ``cities`` are names (in plain text) of the jurisdiction and its neighbors."""
    whole = plain(text)
    if not whole or NO_PLACE.match(whole):
        return Asked((), no_place=bool(whole))
    tail = cut_tail(whole, cities)
    if not tail.parts:
        return Asked((), tail.zip_code, tail.city, tail.state)
    at, readings = _first_structured(tail)
    if _is_messy(tail, readings):
        second = second_opinion(", ".join(tail.parts))
        readings = [second, *readings] if second else readings
    city = tail.city or next((part for part in tail.parts[at + 1 :] if part in cities), "")
    # A part that is a house and nothing else is no landmark's name.
    last = at if readings and all(isinstance(one, House | Block) for one in readings) else at + 1
    names = [_named(part) for part in tail.parts[:last]]
    found = _unique([*readings, *(name for name in names if name)])
    if tail.is_sure and not tail.city:
        found, city = _without_city(found)
    return Asked(tuple(found), tail.zip_code, city, tail.state)


def _first_structured(tail: Tail) -> tuple[int, list[Reading]]:
    """The first comma-separated part that is an address, corner, block or mile post; else the first part of all.

    "410, Olive Ave" is one address: a number alone goes with what follows.
    """
    parts = list(tail.parts)
    if len(parts) > 1 and parts[0].isdigit():
        parts[:2] = ["", f"{parts[0]} {parts[1]}"]
    for at, part in enumerate(parts):
        readings = structured(f"{part} {_direction_of(parts, at + 1)}".strip())
        if readings:
            unit = next((one for one in parts[at + 1 :] if any(letter.isdigit() for letter in one)), "")
            return at, [_with_unit(one, unit) for one in readings]
    street = street_of(_bare(parts[0]))
    return 0, [WholeStreet(street)] if street else []


def _direction_of(parts: list[str], at: int) -> str:
    """ "1800 M STREET, NW" and "985 COX AVE, S. W.": the direction behind the comma is the street's."""
    words = parts[at].split() if at < len(parts) else []
    for length in (2, 1):
        letters = "".join(words[:length]).replace(".", "")
        if len(words) >= length and len(letters) < 3 and directional_of(letters):
            return letters
    return ""


def _is_messy(tail: Tail, readings: list[Reading]) -> bool:
    """Whether the order of the words does not tell the parts: a city or a name stands there without a comma."""
    text = _bare(tail.parts[0])
    if not any(letter.isdigit() for letter in " ".join(tail.parts)):
        return False
    if not readings or isinstance(readings[0], WholeStreet):
        return len(" ".join(tail.parts).split()) > 2
    first = readings[0]
    if isinstance(first, Corner):
        return len(text.split()) > 9
    if not isinstance(first, House) or not text[0].isdigit():
        return isinstance(first, House) and len(text.split()) > 5
    ends_in_type = bool(first.street.post_type)
    return len(text.split()) > 3 and (not ends_in_type or (tail.is_sure and not tail.city))


def _with_unit(reading: Reading, unit: str) -> Reading:
    if isinstance(reading, House) and unit and not reading.unit:
        return replace(reading, unit=unit.rsplit(maxsplit=1)[-1].lstrip("#")[:20])
    return reading


def structured(part: str) -> list[Reading]:
    """Readings of one part of a text as anything but a name or a whole street."""
    bare = _bare(part)
    for way in (_block, _which_block, _mile):
        found = way(bare)
        if found:
            return [found]
    corner, said = _corner(bare)
    houses = houses_of(bare)
    if said and corner:
        return [corner]
    if corner and not houses:
        return [corner]
    if corner and not bare[0].isdigit():
        return [corner, *houses]  # "MAIN ST AT AVENUE 56": what ends with a number is rather a street's name
    if corner and _is_type_of_number(bare):
        return [corner]  # "4 ST & OLIVE"
    cross = _house_at_cross(bare) if corner else None
    readings: list[Reading] = [cross] if cross else [*houses]
    return [*readings, corner] if corner else readings


def _is_type_of_number(text: str) -> bool:
    words = BETWEEN.split(text, maxsplit=1)[0].split()
    return len(words) == 2 and words[0].isdigit() and bool(post_type_of(words[1]))


def _bare(text: str) -> str:
    """Without the words before a place: "IN FRONT OF 123 ELM" is 123 ELM. "ON" and the like may repeat."""
    for _ in range(3):
        shorter = BEFORE.sub("", text).strip(" .:")
        if shorter == text or not shorter:
            return text
        text = shorter
    return text


def _block(text: str) -> Block | None:
    match = BLOCK.match(text)
    street = street_of(match["street"]) if match else None
    if match is None or street is None:
        return None
    number = int(match["before"] or match["after"])
    if match["hundred"] and number < 1000:
        number *= 100
    return Block(number // 100 * 100, street) if number <= LARGEST_NUMBER else None


def _which_block(text: str) -> Reading | None:
    match = WHICH_BLOCK.match(text)
    if match is None:
        return None
    parts = [street_of(part) for part in BETWEEN.split(match["rest"], maxsplit=1)]
    numbered = houses_of(match["street"])
    if numbered and not post_type_of(match["street"].split()[-1]):
        return numbered[0]
    street = street_of(match["street"])
    if street is None or len(parts) != 2 or parts[0] is None or parts[1] is None:
        return None
    return Between(street, parts[0], parts[1])


def _mile(text: str) -> Mile | None:
    match = MILE.search(text)
    if match is None:
        return None
    rest = f"{text[: match.start()]} {text[match.end() :]}".strip()
    rest = re.sub(r"^(?:ON|OF|DEL?|EN|AT)\s+(?:THE |LA |EL )?|\s+(?:AT|NEAR|EN|ON)$", "", rest)
    return Mile(float(match["mile"]), street_of(rest) if rest else None)


def _corner(text: str) -> tuple[Corner | None, bool]:
    """Two streets, and whether the text says that it means a corner."""
    bare = CORNER_OF.sub("", text)
    said = bare != text
    parts = [part.strip(" .-") for part in BETWEEN.split(bare, maxsplit=1)]
    if len(parts) < 2 and said:
        parts = [part.strip(" .-") for part in re.split(r"\s+(?:DE|-)\s+", bare, maxsplit=1)]
    if len(parts) != 2 or not all(parts):
        return None, said
    one, other = street_of(_bare(parts[0])), street_of(_bare(BETWEEN.split(parts[1], maxsplit=1)[0]))
    if one is None or other is None:
        return None, said
    return _sharing_type(Corner(one, other), parts), said


def _sharing_type(corner: Corner, parts: list[str]) -> Corner:
    """ "4TH AND 5TH STREETS": the type in the plural belongs to both."""
    last = parts[1].split()[-1]
    shared = post_type_of(last[:-1]) if last.endswith("S") and not post_type_of(last) else ""
    if not shared:
        return corner
    other = street_of(" ".join(parts[1].split()[:-1]))
    one = replace(corner.one, post_type=corner.one.post_type or shared)
    return Corner(one, replace(other, post_type=shared) if other else corner.other)


def _house_at_cross(text: str) -> House | None:
    """ "410 OLIVE AVE AT 4TH ST" is the house."""
    houses = houses_of(BETWEEN.split(text, maxsplit=1)[0])
    return houses[0] if houses else None


def _named(part: str) -> Named | None:
    key = letters_of(_bare(part))[:LONGEST_NAME]
    return Named(key, part) if len(key) > 2 and not key.isdigit() else None


def _unique(readings: list[Reading]) -> list[Reading]:
    return list(dict.fromkeys(readings))


def _without_city(readings: list[Reading]) -> tuple[list[Reading], str]:
    """Where a city stands behind a street without a comma: "2450 N COLORADO ST PHILADELPHIA"; said first."""
    city = ""
    more: list[Reading] = []
    for one in readings:
        if isinstance(one, House):
            shorter, behind = _cut_after_type(one.street)
            if shorter is not None:
                city = city or behind
                more.append(replace(one, street=shorter))
        more.append(one)
    return more, city


def _cut_after_type(street: AskedStreet) -> tuple[AskedStreet | None, str]:
    words = street.written.split()
    if street.post_type:
        return None, ""
    for at in range(len(words) - 2, 0, -1):
        if post_type_of(words[at]) and len(words[at]) > 1:
            behind = words[at + 1]
            belongs = behind[0].isdigit() or (directional_of(behind) and len(behind) < 3)
            end = at + 2 if belongs else at + 1
            return (street_of(" ".join(words[:end])), " ".join(words[end:])) if end < len(words) else (None, "")
    return None, ""
