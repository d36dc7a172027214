"""What speaks for or against a candidate beside its street: ZIP code, city, how its reading stood among others."""

from dataclasses import replace

from geoserver_app.geocode.asked import Asked
from geoserver_app.geocode.candidate import Candidate, Method, Precision

# The worth of each way to a place where everything fits, out of 1: docs/geocoding.md has the measurement.
BASE: dict[Method, float] = {
    "address_point": 0.99,
    "parcel": 0.97,
    "between": 0.89,
    "range": 0.93,
    "intersection": 0.985,
    "block": 0.96,
    "landmark": 0.95,
    "street": 0.9,
    "mile_post": 0.95,
    "outside": 0.75,
}
_ZIP_DIFFERS = 0.9
_LATER_READING = 0.97
_OTHER_CITY = 0.55


def candidate(
    label: str,
    lon: float,
    lat: float,
    *,
    method: Method,
    precision: Precision,
    worth: float,
    reasons: tuple[str, ...],
    asked: Asked,
    place: int = 0,
    accuracy_m: float = 0.0,
    zip_code: str = "",
) -> Candidate:
    """A candidate with its score; ``worth`` is of the match alone, ``place`` that of its reading among the readings."""
    worth *= BASE[method] * _LATER_READING**place
    said = list(reasons)
    if asked.zip_code and zip_code:
        if asked.zip_code == zip_code[:5]:
            said.append("zip_fits")
        else:
            worth, said = worth * _ZIP_DIFFERS, [*said, f"zip_differs:{zip_code}"]
    return Candidate(
        label, lon, lat, round(100 * worth, 1), method, precision, tuple(said), round(accuracy_m, 1), zip_code
    )


def in_other_city(found: list[Candidate], city: str) -> list[Candidate]:
    """The same candidates where the text names another city: they may have an address like it, but it is not meant."""
    return [
        replace(one, score=round(one.score * _OTHER_CITY, 1), reasons=(*one.reasons, f"other_city:{city}"))
        for one in found
    ]
