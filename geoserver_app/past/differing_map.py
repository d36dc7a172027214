"""A map of the requests of which the old system gave another area than ours: one file, for a browser."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import folium
from django.db import connection
from folium.plugins import MarkerCluster

from layers.models import Jurisdiction

MOST = 5_000
_cluster: Any = MarkerCluster  # folium has no types
_SQL = (Path(__file__).parent / "steps" / "differing.sql").read_text(encoding="utf-8")
_COLORS = ("#b3261e", "#1f5fa8", "#6a4fa3", "#0b6e4f", "#8a5a00")


def write_map(place: Jurisdiction, source: str, target: Path) -> int:
    """Writes the map; how many differ, of which it shows MOST at most."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"jurisdiction": place.pk, "source": source, "limit": MOST})
        rows = cursor.fetchall()
    west, south, east, north = place.outline.extent
    drawn = folium.Map(location=[(south + north) / 2, (west + east) / 2], zoom_start=11, tiles=None)
    folium.GeoJson(
        place.outline.geojson, name=escape(place.name),
        style_function=lambda _one: {"fill": False, "color": "#555", "weight": 1},
    ).add_to(drawn)  # fmt: skip
    kinds = sorted({row[5] for row in rows})
    for at, kind in enumerate(kinds):
        # Their layers can be switched on one by one.
        cluster = _cluster(name=f"{escape(kind)}: {sum(row[5] == kind for row in rows)}").add_to(drawn)
        for row in rows:
            if row[5] == kind:
                _marker(row, _COLORS[at % len(_COLORS)]).add_to(cluster)
    folium.LayerControl(collapsed=False).add_to(drawn)
    drawn.fit_bounds([[south, west], [north, east]])
    drawn.save(str(target))
    return len(rows)


def _marker(row: tuple[str, str, str, float, float, str, str, str], color: str) -> folium.CircleMarker:
    number, old, address, lon, lat, kind, theirs, ours = row
    words = f"{number} ({old}), {address}. {kind}: {theirs} in the file, {ours or 'none'} here."
    return folium.CircleMarker([lat, lon], radius=5, color=color, fill=True, tooltip=escape(words))
