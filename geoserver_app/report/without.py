"""The page without scripts: a drawn map whose pixels are pressed, and buttons that send the form and give it back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast, get_args

from django.utils.translation import gettext as _

from geoserver_app.geocode.candidate import Candidate, Precision
from geoserver_app.geocode.outside import locate_or_ask
from geoserver_app.maps.mercator import Frame
from geoserver_app.maps.view import NotAView, View, parse, whole_city
from geoserver_app.report.check import place_of
from geoserver_app.report.draft import Draft, Method, Spot, number
from layers.models import Jurisdiction

# Name of the image input, size in pixels: a page shows the one that fits its width.
PICTURES = (("narrow", 344, 340), ("middle", 640, 440))
PIN_ZOOM = 18
PRESS_ZOOM = 16  # farther out a press first brings the map nearer
# How exactly a finger or a mouse hits, in pixels of the map.
AIM_PX = 6
LEAST_ACCURACY_M = 5.0
_MOVES = {"north": (0, -1), "south": (0, 1), "west": (-1, 0), "east": (1, 0)}


@dataclass(frozen=True)
class Picture:
    """The drawn map in one size."""

    css: str
    frame: Frame

    @property
    def bbox(self) -> str:
        return ",".join(f"{degrees:.6f}" for degrees in self.frame.bbox)

    @property
    def size(self) -> str:
        return f"{self.frame.width}x{self.frame.height}"


def view_of(draft: Draft, jurisdiction: Jurisdiction) -> View:
    """The part of the map to show: the one that was moved to, else around the pin, else the whole city."""
    if draft.view:
        try:
            return parse(draft.view)
        except NotAView:
            pass
    if draft.spot.lon is not None and draft.spot.lat is not None:
        return View(PIN_ZOOM, draft.spot.lat, draft.spot.lon)
    return whole_city(jurisdiction, 640, 440)


def pictures(view: View) -> list[Picture]:
    return [Picture(css, view.frame(width, height)) for css, width, height in PICTURES]


def moves() -> list[tuple[str, str, str]]:
    """The buttons around the picture: (icon, words, value)."""
    return [
        ("plus", _("Zoom in"), "in"),
        ("minus", _("Zoom out"), "out"),
        ("arrow-up", _("North"), "north"),
        ("arrow-down", _("South"), "south"),
        ("arrow-left", _("West"), "west"),
        ("arrow-right", _("East"), "east"),
    ]


def after_button(data: Mapping[str, str], draft: Draft, jurisdiction: Jurisdiction) -> Draft:
    """The draft after the button that sent the form: map moved, pin set, place chosen, photo dropped."""
    if data.get("move"):
        return replace(draft, view=str(_moved(view_of(draft, jurisdiction), data["move"])))
    if data.get("choose"):
        return _chosen(data["choose"], draft)
    if data.get("drop"):
        return replace(draft, photos=tuple(token for token in draft.photos if token != data["drop"]))
    if data.get("do") == "unpin":
        return replace(draft, spot=Spot(address=draft.spot.address))
    for css, width, height in PICTURES:
        if f"pin_{css}.x" in data:
            return _pressed(data, css, view_of(draft, jurisdiction), width, height, draft)
    return draft


def places(draft: Draft, jurisdiction: Jurisdiction, *, at: datetime) -> list[Candidate]:
    """What the written address may mean."""
    return locate_or_ask(jurisdiction, draft.spot.address, on=jurisdiction.local_date(at)) if draft.spot.address else []


def choice_value(lon: float, lat: float, precision: str, address: str) -> str:
    """What a button carries that sets the pin: "LON,LAT,PRECISION,ADDRESS" (or "photo" as precision)."""
    return f"{lon:.7f},{lat:.7f},{precision},{address}"


def _moved(view: View, where: str) -> View:
    if where in {"in", "out"}:
        return view.zoomed(1 if where == "in" else -1)
    right, down = _MOVES.get(where, (0, 0))
    return view.moved(right * 260, down * 200)


def _chosen(value: str, draft: Draft) -> Draft:
    parts = [*value.split(",", 3), "", "", "", ""]
    lon, lat, method, address = number(parts[0]), number(parts[1]), parts[2], parts[3][:250]
    if lon is None or lat is None or abs(lon) > 180 or abs(lat) > 90:
        return draft
    if method == Method.PHOTO:
        spot = Spot(lon, lat, Method.PHOTO.value, None, draft.spot.address)
    else:
        precision = method if method in get_args(Precision) else "area"
        spot = place_of(Candidate(address, lon, lat, 0.0, "address_point", cast(Precision, precision)))
    return replace(draft, spot=spot, view="")


def _pressed(data: Mapping[str, str], css: str, view: View, width: int, height: int, draft: Draft) -> Draft:
    x, y = number(data[f"pin_{css}.x"]), number(data.get(f"pin_{css}.y", ""))
    if x is None or y is None:
        return draft
    frame = view.frame(width, height)
    lon, lat = frame.position(max(0.0, min(x, width)), max(0.0, min(y, height)))
    accuracy = max(LEAST_ACCURACY_M, round(AIM_PX * frame.metres_per_pixel, 1))
    nearer = View(max(view.zoom, PRESS_ZOOM + 1), lat, lon) if view.zoom < PRESS_ZOOM else view
    spot = Spot(round(lon, 7), round(lat, 7), Method.PIN.value, accuracy, draft.spot.address)
    return replace(draft, spot=spot, view=str(nearer))
