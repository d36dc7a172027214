"""Text as the locators compare it: capitals without accents, and street names folded to one spelling."""

import re
import unicodedata
from functools import lru_cache

from layers.addresses import post_type_of

LONGEST_TEXT = 250
_FRACTIONS = {"½": " 1/2", "¼": " 1/4", "¾": " 3/4", "⅓": " 1/3", "⅔": " 2/3", "⅛": " 1/8"}
_FRACTION = re.compile("|".join(_FRACTIONS))
# What stands for another character on keyboards and in exports: dashes, quotes, the sign for "number".
_LOOKS = str.maketrans({"–": "-", "—": "-", "‑": "-", "−": "-", "’": "'", "‘": "'", "`": "'", "´": "'", "⁄": "/",
                        "№": "#", "º": " ", "ª": " ", "\t": " ", "\n": " ", "\r": " "})  # fmt: skip
_ENGLISH = (
    "FIRST", "SECOND", "THIRD", "FOURTH", "FIFTH", "SIXTH", "SEVENTH", "EIGHTH", "NINTH", "TENTH", "ELEVENTH",
    "TWELFTH", "THIRTEENTH", "FOURTEENTH", "FIFTEENTH", "SIXTEENTH", "SEVENTEENTH", "EIGHTEENTH", "NINETEENTH",
    "TWENTIETH",
)  # fmt: skip
_SPANISH = ("PRIMERA", "SEGUNDA", "TERCERA", "CUARTA", "QUINTA", "SEXTA", "SEPTIMA", "OCTAVA", "NOVENA", "DECIMA")
_ORDINALS = {word: str(number) for words in (_ENGLISH, _SPANISH) for number, word in enumerate(words, start=1)}
_TENS = {"TWENTY": 20, "THIRTY": 30, "FORTY": 40, "FIFTY": 50, "SIXTY": 60, "SEVENTY": 70, "EIGHTY": 80, "NINETY": 90}
# Words of a name that are written in two ways; USPS Publication 28 gives the types among them (appendix C1).
_SAME = {
    "SAINT": "ST", "SAINTE": "ST", "SANTO": "ST", "STE": "ST", "MOUNT": "MT", "MOUNTAIN": "MTN", "FORT": "FT",
    "DOCTOR": "DR", "JUNIOR": "JR", "SENIOR": "SR", "REVEREND": "REV", "SERGEANT": "SGT", "GENERAL": "GEN",
    "CAPTAIN": "CAPT", "COLONEL": "COL", "FATHER": "FR", "MLK": "MARTINLUTHERKING", "JFK": "JOHNFKENNEDY",
    "POINT": "PT", "POINTS": "PTS", "NORTH": "N", "SOUTH": "S", "EAST": "E", "WEST": "W", "NO": "N", "SO": "S",
    "NORTE": "N", "SUR": "S", "ESTE": "E", "OESTE": "W", "ROUTE": "HWY", "RTE": "HWY", "RT": "HWY", "SR": "HWY",
    "COUNTY": "CO", "SERVICE": "SVC", "HEIGHTS": "HTS", "SPRING": "SPG", "SPRINGS": "SPGS", "AND": "", "THE": "",
}  # fmt: skip
_ORDINAL = re.compile(r"^0*(\d{1,4})(?:ST|ND|RD|TH|RA|DA|TA|MA|VA|NA|A|O)?$")
# US HWY 101, STATE RTE 35, CA-1, I- 280, HIGHWAY 101 N.
_HIGHWAY = re.compile(
    r"^(?:(?:US|U S|STATE|ST|SR|CA|INTERSTATE|COUNTY|CO)[ -]*)?"
    r"(?:(?:HWY|HIGHWAY|RTE|ROUTE|RT|FWY|FREEWAY|I|INTERSTATE|US|U S|SR|CARRETERA|AUTOPISTA|RUTA)[ -]*)"
    r"(?:NUMBER |NO |NUMERO )?(\d{1,3})(?: [NSEW])?$"
)
_NOT_KEY = re.compile(r"[^A-Z0-9]")
_BLANKS = re.compile(r"\s+")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


def plain(text: str) -> str:
    """Capitals without accents, one blank between words, at most 250 characters. The same when done again."""
    text = text[: 2 * LONGEST_TEXT]
    if text.isascii():
        letters = _CONTROLS.sub(" ", text).upper().replace("`", "'")
    else:
        text = _FRACTION.sub(lambda one: _FRACTIONS[one.group()], text.translate(_LOOKS))
        letters = _letters(_letters(text).upper()).translate(_LOOKS)
    return " ".join(letters.split())[:LONGEST_TEXT].strip()


def _letters(text: str) -> str:
    """Compatibility forms taken apart, without marks and control characters (NUL among them)."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(
        " " if unicodedata.category(one)[0] in "CZ" else one for one in apart if not unicodedata.combining(one)
    )


@lru_cache(maxsize=100_000)
def key_of(name: str) -> str:
    """One spelling for all ways to write a street's name (given in plain text): letters and digits only.

    "4TH", "04TH", "FOURTH" and "CUARTA" are "4"; "O'FARRELL" and "OFARRELL", "BAY SHORE" and "BAYSHORE" are one;
    "US HWY 101", "HIGHWAY 101" and "ROUTE 101" are "HWY101".
    """
    highway = _HIGHWAY.match(_BLANKS.sub(" ", name.replace(".", "").replace("-", " ")).strip())
    if highway:
        return f"HWY{int(highway.group(1))}"
    words = name.replace("'", "").replace(".", " ").replace("-", " ").replace(",", " ").split()
    return _NOT_KEY.sub("", "".join(_joined(words)))


def ordinals_beginning(word: str) -> list[str]:
    """Ordinals that an unfinished word may become: "SECON" is going to be SECOND, whose folding is 2."""
    if len(word) < 3:
        return []
    return [number for whole, number in _ORDINALS.items() if whole != word and whole.startswith(word)]


def letters_of(name: str) -> str:
    """A name's letters and digits as they stand, for those who write it in one word: POINT LOBOS is POINTLOBOS."""
    return _NOT_KEY.sub("", name)


def _joined(words: list[str]) -> list[str]:
    folded = []
    for at, word in enumerate(words):
        if word in _TENS and at + 1 < len(words) and words[at + 1] in _ORDINALS:
            continue  # TWENTY FIRST: said with the next word
        tens = _TENS.get(words[at - 1], 0) if at else 0
        folded.append(str(tens + int(_ORDINALS[word])) if word in _ORDINALS else _folded(word))
    return folded


def _folded(word: str) -> str:
    number = _ORDINAL.match(word)
    if number:
        return str(int(number.group(1)))
    return _SAME.get(word) if word in _SAME else post_type_of(word) or word  # type: ignore[return-value]  # it is there
