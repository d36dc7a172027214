"""Street names and address numbers in parts, as USPS Publication 28 abbreviates and NENA's CLDXF names them."""

import re
from dataclasses import dataclass

# USPS Publication 28, appendix C1: suffix abbreviations, with the spellings people write.
_POST_TYPES: dict[str, str] = {
    spelling: standard
    for standard, spellings in {
        "ALY": "ALLEY ALLEE ALLY ALY",
        "AVE": "AVENUE AV AVEN AVENU AVN AVNUE AVE",
        "BLVD": "BOULEVARD BOUL BOULV BLVD BL BLV",
        "BND": "BEND BND",
        "BRG": "BRIDGE BRDGE BRG",
        "CIR": "CIRCLE CIRC CIRCL CRCL CRCLE CIR CI",
        "CT": "COURT CRT CT",
        "CTS": "COURTS CTS",
        "CV": "COVE CV",
        "CRES": "CRESCENT CRSENT CRSNT CRES",
        "XING": "CROSSING CRSSNG XING",
        "DR": "DRIVE DRIV DRV DR",
        "EXPY": "EXPRESSWAY EXPRESS EXPW EXPY",
        "EXT": "EXTENSION EXTN EXTNSN EXT",
        "FWY": "FREEWAY FREEWY FRWAY FRWY FWY",
        "GDNS": "GARDENS GRDNS GDNS",
        "GLN": "GLEN GLN",
        "GRN": "GREEN GRN",
        "GRV": "GROVE GROV GRV",
        "HTS": "HEIGHTS HT HTS",
        "HWY": "HIGHWAY HIGHWY HIWAY HIWY HWAY HWY HY",
        "HL": "HILL HL",
        "JCT": "JUNCTION JCTION JCTN JCT",
        "LN": "LANE LN LA",
        "LOOP": "LOOP LOOPS",
        "MALL": "MALL",
        "MNR": "MANOR MNR",
        "MDWS": "MEADOWS MDWS",
        "PARK": "PARK PRK",
        "PKWY": "PARKWAY PARKWY PKWAY PKY PKWY",
        "PASS": "PASS",
        "PATH": "PATH PATHS",
        "PIKE": "PIKE PIKES",
        "PL": "PLACE PL",
        "PLZ": "PLAZA PLZA PLZ",
        "PT": "POINT PT",
        "RAMP": "RAMP",
        "RDG": "RIDGE RDGE RDG",
        "RD": "ROAD RD",
        "ROW": "ROW",
        "SQ": "SQUARE SQR SQRE SQU SQ",
        "ST": "STREET STRT STR ST",
        "STA": "STATION STATN STN STA",
        "TER": "TERRACE TERR TE TER",
        "TRCE": "TRACE TRACES TRCE",
        "TRL": "TRAIL TRAILS TRLS TRL",
        "TPKE": "TURNPIKE TRNPK TURNPK TPKE",
        "VIA": "VIADUCT VDCT VIADCT",
        "VW": "VIEW VW",
        "VIS": "VISTA VIST VST VSTA VIS",
        "WALK": "WALK WALKS",
        "WAY": "WAY WY",
    }.items()
    for spelling in spellings.split()
}
_DIRECTIONALS: dict[str, str] = {
    "NORTH": "N", "SOUTH": "S", "EAST": "E", "WEST": "W", "NORTHEAST": "NE", "NORTHWEST": "NW", "SOUTHEAST": "SE",
    "SOUTHWEST": "SW", "N": "N", "S": "S", "E": "E", "W": "W", "NE": "NE", "NW": "NW", "SE": "SE", "SW": "SW",
}  # fmt: skip
# USPS Publication 28, appendix C2, those that stand before a unit.
_UNITS = {
    "APT",
    "APARTMENT",
    "UNIT",
    "STE",
    "SUITE",
    "RM",
    "ROOM",
    "FL",
    "FLOOR",
    "BLDG",
    "BUILDING",
    "SPC",
    "LOT",
    "#",
}
_ORDINAL = re.compile(r"^0*(\d+)(ST|ND|RD|TH)$")
_NUMBER = re.compile(r"^(\d+)(?:\s*-\s*\d+)?([A-Z]?)$")
_FRACTION = re.compile(r"^[1-9]/[2-9]$")
_ZIP = re.compile(r"^(\d{5})(?:-?\d{4})?$")
_NOT_A_WORD = re.compile(r"[^\w#/&'-]+")


