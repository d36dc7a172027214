"""A crosswalk proposed for the file at hand: which of its columns look like code, name, ranges, situs and owner.

The names are those that cities, counties and makers of software give such columns; the values decide whether a column
can be what its name says. Nothing is loaded by a proposal: a person reads it, corrects it and keeps it.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from layers import files
from layers.kinds import KindChoice, ensure_kind
from layers.loading import LoadOptions
from layers.mapping import text_of
from layers.models import CenterlineShape, Jurisdiction, Kind
from layers.source import SourceTable, read
from layers.tables import MAX_CODE, TABLES

CLASSES_MAX = 12  # distinct values of a column that is a class rather than a text
_LINE = 60
_SHOWN = 30


def _words(*alternatives: str) -> re.Pattern[str]:
    """Names of columns, without blanks, underscores and case."""
    return re.compile("|".join(f"(?:{one})" for one in alternatives))


# From the likeliest to the least likely. A name of one's own kind ("beat" in a file of beats) goes before them.
_CODES = (
    _words("apn", "ain", "parcel(?:no|num|number|id)", "pin", "blklot", "mapblklot", "maplot", "ml"),
    _words("segmentid", "segid", "cnn", "linearid", "addressid", "addrid", "assetid", "facilityid"),
    _words("poleid", "hydrantid"),
    _words("code", "number", "no", "num", "nbr", r"\w+(?:code|number|no|num|nbr)", "zipcode", "zip", "zcta5?"),
    _words(r"dist(?:rict)?(?:no|num)?", "beat", "ward", "precinct", "wardprecinct", "zone", "sector", "division",
           "battalion", "nhood", "neighborhood", r"\w*rte", "firstin", "statid", "cadra", "nbhd", "busnss"),
    _words("slug", "id", "geoid", "key"),
    _words(r"(?!global)\w*id", r"\w*key"),
    _words("name", "nombre", r"\w*name", "label", "title", r"neighborho\w*"),
    _words("globalid"),
)  # fmt: skip
# Numbered anew with every export, so that the same feature has another one next week; and measurements.
_FLEETING = _words(
    "objectid", "fid", "oid", "id0", "cartodbid", "sort", "gid", "ogcfid", r"(?:shape)?(?:st)?(?:area|length|len|acres)"
)
_NAMES = (
    _words("name", "nombre", "label", "title", "sitename", "nhood", r"neighborho\w*"),
    _words(r"\w*name", r"\w*desc(?:ription)?", "district"),
)
_FIELDS: dict[str, tuple[re.Pattern[str], ...]] = {
    "situs_address": (
        _words(r"situs\w*", r"site\w*addr\w*", r"prop\w*addr\w*"),
        _words("location", "address", "fulladdress", "streetaddress"),
    ),
    "land_use": (_words("usedescription", "usedesc", "landuse", r"\w*landuse\w*"), _words("usecode", "propclass")),
    "owner_class": (_words("ownerclass", "ownertype", "owntype", "ownership", "owner"),),
    "address": (_words("address", "fulladdress", "addressfull", "streetaddress", r"\w*fulladdr\w*"),),
    "address_number": (_words("addressnumber", "addno", "number", r"house(?:no|num|number)", "housenbr", "stnum"),),
    "street": (
        _words("fullname", "fullstreet", "streetfull", "label", "street"),
        _words("streetname", "stname", "roadname", "rdname"),
    ),
    "unit": (_words("unit", "apt", "suite"),),
    "zip_code": (_words("zip", "zipcode", "postcode", "postal", "zip5"),),
    "road_class": (_words("roadclass", "functionalclass", "fclass", "majorroad", "mtfcc", "rttyp"),),
    "zip_left": (_words("zipleft", "leftzip", "zipl", "lzip"),),
    "zip_right": (_words("zipright", "rightzip", "zipr", "rzip"),),
    "category": (_words("category", "type", "poitypedesc", "class"),),
}
_SIDES = {"left": "left|lt?", "right": "right|rt?"}
_ENDS = {"from": "from|fr|f|low|lo", "to": "to|t|high|hi"}
_FILLER = "(?:add(?:r|ress)?|hn|no|num|range)?"
for _side, _side_words in _SIDES.items():
    for _end, _end_words in _ENDS.items():
        _FIELDS[f"{_end}_address_{_side}"] = (
            _words(f"(?:{_side_words}){_FILLER}(?:{_end_words}){_FILLER}",
                   f"(?:{_end_words}){_FILLER}(?:{_side_words}){_FILLER}"),
        )  # fmt: skip
# What a kind's crosswalk is proposed, in this order.
_ASKED = {
    Kind.FeatureClass.AREA: ("name",),
    Kind.FeatureClass.PARCEL: ("situs_address", "land_use", "owner_class"),
    Kind.FeatureClass.ADDRESS_POINT: ("address", "address_number", "street", "unit", "zip_code"),
    Kind.FeatureClass.CENTERLINE: (
        "street", "road_class", "from_address_left", "to_address_left", "from_address_right", "to_address_right",
        "zip_left", "zip_right",
    ),
    Kind.FeatureClass.ASSET: ("name", "owner_class"),
    Kind.FeatureClass.LANDMARK: ("name", "category"),
}  # fmt: skip


@dataclass
class Proposal:
    """A crosswalk as a document of ``layers.crosswalk``, and remarks for whoever looks it over.

    ``columns`` are those of the file, each with its first different values (at most CLASSES_MAX + 1, cut to a line).
    """

    document: dict[str, Any] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    columns: dict[str, list[str]] = field(default_factory=dict)
    source: str = ""

    def text(self, kind: str) -> str:
        """The crosswalk as YAML, remarks first."""
        head = [f"Proposed for {self.source} as {kind}: look it over before you load by it.", *self.remarks]
        return "".join(f"# {line}\n" for line in head) + written(self.document)


def written(document: dict[str, Any]) -> str:
    """A crosswalk as YAML; nothing for an empty one."""
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110) if document else ""


@dataclass(frozen=True)
class _Column:
    """A column with what its values allow."""

    name: str
    values: list[Any]

    @property
    def plain(self) -> str:
        """Its name in small letters and digits alone."""
        return re.sub(r"[^a-z0-9]", "", self.name.lower())

    @property
    def first(self) -> list[str]:
        """Its first different values, one more than a class can have."""
        found: dict[str, None] = {}
        for value in self.values:
            found.setdefault(text_of(value)[:_LINE])
            if len(found) > CLASSES_MAX + 1:
                break
        return [text for text in found if text][: CLASSES_MAX + 1]

    @property
    def counts(self) -> Counter[str]:
        return Counter(text_of(value) for value in self.values)

    def could_be_code(self, *, in_parts: bool) -> bool:
        """True where nearly every feature has a value, all differ, and none is a measurement or too long.

        ``in_parts``: a few may stand on several features, which are then parts of one.
        """
        counts = self.counts
        count = len(self.values)
        measured = any(isinstance(value, float) and not value.is_integer() for value in self.values)
        filled = count - counts.get("", 0)
        return (
            not measured
            and filled >= 0.98 * count
            and max(map(len, counts)) <= MAX_CODE
            and len(counts) >= (max(1, round(0.95 * count)) if in_parts else count)
        )


def for_file(
    jurisdiction: Jurisdiction, path: Path | str, *, kind: str, options: LoadOptions, choice: KindChoice | None = None
) -> str:
    """The proposal for a file as YAML; writes nothing. BadFile where the file cannot be read."""
    return proposed(jurisdiction, path, kind=kind, options=options, choice=choice).text(kind)


def proposed(
    jurisdiction: Jurisdiction, path: Path | str, *, kind: str, options: LoadOptions, choice: KindChoice | None = None
) -> Proposal:
    """The proposal for a file; writes nothing. BadFile where the file cannot be read."""
    described = described_as(jurisdiction, kind, choice)
    with files.opened(path, layer=options.layer, encoding=options.encoding) as source:
        table = read(source, where=options.where)
    proposal = of(table, described)
    proposal.source = source.shown
    return proposal


def described_as(jurisdiction: Jurisdiction, kind: str, choice: KindChoice | None) -> Kind:
    """A kind as a load would find or make it; writes nothing. BadFile, Conflict as ensure_kind."""
    with transaction.atomic():
        described = ensure_kind(jurisdiction, kind, choice)
        transaction.set_rollback(True)
    return described


def asked_of(kind: Kind) -> tuple[str, ...]:
    """What a kind's crosswalk is proposed besides the code, in order."""
    return _ASKED[Kind.FeatureClass(kind.feature_class)]


