"""A place as people write it, taken apart: house number and street, or two streets that meet."""

import re
import unicodedata
from dataclasses import dataclass

from layers.addresses import StreetName, split_address, split_street

LONGEST_TEXT = 120
LONGEST_NAME = 60
# "Olive & 4th", "4th St at Olive", "Olive y la 4", "Olive con 4".
_BETWEEN = re.compile(r"\s*[&@]\s*|\s+/\s+|\s+(?:AND|AT|Y|CON)\s+")
_CORNER_OF = re.compile(
    r"^(?:(?:EN|AT|ON|NEAR)\s+)?(?:(?:LA|THE)\s+)?(?:ESQUINA|ESQ|CORNER|INTERSECTION|CRUCE)\b\.?\s*(?:OF|DE|DEL|CON)?\s+"
)
_SPANISH_TYPES = {
    "CALLE": "ST", "AVENIDA": "AVE", "CAMINO": "RD", "BULEVAR": "BLVD", "BOULEVARD": "BLVD", "CALLEJON": "ALY",
    "CARRETERA": "HWY",
}  # fmt: skip
_ARTICLES = {"LA", "EL", "LAS", "LOS", "THE", "DE", "DEL"}
_ORDINALS = {
    word: number
    for number, words in enumerate(
        (
            "FIRST PRIMERA", "SECOND SEGUNDA", "THIRD TERCERA", "FOURTH CUARTA", "FIFTH QUINTA", "SIXTH SEXTA",
            "SEVENTH SEPTIMA", "EIGHTH OCTAVA", "NINTH NOVENA", "TENTH DECIMA",
        ),
        start=1,
    )
    for word in words.split()
}  # fmt: skip
_ENGLISH = {number: word for word, number in reversed(_ORDINALS.items()) if not word.endswith("A")}


@dataclass(frozen=True)
class Street:
    """A street as asked for: every spelling its name may have, and its type and direction where they were given."""

    names: tuple[str, ...]
    post_type: str
    directional: str


@dataclass(frozen=True)
class HouseOn:
    """A house number on a street."""

    number: int
    suffix: str
    street: Street


@dataclass(frozen=True)
class Corner:
    """Two streets that meet."""

    one: Street
    other: Street


def read(text: str) -> HouseOn | Corner | None:
    """What a text asks for; None where it names neither a numbered house nor a corner. Never fails."""
    plain = _plain(text)
    bare, said_corner = _without_corner(plain)
    parts = [part.strip(" ,.") for part in _BETWEEN.split(bare, maxsplit=1)]
    if len(parts) == 2 and all(parts) and (said_corner or not _begins_with_house(parts)):
        return Corner(_street(parts[0]), _street(parts[1].split(",")[0]))
    # What follows a comma is a city or a unit: the house is told by what stands before it.
    address = split_address(plain.split(",")[0])
    if address.number is None or not address.street.street_name:
        return None
    return HouseOn(address.number, address.number_suffix, _street(str(address.street)))


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.replace("\0", " ")[:LONGEST_TEXT])
    return " ".join("".join(one for one in letters if not unicodedata.combining(one)).upper().split())


def _without_corner(plain: str) -> tuple[str, bool]:
    bare = _CORNER_OF.sub("", plain)
    return bare, bare != plain


def _begins_with_house(parts: list[str]) -> bool:
    """Whether this is a house on a street with AND in its name ("100 Hope and Glory St") and no corner."""
    words = parts[0].split()
    return len(words) > 1 and words[0].isdigit()


def _street(text: str) -> Street:
    words = text.split()
    while len(words) > 1 and words[0] in _ARTICLES:
        words.pop(0)
    spanish_type = _SPANISH_TYPES.get(words[0], "") if len(words) > 1 else ""
    whole = split_street(" ".join(words))
    names = [whole.street_name, *_other_spellings(whole)]
    if spanish_type:
        # "Calle Olivo" may be called so or be Olivo Street.
        rest = words[1:]
        while len(rest) > 1 and rest[0] in _ARTICLES:
            rest.pop(0)
        inner = split_street(" ".join(rest))
        names += [inner.street_name, *_other_spellings(inner)]
    seen = dict.fromkeys(name[:LONGEST_NAME] for name in names if name)
    return Street(tuple(seen), whole.post_type or spanish_type, whole.pre_directional or whole.post_directional)


def _other_spellings(street: StreetName) -> list[str]:
    """The same name with its number in words or as a figure: 4, 4TH, FOURTH, CUARTA."""
    name = street.street_name
    digits = re.fullmatch(r"0*(\d{1,3})(?:ST|ND|RD|TH|[A-Z]?A)?", name)
    number = int(digits.group(1)) if digits else _ORDINALS.get(name)
    if not number:
        return []
    return [f"{number}{_ending(number)}", str(number), *([_ENGLISH[number]] if number in _ENGLISH else [])]


def _ending(number: int) -> str:
    if number % 100 in {11, 12, 13}:
        return "TH"
    return {1: "ST", 2: "ND", 3: "RD"}.get(number % 10, "TH")