@dataclass(frozen=True)
class StreetName:
    """A street's name in parts, upper case, abbreviated as USPS does: W | OLIVE | AVE | ''."""

    pre_directional: str = ""
    street_name: str = ""
    post_type: str = ""
    post_directional: str = ""

    def __str__(self) -> str:
        parts = (self.pre_directional, self.street_name, self.post_type, self.post_directional)
        return " ".join(part for part in parts if part)


@dataclass(frozen=True)
class Address:
    """A written address in parts. ``number`` is None where it has none; a range keeps its first number."""

    number: int | None
    number_suffix: str
    street: StreetName
    unit: str = ""
    zip_code: str = ""


@dataclass(frozen=True)
class AddressRange:
    """House numbers along one side of a segment, in the direction of its line; ``start`` may be above ``end``."""

    start: int
    end: int

    @property
    def low(self) -> int:
        return min(self.start, self.end)

    @property
    def high(self) -> int:
        return max(self.start, self.end)

    @property
    def parity(self) -> str:
        """ "odd", "even", or "mixed" where both ends differ."""
        if self.start % 2 != self.end % 2:
            return "mixed"
        return "odd" if self.start % 2 else "even"

    def holds(self, number: int) -> bool:
        """True where a number lies between the ends and fits the parity."""
        fits = self.parity == "mixed" or number % 2 == self.start % 2
        return fits and self.low <= number <= self.high


def post_type_of(word: str) -> str:
    """USPS's abbreviation of a street type (upper case, "AVENU" is "AVE"); empty for any other word."""
    return _POST_TYPES.get(word, "")


def directional_of(word: str) -> str:
    """The letters of a direction ("NORTHEAST" is "NE"); empty for any other word."""
    return _DIRECTIONALS.get(word, "")


def direction_word(letters: str) -> str:
    """A direction's letters in full ("NE" is "NORTHEAST"); empty for anything else."""
    return next((word for word, short in _DIRECTIONALS.items() if short == letters and len(word) > 2), "")


def words_of(text: str) -> list[str]:
    """Upper-case words of a text; dots and commas are separators, "04TH" becomes "4TH"."""
    words = _NOT_A_WORD.sub(" ", text.upper().replace("#", " # ")).split()
    return [_ORDINAL.sub(r"\1\2", word) for word in words]


def split_street(text: str) -> StreetName:
    """A street's name in parts. Never fails: what fits no part is the name ("AVENUE OF THE OAKS", "BROADWAY")."""
    words = words_of(text)
    post_directional = _DIRECTIONALS[words.pop()] if _ends_in_directional(words) else ""
    post_type = _POST_TYPES[words.pop()] if len(words) > 1 and words[-1] in _POST_TYPES else ""
    pre_directional = _DIRECTIONALS[words.pop(0)] if len(words) > 1 and words[0] in _DIRECTIONALS else ""
    if not pre_directional and post_type and len(words) == 1 and words[0] in _DIRECTIONALS and len(words[0]) > 2:
        return StreetName("", words[0], post_type, post_directional)  # "NORTH ST" is called North
    return StreetName(pre_directional, " ".join(words), post_type, post_directional)


def _ends_in_directional(words: list[str]) -> bool:
    """A last N or South counts as one only behind a name and a type ("4TH ST N"); in "AVENUE E" it is the name."""
    return len(words) > 2 and words[-1] in _DIRECTIONALS and words[-2] in _POST_TYPES


