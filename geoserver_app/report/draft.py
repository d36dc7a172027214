"""A report as it stands in the form: everything that was typed, right or wrong, so that nothing is ever lost."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict

from geoserver_app.intake.models import Reporter, ServiceRequest
from layers.lookup import NotAPlace, check_position

Method = ServiceRequest.PlaceMethod
TellBy = Reporter.TellBy
# Longer texts than a field holds are cut here; the catalog's own limits speak up before that.
LONGEST = {"description": 5000, "address": 250, "name": 120, "email": 254, "phone": 40, "postal": 500, "q": 200}
MOST_ACCURACY_M = 100_000.0
# An answer's field is named answer.SERVICE.QUESTION, so that a change of service and back loses nothing.
ANSWER = "answer."
NO_ASSET = "none"
_KEY = re.compile(r"[0-9a-f]{32}")
_NUMBER = re.compile(r"[+-]?\d{1,6}(\.\d{1,20})?")


@dataclass(frozen=True)
class Spot:
    """Where it is, as far as it was said. ``lon``, ``lat`` in degrees (EPSG:4326), both None without a pin.

    ``asset`` is the id of an asset as text; NO_ASSET where somebody said that it is none of those.
    """

    lon: float | None = None
    lat: float | None = None
    method: str = Method.PIN.value
    accuracy_m: float | None = None
    address: str = ""
    asset: str = ""

    @property
    def is_pinned(self) -> bool:
        return self.lon is not None and self.lat is not None

    @property
    def position(self) -> tuple[float, float]:
        """lon, lat; only of a pinned spot."""
        if self.lon is None or self.lat is None:
            raise ValueError("There is no pin.")
        return self.lon, self.lat

    @property
    def asset_id(self) -> int | None:
        return int(self.asset) if self.asset.isdecimal() else None


@dataclass(frozen=True)
class Draft:
    """What the form holds. ``answers`` are raw, by service and question; ``photos`` are tokens of waiting photos."""

    key: str
    service: str = ""
    q: str = ""
    spot: Spot = field(default_factory=Spot)
    view: str = ""
    answers: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    description: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    postal: str = ""
    tell_by: str = TellBy.NONE.value
    photos: tuple[str, ...] = ()
    as_written: bool = False  # send the address as it was written though it was not found
    asked: str = ""  # the question of ownership that was put already
    trap: str = ""  # filled by programs only
    same: str = ""  # the number of the known problem that it is, or that it is none of those shown
    same_shown: str = ""  # the numbers that were shown

    def own_answers(self, service: str) -> dict[str, list[str]]:
        """What was answered to a service's questions."""
        return self.answers.get(service, {})

    def with_spot(self, **changes: Any) -> "Draft":
        return replace(self, spot=replace(self.spot, **changes))


def new_draft(query: Mapping[str, str]) -> Draft:
    """An empty form, or one with what a link says already: ``service``, ``lon``, ``lat``, ``asset``, ``address``."""
    return Draft(
        key=secrets.token_hex(16),
        service=_code(query.get("service", "")),
        q=_text(query, "q"),
        spot=_spot(query),
    )


def read(data: QueryDict) -> Draft:
    """The form as it was sent. Never fails: what makes no sense is left out."""
    key = data.get("key", "")
    return Draft(
        key=key if _KEY.fullmatch(key) else secrets.token_hex(16),
        service=_code(data.get("pick", "") or data.get("service", "")),
        q="" if data.get("pick") else _text(data, "q"),
        spot=_spot(data),
        view=data.get("view", "")[:60],
        answers=_answers(data),
        description=_text(data, "description"),
        name=_text(data, "name").strip(),
        email=_text(data, "email").strip(),
        phone=_text(data, "phone").strip(),
        postal=_text(data, "postal").strip(),
        tell_by=data.get("tell_by", "") if data.get("tell_by") in TellBy.values else TellBy.NONE.value,
        photos=tuple(token[:300] for token in dict.fromkeys(data.getlist("photo")) if token),
        as_written=bool(data.get("as_written")),
        asked=_code(data.get("asked", "")),
        trap=data.get("website", "")[:100],
        same=_code(data.get("same", "")),
        same_shown=data.get("same_shown", "")[:200],
    )


def _spot(data: Mapping[str, str]) -> Spot:
    lon, lat = number(data.get("lon", "")), number(data.get("lat", ""))
    if lon is None or lat is None or not _on_earth(lon, lat):
        lon = lat = None
    accuracy = number(data.get("accuracy", ""))
    method = data.get("method", "")
    asset = data.get("asset", "")
    return Spot(
        lon=lon,
        lat=lat,
        method=method if method in Method.values and method != Method.NONE else Method.PIN.value,
        accuracy_m=accuracy if accuracy is not None and 0 <= accuracy <= MOST_ACCURACY_M else None,
        address=_text(data, "address").strip(),
        asset=asset if asset == NO_ASSET or re.fullmatch(r"[1-9]\d{0,17}", asset) else "",
    )


def number(text: str) -> float | None:
    """A plain decimal number; None for anything else (float() would take "nan", "inf" and "1_0" too)."""
    return float(text) if _NUMBER.fullmatch(text.strip()) else None


def _on_earth(lon: float, lat: float) -> bool:
    try:
        check_position(lon, lat)
    except NotAPlace:
        return False
    return True


def _answers(data: QueryDict) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for name in data:
        service, _, question = name.removeprefix(ANSWER).partition(".")
        if name.startswith(ANSWER) and question and len(name) < 120:
            values = [value.replace("\0", "")[:5000] for value in data.getlist(name)[:60]]
            if any(values):
                found.setdefault(service, {})[question] = values
    return found


def _text(data: Mapping[str, str], name: str) -> str:
    return data.get(name, "").replace("\0", "")[: LONGEST[name]]


def _code(text: str) -> str:
    return text if re.fullmatch(r"[-\w]{1,40}", text) else ""