def of(table: SourceTable, kind: Kind) -> Proposal:
    """What a kind of feature could take from which column of a layer."""
    columns = [_Column(name, values) for name, values in table.columns.items()]
    proposal = Proposal(columns={one.name: one.first for one in columns})
    code = _code(columns, kind)
    _propose_code(proposal, code, kind)
    for name in _ASKED[Kind.FeatureClass(kind.feature_class)]:
        _propose_field(proposal, name, columns, code)
    taken = {value["column"] if isinstance(value, dict) else str(value) for value in proposal.document.values()}
    others = [column.name for column in columns if column.name not in taken]
    if others:
        more = " ..." if len(others) > _SHOWN else ""
        proposal.remarks.append(
            f"Columns that are not used (under attributes: as you like): {', '.join(others[:_SHOWN])}{more}"
        )
    return proposal


def _code(columns: list[_Column], kind: Kind) -> _Column | None:
    """The column that names features best: by its name, among those whose values can be codes."""
    in_parts = kind.feature_class in (Kind.FeatureClass.AREA, Kind.FeatureClass.PARCEL)
    possible = [one for one in columns if not _FLEETING.fullmatch(one.plain) and one.could_be_code(in_parts=in_parts)]
    own = kind.code.rpartition(":")[2].replace("_", "")
    for pattern in (_words(own, f"{own}(?:code|number|no|num|id)"), *_CODES):
        for column in possible:
            if pattern.fullmatch(column.plain):
                return column
    return possible[0] if possible else None


