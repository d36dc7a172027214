"""A place that a text may mean, and how sure that is."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from layers.addresses import block_in

Method = Literal[
    "address_point", "parcel", "between", "range", "intersection", "block", "landmark", "street", "mile_post", "outside"
]
Precision = Literal["rooftop", "parcel", "interpolated", "block", "intersection", "street", "area"]

# Candidates nearer to each other than this are one place as far as a report is concerned (metres).
ONE_PLACE_M = 100.0
# How many points of score make a candidate clearly worse than another: shares fall by e for each of these.
CLEARLY = 2.0
_METRES = 111_195.0


@dataclass(frozen=True)
class Candidate:
    """A place that a text may mean. ``lon``, ``lat`` in degrees (EPSG:4326).

    ``score`` runs from 0 to 100 and is the chance in percent that the place meant is at most 100 m away (measured:
    docs/geocoding.md). Where several places fit alike, they share it: two equal ones have at most 50 each.
    ``reasons`` are codes, some with a detail behind a colon ("between:410-420"); ``accuracy_m`` is how far off the
    point may be where the place is the right one.
    """

    label: str
    lon: float
    lat: float
    score: float
    method: Method
    precision: Precision = "rooftop"
    reasons: tuple[str, ...] = ()
    accuracy_m: float = 0.0
    zip_code: str = ""


def shown_label(one: Candidate, language: str) -> str:
    """The label as people of a language say it; streets' names stay as their signs show them."""
    return block_in(one.label, language) if one.method == "block" else one.label


def metres(one: Candidate, other: Candidate) -> float:
    """Metres between two candidates; good to 1 in 1,000 within a city."""
    return metres_between(one.lon, one.lat, other.lon, other.lat)


def metres_between(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Metres between two points (degrees) on a sphere, flat between them."""
    dx = (lon - other_lon) * math.cos(math.radians((lat + other_lat) / 2))
    return math.hypot(dx, lat - other_lat) * _METRES


def ranked(found: list[Candidate]) -> list[Candidate]:
    """Candidates best first, each place once, the scores shared where several places fit alike."""
    kept: list[Candidate] = []
    for one in sorted(found, key=_order):
        if not any(_is_same(one, had) for had in kept):
            kept.append(one)
    return _shared(kept)


def _order(one: Candidate) -> tuple[float, float, str, float, float]:
    return -one.score, one.accuracy_m, one.label, one.lon, one.lat


def _is_same(one: Candidate, had: Candidate) -> bool:
    return one.label == had.label and metres(one, had) < ONE_PLACE_M


def _shared(found: list[Candidate]) -> list[Candidate]:
    """What is near to the best one backs it; what lies elsewhere takes its share."""
    if len(found) < 2:
        return found
    best = found[0].score
    weights = [math.exp((one.score - best) / CLEARLY) for one in found]
    shared = []
    for one, weight in zip(found, weights, strict=True):
        others = sum(w for other, w in zip(found, weights, strict=True) if metres(one, other) >= ONE_PLACE_M)
        share = 1 / (1 + others / weight) if others > 0.005 * weight else 1.0
        reasons = (*one.reasons, "ambiguous") if share < 0.75 else one.reasons
        shared.append(replace(one, score=round(one.score * share, 1), reasons=reasons))
    return shared
