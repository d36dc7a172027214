"""How the city is drawn: one style for the map in the browser, the picture without scripts, and print.

Widths and sizes are CSS pixels at display zooms (a world of 256 pixels at zoom 0), given as stops between which they
grow exponentially. The ground is kept pale and warm, so that what people come for stands out on it.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

DATA_ZOOMS = (10, 16)
DISPLAY_ZOOMS = (10, 19)
GROWTH = 1.5

COLORS = {
    "beyond": "#e9e6de",
    "municipality": "#f0eee7",
    "municipality_line": "#c9c3b4",
    "land": "#fbf9f4",
    "border": "#8d6a93",
    "park": "#cfe4bd",
    "park_line": "#b5d19f",
    "water": "#abd1e8",
    "water_line": "#86b9d6",
    "parcel": "#e2d9c6",
    "building": "#e8dfd0",
    "building_line": "#d6cab4",
    "rail": "#99948b",
    "halo": "#ffffff",
}

_LEARNING, _PUBLIC, _WORKS = "#f5ebd0", "#e9e5f3", "#ebe9e4"
# Grounds of landmarks by category; others get "".
GROUNDS = {
    "school": _LEARNING,
    "college": _LEARNING,
    "library": _LEARNING,
    "hospital": "#f8dfdb",
    "cemetery": "#dfe7d2",
    "park": "#cfe4bd",
    "city_hall": _PUBLIC,
    "civic": _PUBLIC,
    "police": _PUBLIC,
    "fire": _PUBLIC,
    "court": _PUBLIC,
    "community center": _PUBLIC,
    "utility": _WORKS,
    "city yard": _WORKS,
    "": "#f3eee3",
}

# In drawing order, the least important first: casings of all, then surfaces of all, so that crossings open up.
STREETS: list[dict[str, Any]] = [
    {"class": "path", "from": 15, "fill": "#b7a684", "casing": "", "dash": [4, 3],
     "width": [[15, 1], [17, 1.5], [19, 3]], "label": None},
    {"class": "alley", "from": 15, "fill": "#ffffff", "casing": "#ddd6c8", "dash": [],
     "width": [[15, 1.4], [16, 3], [17, 6], [18, 12], [19, 22]], "label": {"from": 18, "size": 10.5, "weight": 500}},
    {"class": "local", "from": 12, "fill": "#ffffff", "casing": "#d9d2c3", "dash": [],
     "width": [[12, 0.5], [13, 1], [14, 2.2], [15, 5], [16, 9], [17, 16], [18, 27], [19, 50]],
     "label": {"from": 15, "size": 11, "weight": 500}},
    {"class": "collector", "from": 11, "fill": "#ffffff", "casing": "#cdc3ad", "dash": [],
     "width": [[11, 0.6], [12, 1.2], [13, 2], [14, 3.6], [15, 7], [16, 12], [17, 19], [18, 31], [19, 56]],
     "label": {"from": 14, "size": 11.5, "weight": 550}},
    {"class": "arterial", "from": 10, "fill": "#fff0c4", "casing": "#dcbd76", "dash": [],
     "width": [[10, 0.8], [12, 2], [13, 3.2], [14, 5.4], [15, 9], [16, 15], [17, 23], [18, 37], [19, 66]],
     "label": {"from": 13, "size": 12, "weight": 650}},
    {"class": "ramp", "from": 12, "fill": "#fbd9a6", "casing": "#d39a4c", "dash": [],
     "width": [[12, 0.8], [14, 2.4], [15, 4.5], [16, 8], [17, 13], [18, 22], [19, 40]], "label": None},
    {"class": "motorway", "from": 9, "fill": "#f8c684", "casing": "#cb8a3a", "dash": [],
     "width": [[10, 1.6], [12, 3.4], [13, 5], [14, 7.5], [15, 11.5], [16, 18], [17, 29], [18, 46], [19, 80]],
     "label": {"from": 12, "size": 12, "weight": 700}},
]  # fmt: skip
CASING = 1.6  # how much wider the casing is than the surface, both sides together

STREET_TEXT = "#403c34"
# Point labels by type of the tile's label layer, the most important first.
LABELS: list[dict[str, Any]] = [
    {"type": "city", "from": 10, "to": 12, "size": 15, "weight": 700, "fill": "#2b2833", "italic": False,
     "spacing": 0.2, "upper": False},
    {"type": "municipality", "from": 10, "to": 15, "size": 12, "weight": 600, "fill": "#6f695c", "italic": False,
     "spacing": 1.2, "upper": True},
    {"type": "neighborhood", "from": 13, "to": 15, "size": 13.5, "weight": 650, "fill": "#54496b", "italic": False,
     "spacing": 0.3, "upper": False},
    {"type": "park", "from": 14, "to": 19, "size": 11.5, "weight": 550, "fill": "#39622a", "italic": True,
     "spacing": 0, "upper": False},
    {"type": "water", "from": 13, "to": 19, "size": 11.5, "weight": 550, "fill": "#235b7e", "italic": True,
     "spacing": 0, "upper": False},
    {"type": "landmark", "from": 15, "to": 19, "size": 11, "weight": 550, "fill": "#6a4324", "italic": False,
     "spacing": 0, "upper": False},
]  # fmt: skip
# Landmarks that are looked for by name are written a zoom earlier than the others.
EARLY_LANDMARKS = ("city_hall", "hospital")

PARCELS_FROM = 15
BUILDINGS_FROM = 15
HOUSE_NUMBERS_FROM = 18
HOUSE_NUMBER: dict[str, Any] = {"size": 10, "weight": 500, "fill": "#6b624f"}

FONT = '"Public Sans", system-ui, sans-serif'


def width_at(stops: Sequence[Sequence[float]], zoom: float) -> float:
    """The width in pixels at a display zoom (fractions allowed); constant before the first and after the last stop."""
    if zoom <= stops[0][0]:
        return stops[0][1]
    for (low, start), (high, end) in pairwise(stops):
        if zoom <= high:
            share = (math.pow(GROWTH, zoom - low) - 1) / (math.pow(GROWTH, high - low) - 1)
            return start + share * (end - start)
    return stops[-1][1]


def as_data() -> dict[str, Any]:
    """The style for the browser."""
    return {
        "dataZooms": DATA_ZOOMS,
        "displayZooms": DISPLAY_ZOOMS,
        "growth": GROWTH,
        "colors": COLORS,
        "grounds": GROUNDS,
        "streets": STREETS,
        "casing": CASING,
        "streetText": STREET_TEXT,
        "labels": LABELS,
        "earlyLandmarks": EARLY_LANDMARKS,
        "parcelsFrom": PARCELS_FROM,
        "buildingsFrom": BUILDINGS_FROM,
        "houseNumbersFrom": HOUSE_NUMBERS_FROM,
        "houseNumber": HOUSE_NUMBER,
        "font": FONT,
    }