def _propose_code(proposal: Proposal, code: _Column | None, kind: Kind) -> None:
    tables = TABLES[kind.feature_class]
    if code is None:
        proposal.document[tables.code] = "auto"
        proposal.remarks.append("No column tells its features apart: codes are made from the geometry.")
        return
    proposal.document[tables.code] = code.name
    repeated = {value: count for value, count in code.counts.items() if count > 1 and value}
    placeholders = sorted(value for value in repeated if not re.search(r"\d", value))
    if placeholders and kind.feature_class == Kind.FeatureClass.PARCEL:
        proposal.document["placeholder_codes"] = placeholders
        proposal.remarks.append(
            f"{sum(repeated[one] for one in placeholders)} features stand under codes that are none."
        )
        repeated = {value: count for value, count in repeated.items() if value not in placeholders}
    if repeated:
        proposal.document["merge"] = True
        first = ", ".join(list(repeated)[:3])
        proposal.remarks.append(
            f"{len(repeated)} codes stand on several features ({first}): merge makes them parts of one."
        )


def _propose_field(proposal: Proposal, name: str, columns: list[_Column], code: _Column | None) -> None:
    patterns = _NAMES if name == "name" else _FIELDS[name]
    found = _named(patterns, [one for one in columns if name != "name" or _is_text(one)])
    if name == "address" and found and _named(_FIELDS["address_number"], columns):
        return  # number and street stand apart, which is surer
    if found is None:
        if name == "name" and code is not None:
            proposal.remarks.append(f"No column is a name: features are called by {code.name}.")
        return
    if name in CLASSES:
        _propose_class(proposal, name, found)
    else:
        proposal.document[name] = found.name


def _named(patterns: tuple[re.Pattern[str], ...], columns: list[_Column]) -> _Column | None:
    """The first column of a name that has any value."""
    for pattern in patterns:
        for column in columns:
            if pattern.fullmatch(column.plain) and any(text_of(value) for value in column.values):
                return column
    return None


def _is_text(column: _Column) -> bool:
    return any(isinstance(value, str) and re.search(r"[^\W\d_]", value) for value in column.values)


def _propose_class(proposal: Proposal, name: str, column: _Column) -> None:
    """A rule whose values a person fills in: ours on the right, theirs on the left."""
    counts = column.counts
    if len(counts) > CLASSES_MAX:
        proposal.remarks.append(f"{column.name} is not proposed as {name}: it holds {len(counts)} values, no classes.")
        return
    choices = CLASSES[name]
    translated = {value: _likely(value, choices) for value in sorted(counts) if value}
    if not any(translated.values()):
        theirs = ", ".join(translated)
        proposal.remarks.append(f"{column.name} may be {name}: say under values what {theirs} stand for.")
        return
    proposal.document[name] = {"column": column.name, "values": {k: v for k, v in translated.items() if v}}
    unknown = [value for value, ours in translated.items() if not ours]
    default = "private" if name == "owner_class" else "local"
    if unknown or "" in counts:
        proposal.document[name]["default"] = default
        proposal.remarks.append(f"{name} of {', '.join(unknown) or 'no value'} becomes {default}: say which they are.")


# What columns of classes hold here.
CLASSES: dict[str, tuple[str, ...]] = {
    "owner_class": ("city", "county", "state", "federal", "school", "utility", "private"),
    "road_class": tuple(CenterlineShape.RoadClass.values),
}
_MEANT = {
    "city": ("city", "municipal", "town"),
    "county": ("county",),
    "state": ("state",),
    "federal": ("federal", "us", "usa", "united"),
    "private": ("private", "priv"),
    "motorway": ("freeway", "highway", "interstate", "s1100"),
    "arterial": ("arterial", "major", "s1200"),
    "local": ("residential", "minor", "s1400"),
    "ramp": ("s1630",),
    "alley": ("s1730",),
}


def _likely(value: str, choices: tuple[str, ...]) -> str:
    words = set(re.findall(r"[a-z0-9]+", value.lower()))
    for ours in choices:
        if ours and words & {ours, *_MEANT.get(ours, ())}:
            return ours
    return ""
