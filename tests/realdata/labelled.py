"""Addresses that others took apart by hand: usaddress's labelled sets and the regressions of PostGIS's normalizer."""

import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from geoserver_app.geocode.asked import Corner, House, WholeStreet
from geoserver_app.geocode.plain import key_of, plain
from geoserver_app.geocode.reading import read
from geoserver_app.geocode.words import STATE_CODES, STATES
from layers.addresses import split_street

USADDRESS_SETS = (
    "usaddress_measure_performance__test_data__labeled.xml",
    "usaddress_measure_performance__test_data__us50_test_tagged.xml",
    "usaddress_training__labeled.xml",
    "usaddress_training__us50_train_tagged.xml",
    "usaddress_training__us50_messiest_manual_label.xml",
    "usaddress_training__multi_word_state_addresses.xml",
)
_STREET = ("StreetNamePreDirectional", "StreetNamePreModifier", "StreetNamePreType", "StreetName",
           "StreetNamePostType", "StreetNamePostDirectional", "StreetNamePostModifier")  # fmt: skip


@dataclass(frozen=True)
class Parts:
    """An address in parts as all sources can be compared: street names folded, states as codes, words plain."""

    number: str
    street: str
    unit: str = ""
    city: str = ""
    state: str = ""
    zip_code: str = ""
    other_street: str = ""

    @property
    def where(self) -> tuple[str, ...]:
        """What a place is found by: number and street, or both streets of a corner."""
        return (self.number, self.street, self.other_street)


@dataclass(frozen=True)
class Labelled:
    text: str
    parts: Parts


def fold(street: str) -> str:
    """A street's whole name, type and direction in one spelling."""
    return key_of(str(split_street(plain(street).strip(" ,.")))) if street.strip(" ,.") else ""


def from_labels(pairs: Iterable[tuple[str, str]]) -> Parts:
    """Parts out of (token, label), labels by usaddress's names."""
    by_label: dict[str, list[str]] = {}
    streets: list[list[str]] = [[]]
    for token, label in pairs:
        by_label.setdefault(label, []).append(token)
        if label == "IntersectionSeparator":
            streets.append([])
        if label in _STREET:
            streets[-1].append(token)

    def said(label: str) -> str:
        return plain(" ".join(by_label.get(label, []))).strip(" ,.#()")

    state = said("StateName").replace(".", "")
    return Parts(
        number=re.sub(r"\D.*$", "", said("AddressNumber")),
        street=fold(" ".join(streets[0])),
        unit=said("OccupancyIdentifier").replace("# ", "").split(" ")[-1],
        city=said("PlaceName"),
        state=STATES.get(state, state),
        zip_code=said("ZipCode")[:5],
        other_street=fold(" ".join(streets[1])) if len(streets) > 1 else "",
    )


def usaddress_sets(data: Path) -> Iterator[tuple[str, list[Labelled]]]:
    """Each labelled set with its street addresses and corners: boxes, names alone and grid numbers are left out."""
    with zipfile.ZipFile(data / "address_parsing_fixtures.zip") as archive:
        for name in USADDRESS_SETS:
            root = ET.fromstring(archive.read(name))  # noqa: S314  a fixture of our own choosing
            yield name, [one for one in map(_labelled, root.iter("AddressString")) if one is not None]


def _labelled(element: ET.Element) -> Labelled | None:
    pairs = [(token, child.tag) for child in element for token in (child.text or "").split()]
    labels = {label for _, label in pairs}
    if "StreetName" not in labels or any(label.startswith("USPS") for label in labels) or "NotAddress" in labels:
        return None
    parts = from_labels(pairs)
    if not parts.street or not (parts.number or parts.other_street):
        return None
    return Labelled(" ".join("".join(element.itertext()).split()), parts)


def postgis_normalizer(data: Path) -> list[Labelled]:
    """The texts of PostGIS's normalizer regressions with what its authors want as the answer."""
    with zipfile.ZipFile(data / "address_parsing_fixtures.zip") as archive:
        script = archive.read("postgis_tiger_regress__normalize_address_regress.sql").decode()
        wanted = archive.read("postgis_tiger_regress__normalize_address_desired_regress").decode().splitlines()
    texts = dict(re.findall(r"SELECT '(#\w+)'.*?normalize_address\('((?:[^']|'')*)'\)", script, re.IGNORECASE))
    rows = {line.split("|")[0]: line.split("|") for line in wanted if line.startswith("#") and line.endswith("|t")}
    return [Labelled(texts[ticket].replace("''", "'"), _wanted(row[-10:-1])) for ticket, row in rows.items()]


def _wanted(row: list[str]) -> Parts:
    """A row of number, direction, name, type, direction, unit, city, state, ZIP; a road's kind goes first."""
    number, before, name, kind, after, unit, city, state, zip_code = row
    is_road = bool(re.search(r"(?:Rd|Hwy|Rte|^I-)$", kind)) and len(name) < 4
    words = " ".join(part for part in (before, *((kind, name) if is_road else (name, kind)), after) if part)
    return Parts(number, fold(words), unit.split(" ")[-1].upper(), plain(city), state, zip_code[:5])


def ours(text: str) -> Parts:
    """What the product reads first."""
    asked = read(text)
    tail = {"city": asked.city, "state": asked.state, "zip_code": asked.zip_code}
    for reading in asked.readings:
        if isinstance(reading, House):
            return Parts(str(reading.number), key_of(reading.street.written), reading.unit, **tail)
        if isinstance(reading, Corner):
            return Parts("", key_of(reading.one.written), "", **tail, other_street=key_of(reading.other.written))
        if isinstance(reading, WholeStreet):
            return Parts("", key_of(reading.street.written), "", **tail)
    return Parts("", "", "", **tail)


def theirs(text: str) -> Parts:
    """What the usaddress parser makes of it, unchanged."""
    import usaddress

    return from_labels(usaddress.parse(text))


def score(cases: list[Labelled], parse: Callable[[str], Parts]) -> tuple[float, float]:
    """Shares whose number and street are right, and whose state and ZIP code are right too."""
    read_as = [(one.parts, parse(one.text)) for one in cases]
    where = sum(want.where == got.where for want, got in read_as)
    tail = sum(want.where == got.where and (want.zip_code, _code(want.state)) == (got.zip_code, _code(got.state))
               for want, got in read_as)  # fmt: skip
    return where / len(cases), tail / len(cases)


def _code(state: str) -> str:
    return state if state in STATE_CODES else STATES.get(state, "")