def split_address(text: str) -> Address:
    """An address in parts. Never fails; ``number`` is None where the text does not begin with one."""
    words = words_of(text)
    zip_code = _take_zip(words)
    unit = _take_unit(words)
    number, suffix = _take_number(words)
    return Address(number, suffix, split_street(" ".join(words)), unit, zip_code)


def _take_zip(words: list[str]) -> str:
    match = _ZIP.match(words[-1]) if len(words) > 2 else None
    if match is None:
        return ""
    words.pop()
    return match.group(1)


def _take_unit(words: list[str]) -> str:
    for at, word in enumerate(words):
        if at > 1 and word in _UNITS and at + 1 < len(words):
            unit = " ".join(word for word in words[at + 1 :] if word != "#")
            del words[at:]
            return unit
    return ""


def _take_number(words: list[str]) -> tuple[int | None, str]:
    match = _NUMBER.match(words[0]) if len(words) > 1 else None
    if match is None or len(match.group(1)) > 7:
        return None, ""
    words.pop(0)
    if len(words) > 1 and _FRACTION.match(words[0]):
        return int(match.group(1)), words.pop(0)
    return int(match.group(1)), match.group(2)


def parse_range(start: object, end: object) -> AddressRange | None:
    """A range out of two columns of a file; None where either is empty, zero or no number."""
    numbers = [_whole_number(value) for value in (start, end)]
    if not numbers[0] or not numbers[1]:
        return None
    return AddressRange(numbers[0], numbers[1])


def _whole_number(value: object) -> int | None:
    match = re.match(r"^\s*(\d{1,7})(?:\.0+)?\s*(?:-.*|[A-Za-z])?$", str(value)) if value is not None else None
    return int(match.group(1)) if match else None


def block_number(*numbers: int | None) -> int | None:
    """The hundred block of the lowest number given (4512 -> 4500); None where there is none. 1 to 99 is block 0."""
    known = [number for number in numbers if number]
    return min(known) // 100 * 100 if known else None


_BLOCK = re.compile(r"(\d+) block of (.+)|cuadra (\d+) de (.+)", re.IGNORECASE)


def block_in(address: str, language: str) -> str:
    """An address that names a block ("4500 block of W Olive Ave") in a language; every other one as it is.

    What is kept of a request is in one language: the city's own, or that of whoever reported it.
    """
    found = _BLOCK.fullmatch(address)
    if found is None:
        return address
    number, street = found[1] or found[3], found[2] or found[4]
    return f"cuadra {number} de {street}" if language == "es" else f"{number} block of {street}"


_LOWER_IN_TITLES = {"OF", "THE", "DE", "DEL", "LA", "LAS", "LOS", "EL", "Y", "AND"}


def display_name(name: StreetName) -> str:
    """The name as a street sign shows it: "W Olive Ave", "4th St", "Avenue of the Oaks"."""
    words = name.street_name.split()
    shown = [_display_word(word, first=at == 0) for at, word in enumerate(words)]
    parts = (name.pre_directional, " ".join(shown), name.post_type.capitalize(), name.post_directional)
    return " ".join(part for part in parts if part)


def spelled_as(name: str, written: str) -> str:
    """A displayed name in the capitals of the text it was read from: "Jfk St" from "JFK Street" is "JFK St".

    A text all in capitals says nothing about them, and the name stays as it is.
    """
    if written == written.upper():
        return name
    spelling = {word.upper(): word for word in re.split(r"[\s.]+", written) if word != word.lower()}
    return " ".join(spelling.get(word.upper(), word) for word in name.split())


def _display_word(word: str, *, first: bool) -> str:
    if _ORDINAL.match(word):
        return word.lower()
    if word in _LOWER_IN_TITLES and not first:
        return word.lower()
    if word.startswith("MC") and len(word) > 3:
        return f"Mc{word[2:].capitalize()}"
    return "-".join(part[:1] + part[1:].lower() for part in word.split("-"))
