"""Samples of how things are drawn, as small SVGs, and the hatchings of areas as SVG patterns."""

from geoserver_app.maps import style
from geoserver_app.maps.area_style import AreaStyle, Hatching

SIDE = 8  # of a hatching's cell, in pixels; a tile of 256 holds whole cells, so that hatchings meet at its edges

# Paths in a cell of 8 x 8 that join over its edges.
HATCHES: dict[Hatching, str] = {
    "none": "",
    "rising": "M-2 2 2-2M0 8 8 0M6 10 10 6",
    "falling": "M6-2 10 2M0 0 8 8M-2 6 2 10",
    "cross": "M0 8 8 0M0 0 8 8",
    "level": "M0 2H8M0 6H8",
    "upright": "M2 0V8M6 0V8",
    "dots": "M1.6 2h.8M5.6 6h.8",
}


def swatch(area: AreaStyle, width: int = 36, height: int = 22) -> str:
    """A sample of an area's ground and outline, in a picture of its own."""
    dash = f' stroke-dasharray="{" ".join(map(str, area.dash))}"' if area.dash else ""
    name = f"sample-{area.hatching}-{area.color[1:]}"
    box = f'x="2" y="2" width="{width - 4}" height="{height - 4}"'
    hatched = f'<rect {box} fill="url(#{name})"/>'
    band = (
        f'<rect x="4" y="4" width="{width - 8}" height="{height - 8}" fill="none" stroke="url(#{name})" '
        f'stroke-width="5"/><rect x="4" y="4" width="{width - 8}" height="{height - 8}" fill="none" '
        f'stroke="{area.color}" stroke-opacity=".16" stroke-width="5"/>'
    )
    return (
        f'<svg class="swatch" width="{width}" height="{height}" viewBox="0 0 {width} {height}" aria-hidden="true" '
        f'focusable="false">{pattern(name, area)}<rect {box} fill="{area.color}" fill-opacity=".05"/>'
        f"{band if area.ribbon else hatched}"
        f'<rect {box} fill="none" stroke="{area.color}" stroke-width="{area.width}"{dash}/></svg>'
    )


def pattern(name: str, area: AreaStyle, scale: int = 1) -> str:
    """A hatching as an SVG pattern with a name; ``scale`` is that of the units it is used in."""
    width, cap = (2.4, ' stroke-linecap="round"') if area.hatching == "dots" else (1.2, "")
    opacity = 0.8 if area.ribbon else 0.32
    return (
        f'<defs><pattern id="{name}" width="{SIDE}" height="{SIDE}" patternUnits="userSpaceOnUse" '
        f'patternTransform="scale({scale})">'
        f'<path d="{HATCHES[area.hatching]}" stroke="{area.color}" stroke-width="{width}"{cap} '
        f'stroke-opacity="{opacity}" fill="none"/></pattern></defs>'
    )


def ground_sample(name: str) -> str:
    """A sample of the ground by name: a class of street, "rail", "border", or a key of the colors and grounds."""
    return (
        '<svg class="swatch" width="36" height="22" viewBox="0 0 36 22" aria-hidden="true" focusable="false">'
        f"{_inside(name)}</svg>"
    )


def _inside(name: str) -> str:
    street = next((one for one in style.STREETS if one["class"] == name), None)
    if street:
        width = {"motorway": 9, "arterial": 8}.get(name, 6)
        return _line(street["casing"], width + 2) + _line(street["fill"], width)
    if name == "rail":
        return _line(style.COLORS["rail"], 2) + _line(style.COLORS["rail"], 7, "1.5 5")
    if name == "border":
        return _line(style.COLORS["border"], 6, opacity=0.25) + _line(style.COLORS["border"], 2, "8 3 2 3")
    if name == "parcel":
        return _box("#fffdf8", style.COLORS["parcel"]) + f'<path d="M18 2V20" stroke="{style.COLORS["parcel"]}"/>'
    fill = style.COLORS.get(name) or style.GROUNDS.get(name, style.GROUNDS[""])
    return _box(fill, style.COLORS.get(f"{name}_line", "#c9bfa8"))


def _line(color: str, width: float, dash: str = "", opacity: float = 1) -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="M1 11H35" stroke="{color}" stroke-width="{width}" stroke-opacity="{opacity}"{dashes}/>'


def _box(fill: str, stroke: str) -> str:
    return f'<rect x="1.5" y="2.5" width="33" height="17" fill="{fill}" stroke="{stroke}"/>'
