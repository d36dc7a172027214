"""Draws the ground below the names: land, parks, water, parcels, buildings, rails, streets, the areas switched on."""

from collections.abc import Iterable
from typing import Any

from geoserver_app.maps import style
from geoserver_app.maps.area_style import RIBBON, RIBBON_FROM, THIN, AreaStyle
from geoserver_app.maps.drawing.ground import Ground, Shape
from geoserver_app.maps.drawing.paths import SCALE, path_data
from geoserver_app.maps.drawing.symbols import pattern

C = style.COLORS


def surfaces(ground: Ground, zoom: float) -> str:
    """The ground as one SVG group in path units."""
    parts = [
        _fill(ground["municipality"], C["municipality"], C["municipality_line"]),
        _fill(ground["land"], C["land"]),
        _line(ground["land"], C["border"], 7, opacity=0.2),
        *_grounds(ground["grounds"]),
        _fill(ground["park"], C["park"], C["park_line"]),
        _water(ground["water"], zoom),
        _line(ground["parcel"], C["parcel"], 0.8),
        _fill(ground["building"], C["building"], C["building_line"], 0.7),
        *_rails(ground["rail"], zoom),
        *_streets(ground["street"], zoom),
        _line(ground["land"], C["border"], 1.6, dash=(10, 4, 2, 4)),
    ]
    return f'<g transform="scale({1 / SCALE})" stroke-linejoin="round">{"".join(parts)}</g>'


def areas(ground: Ground, looks: dict[str, AreaStyle], zoom: float) -> str:
    """The areas of the kinds that are switched on, one group for each kind."""
    drawn = []
    for kind, look in looks.items():
        shapes = [shape for shape in ground["areas"] if shape.kind == kind]
        polygons = [shape for shape in shapes if shape.geom.geom_type.endswith("Polygon")]
        hatching = f"hatch-{kind.replace(':', '-')}"
        drawn += [pattern(hatching, look, SCALE), *_area(shapes, polygons, look, f"url(#{hatching})", zoom)]
    return f'<g transform="scale({1 / SCALE})" stroke-linejoin="round">{"".join(drawn)}</g>' if drawn else ""


def _area(shapes: list[Shape], polygons: list[Shape], look: AreaStyle, hatching: str, zoom: float) -> list[str]:
    inside: list[str] = []
    if look.ribbon and zoom >= RIBBON_FROM - 0.4:
        inside = [_line(polygons, look.color, RIBBON, opacity=0.12), _line(polygons, hatching, RIBBON)]
    elif not look.ribbon:
        inside = [_fill(polygons, look.color, opacity=0.06), _fill(polygons, hatching)]
    width = look.width * style.width_at(THIN, zoom)
    return [*inside, _line(shapes, look.color, width, dash=look.dash)]


def _fill(shapes: Iterable[Shape], fill: str, stroke: str = "", width: float = 1, opacity: float = 1) -> str:
    data = path_data(shape.geom for shape in shapes)
    if not data:
        return ""
    line = f' stroke="{stroke}" stroke-width="{width * SCALE:g}"' if stroke else ""
    faint = f' fill-opacity="{opacity}"' if opacity < 1 else ""
    return f'<path d="{data}" fill="{fill}" fill-rule="evenodd"{faint}{line}/>'


def _line(
    shapes: Iterable[Shape], color: str, width: float, opacity: float = 1, dash: Iterable[float] = (), cap: str = ""
) -> str:
    data = path_data(shape.geom for shape in shapes)
    if not data:
        return ""
    faint = f' stroke-opacity="{opacity}"' if opacity < 1 else ""
    dashes = " ".join(f"{part * SCALE:g}" for part in dash)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    capped = f' stroke-linecap="{cap}"' if cap else ""
    return f'<path d="{data}" fill="none" stroke="{color}" stroke-width="{width * SCALE:.4g}"{faint}{dashed}{capped}/>'


def _grounds(shapes: list[Shape]) -> list[str]:
    known = [(category, color) for category, color in style.GROUNDS.items() if category]
    drawn = [_fill([one for one in shapes if one.kind == category], color) for category, color in known]
    others = [one for one in shapes if one.kind not in style.GROUNDS]
    return [_fill(others, style.GROUNDS[""]), *drawn]


def _water(shapes: list[Shape], zoom: float) -> str:
    lines = [one for one in shapes if one.geom.geom_type.endswith("LineString")]
    rest = [one for one in shapes if not one.geom.geom_type.endswith("LineString")]
    width = style.width_at([[10, 1], [14, 3], [18, 10]], zoom)
    return _fill(rest, C["water"], C["water_line"]) + _line(lines, C["water"], width, cap="round")


def _rails(shapes: list[Shape], zoom: float) -> list[str]:
    track = style.width_at([[10, 0.7], [15, 1.3], [19, 3]], zoom)
    ties = style.width_at([[13, 2.6], [16, 5], [19, 11]], zoom)
    return [_line(shapes, C["rail"], track), _line(shapes, C["rail"], ties, dash=(1.2, 7)) if zoom >= 13.6 else ""]


def _streets(shapes: list[Shape], zoom: float) -> list[str]:
    by_class: dict[str, list[Shape]] = {}
    for shape in shapes:
        by_class.setdefault(shape.kind, []).append(shape)
    shown: list[dict[str, Any]] = [street for street in style.STREETS if zoom >= street["from"] - 0.4]
    casings, tops = [], []
    for street in shown:
        own = by_class.get(street["class"], [])
        width = style.width_at(street["width"], zoom)
        if street["casing"]:
            casings.append(_line(own, street["casing"], width + style.CASING))
        tops.append(_line(own, street["fill"], width, dash=street["dash"], cap="" if street["dash"] else "round"))
    return casings + tops
