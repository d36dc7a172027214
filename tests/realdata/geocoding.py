"""How right the geocoder is: real cities' own places against where it puts them."""

import csv
import gzip
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from geoserver_app.geocode.candidate import Candidate, metres_between
from geoserver_app.geocode.locate import locate_many
from layers.models import Jurisdiction

ROOT = Path(__file__).resolve().parents[2]
CROSSWALKS = ROOT / "docs/gis/crosswalks"
ON = date(2016, 1, 1)
_POINT = re.compile(r"\((-?[\d.]+), (-?[\d.]+)\)")


@dataclass(frozen=True)
class Known:
    """A text and the place that its source gives for it (degrees)."""

    text: str
    lon: float
    lat: float


@dataclass(frozen=True)
class Accuracy:
    """Shares are of all texts but ``far`` and ``sure_far``, which are of the answers (scored 90 or more)."""

    asked: int
    answered: float
    median_m: float
    p95_m: float
    far: float
    sure: float
    sure_far: float
    within_150: float


def sanfrancisco(data: Path) -> Jurisdiction:
    """San Francisco with its address points and streets in force, loaded through the importer; the caller commits."""
    from layers import activation, loading
    from layers.jurisdictions import OutlineFile, add_jurisdiction

    folder = data / "sanfrancisco"
    city = add_jurisdiction(
        "sanfrancisco", name="City and County of San Francisco", time_zone="America/Los_Angeles",
        outline=OutlineFile(folder / "sf_boundaries.zip", layer="sf-neighborhoods-analysis"),
    )  # fmt: skip
    for file, kind, crosswalk in (
        ("sf_addresses_openaddresses_261552.csv.gz", "address_point", "sanfrancisco-addresses.yaml"),
        ("tl_2013_06075_roads.zip", "centerline", "sanfrancisco-streets.yaml"),
    ):
        options = loading.LoadOptions(crosswalk=CROSSWALKS / crosswalk)
        loaded = loading.load(city, folder / file, kind=kind, options=options, commit=True)
        assert loaded.edition is not None
        activation.activate(loaded.edition, commit=True)
    return city


def cambridge_streets(data: Path) -> Jurisdiction:
    """Cambridge with its centerlines alone: their ranges have to place everything."""
    from layers import activation, loading
    from layers.jurisdictions import OutlineFile, add_jurisdiction

    layers = data / "cambridge" / "cambridge_layers_original.zip"
    city = Jurisdiction.objects.filter(code="cambridge").first() or add_jurisdiction(
        "cambridge", name="City of Cambridge", time_zone="America/New_York",
        outline=OutlineFile(layers, layer="BOUNDARY_CityBoundary"),
    )  # fmt: skip
    options = loading.LoadOptions(layer="TRANS_Centerlines", crosswalk=CROSSWALKS / "cambridge-centerlines.yaml")
    loaded = loading.load(city, layers, kind="centerline", options=options, commit=True)
    assert loaded.edition is not None
    activation.activate(loaded.edition, commit=True)
    return city


def numbered(data: Path) -> list[Known]:
    """San Francisco's requests with a numbered address, those that begin with blanks too."""
    return [one for one in _requests(data) if re.match(r"\s*\d", one.text)]


def intersections(data: Path) -> list[Known]:
    """San Francisco's requests at "Intersection of A and B"."""
    return [one for one in _requests(data) if one.text.strip().startswith("Intersection")]


def _requests(data: Path) -> list[Known]:
    with gzip.open(data / "sanfrancisco/sf311_cases_14313.csv.gz", "rt", encoding="utf-8") as file:
        rows = [(row["Address"], _POINT.match(row["Point"] or "")) for row in csv.DictReader(file)]
    return [Known(text, float(at[2]), float(at[1])) for text, at in rows if at]


def police(data: Path) -> list[Known]:
    """Police incidents of San Francisco: "100 Block of X ST" and "A ST / B ST"."""
    with gzip.open(data / "sanfrancisco/sfpd_incidents_2013_sample.csv.gz", "rt", encoding="utf-8") as file:
        return [Known(row["Address"], float(row["lng"]), float(row["lat"])) for row in csv.DictReader(file)]


def corners_of_los_angeles(data: Path) -> list[str]:
    """ "A AVE AT B AVE, 90029"."""
    with gzip.open(data / "losangeles/myla311_merged_39999.csv.gz", "rt", encoding="utf-8") as file:
        return [row["address"] for row in csv.DictReader(file) if " AT " in (row["address"] or "")]


def situs_of_cambridge(data: Path) -> list[Known]:
    """Parcels' situs with a point inside each parcel."""
    import pyogrio
    import shapely

    _, _, geometries, (situs,) = pyogrio.raw.read(
        f"/vsizip/{data}/cambridge/cambridge_parcels_fy2014_with_situs_derived.gpkg.zip", columns=["Location"]
    )
    inside = shapely.point_on_surface(shapely.from_wkb(geometries))
    return [
        Known(str(text), point.x, point.y)
        for text, point in zip(situs, inside, strict=True)
        if text and re.match(r"\s*[1-9]", str(text)) and point is not None
    ]


def answers(city: Jurisdiction, known: Sequence[Known]) -> list[tuple[Known, Candidate | None, float]]:
    """Each text with its best candidate and how far that lies from the known place (metres)."""
    found = locate_many(city, [one.text for one in known], on=ON)
    return [
        (one, some[0], metres_between(some[0].lon, some[0].lat, one.lon, one.lat)) if some else (one, None, 0.0)
        for one, some in zip(known, found, strict=True)
    ]


def accuracy(given: Sequence[tuple[Known, Any, float]]) -> Accuracy:
    """The figures of a set of answers."""
    metres = sorted(far for _, best, far in given if best is not None)
    sure = [far for _, best, far in given if best is not None and best.score >= 90]
    return Accuracy(
        asked=len(given),
        answered=len(metres) / len(given),
        median_m=statistics.median(metres),
        p95_m=metres[int(0.95 * len(metres))],
        far=sum(one > 500 for one in metres) / len(metres),
        sure=len(sure) / len(given),
        sure_far=sum(one > 500 for one in sure) / max(1, len(sure)),
        within_150=sum(one <= 150 for one in metres) / len(given),
    )


def curve(given: Sequence[tuple[Known, Candidate | None, float]]) -> list[tuple[int, int, float]]:
    """Per ten points of score: where they begin, how many answers, and the share within 100 m of the known place."""
    steps: dict[int, list[bool]] = {}
    for _, best, far in given:
        if best is not None:
            steps.setdefault(min(90, int(best.score // 10) * 10), []).append(far <= 100)
    return [(low, len(hits), sum(hits) / len(hits)) for low, hits in sorted(steps.items())]
