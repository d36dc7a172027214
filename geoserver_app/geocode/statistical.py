"""A second opinion on texts without order: usaddress's trained parser knows recipients and cities by their look."""

from __future__ import annotations

import re

import usaddress

from geoserver_app.geocode.asked import Corner, House
from geoserver_app.geocode.street_asked import street_of

LARGEST = 7  # digits of a house number
_STREET = {"StreetNamePreDirectional", "StreetNamePreModifier", "StreetNamePreType", "StreetName", "StreetNamePostType",
           "StreetNamePostDirectional", "StreetNamePostModifier"}  # fmt: skip
_NUMBER = re.compile(r"^#?(\d{1,7})(?:-(\d{1,7}))?([A-Z])?$")


def second_opinion(text: str) -> House | Corner | None:
    """The house or corner that the parser sees in a plain text; None where it sees neither. Never fails."""
    labelled = usaddress.parse(text)
    streets: list[list[str]] = [[]]
    number, suffix, unit = "", "", ""
    for token, label in labelled:
        word = token.strip(" ,.;()")
        if label == "IntersectionSeparator":
            streets.append([])
        elif label in _STREET:
            streets[-1].append(word)
        elif label == "AddressNumber":
            number = number or word
        elif label == "AddressNumberSuffix":
            suffix = word
        elif label == "OccupancyIdentifier":
            unit = word.lstrip("#")
    found = [street_of(" ".join(one)) for one in streets]
    if len(found) > 1 and found[0] and found[1] and not number:
        return Corner(found[0], found[1])
    match = _NUMBER.match(number)
    if match is None or found[0] is None:
        return None
    first, last = int(match.group(1)), int(match.group(2) or 0)
    return House(
        first, found[0], (match.group(3) or suffix)[:10], unit[:20], last if first < last <= first + 400 else 0
    )
