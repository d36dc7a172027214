"""A mapping proposed for the file at hand: by the names of its columns and by what stands in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import PurePath
from zoneinfo import ZoneInfo

import yaml
from django.utils.text import slugify

from geoserver_app.catalog.models import Service
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.past.moments import reader
from geoserver_app.past.rule import fold, text_of
from geoserver_app.past.sources import Given
from layers.models import Jurisdiction, Kind

_LOOKED = 5_000
_FORMATS = (
    "iso", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y",
    "%d-%b-%Y %H:%M:%S", "%b %d, %Y", "epoch_ms", "epoch",
)  # fmt: skip
# The likeliest name first; columns are compared by their letters and digits alone.
_NAMES: dict[str, str] = {
    "number": r"srnumber|servicerequestid|requestid|caseid|ticketid|requestnumber|casenumber|reference\w*|uniquekey|id",
    "requested": r"createddate|requesteddatetime|opened|dateopened|opendate|created|createdat|datecreated|submitted\w*",
    "updated": r"updateddate|updateddatetime|updated|updatedat|lastupdated|lastmodified|modified\w*",
    "closed": r"closeddate|closed|dateclosed|closedat|closedatetime|closeddatetime|completed\w*|resolved\w*",
    "expected": r"expecteddatetime|duedate|due|expected\w*|servicedate|target\w*",
    "service": r"servicename|requesttype|category|servicecode|casetype|type|complainttype|subject|problem",
    "status": r"status|state|casestatus",
    "status_notes": r"statusnotes|resolutionnotes|closurenotes|resolution\w*",
    "channel": r"requestsource|source|channel|origin|openedvia|methodreceived\w*",
    "description": r"description|requestdetails|details|comments?|notes|text",
    "photos": r"mediaurl|photourl|image\w*|photo\w*|attachment\w*",
    "department": r"department|owner|agencyresponsible|responsibleagency|agency|assignedto",
    "language": r"language|lang",
}
_PLACE = {
    "lon": r"longitude|long|lon|lng|x|pointx|srx|xcoord\w*",
    "lat": r"latitude|lat|y|pointy|sry|ycoord\w*",
    "text": r"point|location|geolocation|latlong?|coordinates|geom|thegeom|wkt",
    "address": r"address|streetaddress|incidentaddress|fulladdress|addressstring|where",
}
_STATES = {
    "closed": r"closed|completed?|resolved|done|duplicate.*|referred.*",
    "cancelled": r"cancel.*|withdrawn|void|invalid",
    "in_progress": r"in.?progress|in.?process|started|working",
    "accepted": r"pending|accepted|acknowledged|assigned",
    "assigned": r"open|new|submitted|received|reopened",
}
_CHANNELS = {
    "phone": r".*(?:phone|call|voice in).*", "web": r".*(?:web|online|portal|mobile|app|self.?service).*",
    "email": r".*e-?mail.*", "walk_in": r".*(?:walk|counter|person).*", "voicemail": r".*voice.?mail.*",
    "mail": r".*(?:letter|mail).*", "fax": r".*fax.*", "open311": r".*open311.*",
    "social_media": r".*(?:twitter|facebook|social).*",
    "field_staff": r".*(?:staff|driver|crew|department|agency|office|council).*",
}  # fmt: skip


@dataclass
class _Looked:
    """The first rows of all parts, by column."""

    values: dict[str, list[str]] = field(default_factory=dict)

    def counts(self, column: str) -> Counter[str]:
        return Counter(text for text in self.values[column] if text)


def of(given: Given, place: Jurisdiction) -> str:
    """The proposal as YAML with remarks. What a column cannot be told from is left for a person."""
    looked = _look(given)
    chosen = {name: column for name, pattern in _NAMES.items() if (column := _named(pattern, looked))}
    document: dict[str, object] = {"source": slugify(PurePath(given.name).stem)[:60] or "old-system"}
    remarks: list[str] = []
    if "number" in chosen:
        document["number"] = chosen["number"]
        _propose_repeats(document, looked.values[chosen["number"]])
    _propose_dates(document, looked, chosen, remarks)
    document |= {name: chosen[name] for name in ("requested", "updated", "closed", "expected") if name in chosen}
    _propose_service(document, looked, chosen, place, remarks)
    _propose_words(document, "status", looked, chosen, _STATES, remarks)
    _propose_words(document, "channel", looked, chosen, _CHANNELS, remarks)
    plain = ("description", "status_notes", "photos", "department", "language")
    document |= {name: chosen[name] for name in plain if name in chosen}
    _propose_place(document, looked, remarks)
    _propose_areas(document, looked, place, remarks)
    remarks += [f"{name} is needed: no column looks like it." for name in ("number", "requested", "service", "status")
                if name not in document]  # fmt: skip
    return _text(document, remarks, _unused(document, looked))


def _look(given: Given) -> _Looked:
    looked = _Looked()
    for part in given.parts:
        for _line, row in islice(part.lines(), max(200, _LOOKED // len(given.parts))):
            if isinstance(row, Mapping):
                for column, value in row.items():
                    looked.values.setdefault(_known(column, looked), []).append(text_of(value))
    return looked


def _known(column: str, looked: _Looked) -> str:
    return next((one for one in looked.values if _plain(one) == _plain(column)), column)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", name.casefold())


def _named(pattern: str, looked: _Looked, *, without: Sequence[str] = ()) -> str | None:
    """The column of the likeliest name that holds anything."""
    for one in pattern.split("|"):
        for column, values in looked.values.items():
            if column not in without and re.fullmatch(one, _plain(column)) and any(values):
                return column
    return None


def _propose_repeats(document: dict[str, object], numbers: list[str]) -> None:
    if len(set(numbers)) < len(numbers):
        document["repeated"] = "last"


def _propose_dates(document: dict[str, object], looked: _Looked, chosen: Mapping[str, str], remarks: list[str]) -> None:
    dates = [text for name in ("requested", "updated", "closed") if name in chosen
             for text in looked.values[chosen[name]] if text]  # fmt: skip
    left, found = set(dates), []
    for form in _FORMATS:
        read = reader((form,), ZoneInfo("UTC"))
        fits = {text for text in left if read(text)}
        if fits:
            found.append(form)
            left -= fits
    document["dates"] = found or ["iso"]
    if left:
        remarks.append(f"No known format reads {sorted(left)[0]!r} and {len(left) - 1} others: add one to dates.")


def _propose_service(
    document: dict[str, object], looked: _Looked, chosen: Mapping[str, str], place: Jurisdiction, remarks: list[str]
) -> None:
    if "service" not in chosen:
        return
    counts = looked.counts(chosen["service"])
    known = {fold(word): code for code, name in Service.objects.filter(jurisdiction=place).values_list("code", "name")
             for word in (code, name)}  # fmt: skip
    found = {word: known[fold(word)] for word in counts if fold(word) in known}
    unknown = [word for word, _ in counts.most_common() if word not in found]
    document["service"] = {"column": chosen["service"], **({"values": found} if found else {})}
    create = ({"services": True} if unknown else {}) | ({"departments": True} if "department" in chosen else {})
    document |= {"create": create} if create else {}
    remarks += [
        f"The city has no service {word!r} ({counts[word]} times in what was looked at)." for word in unknown[:60]
    ]
    if unknown:
        remarks.append(
            "With create.services they become services that are retired at once and show nothing to everybody."
        )


def _propose_words(
    document: dict[str, object], name: str, looked: _Looked, chosen: Mapping[str, str], meant: Mapping[str, str],
    remarks: list[str],
) -> None:  # fmt: skip
    if name not in chosen:
        return
    counts = looked.counts(chosen[name])
    own = {fold(str(label)): code for code, label in ServiceRequest.Channel.choices} if name == "channel" else {}
    likely = {word: own.get(fold(word)) or _likely(word, meant) for word in sorted(counts)}
    document[name] = {"column": chosen[name], "values": {word: ours for word, ours in likely.items() if ours}}
    remarks += [f"Say what {name} {word!r} is." for word, ours in likely.items() if not ours][:40]


def _likely(word: str, meant: Mapping[str, str]) -> str:
    return next((ours for ours, pattern in meant.items() if re.fullmatch(pattern, word.strip().casefold())), "")


def _propose_place(document: dict[str, object], looked: _Looked, remarks: list[str]) -> None:
    place: dict[str, object] = {name: column for name, pattern in _PLACE.items() if (column := _named(pattern, looked))}
    if ("lon" in place) != ("lat" in place):
        place.pop("lon", None)
        place.pop("lat", None)
    if "lon" in place and any(_is_large(text) for text in looked.values[str(place["lon"])]):
        place["srid"] = 4326
        remarks.append("The coordinates are no degrees: say the EPSG code of their system as place.srid.")
    if place:
        document["place"] = place


def _is_large(text: str) -> bool:
    try:
        return abs(float(text)) > 180
    except ValueError:
        return False


def _propose_areas(document: dict[str, object], looked: _Looked, place: Jurisdiction, remarks: list[str]) -> None:
    """Columns that are called like a kind of area of this city."""
    kinds = Kind.objects.filter(jurisdiction=place, feature_class=Kind.FeatureClass.AREA).values_list("code", flat=True)
    found: dict[str, str] = {}
    for kind in kinds:
        alike = {_plain(kind), f"{_plain(kind)}s", "".join(word[0] for word in kind.split("_")) if "_" in kind else ""}
        column = next((one for one in looked.values if _plain(one) in alike and any(looked.values[one])), None)
        if column:
            found[kind] = column
    if found:
        document["areas"] = found
        remarks.append("areas are kept as the old system had them, and compared with ours.")


def _unused(document: dict[str, object], looked: _Looked) -> list[str]:
    used = set(_columns_in(document))
    return [column for column in looked.values if column not in used]


def _columns_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _columns_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from _columns_in(one)


def _text(document: dict[str, object], remarks: Sequence[str], unused: Sequence[str]) -> str:
    body = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)
    told = [f"# {one}\n" for one in remarks]
    if unused:
        told.append(f"# Columns that are not used (under keep: as they stand): {', '.join(unused[:60])}\n")
    return body + "".join(told)
