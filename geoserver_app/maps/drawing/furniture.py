"""What stands on a picture besides the map: the scale, a legend of the areas shown, a mark, whose map it is."""

from dataclasses import dataclass
from html import escape

from geoserver_app.maps.area_style import AreaStyle
from geoserver_app.maps.drawing.letters import text_width
from geoserver_app.maps.drawing.symbols import swatch
from geoserver_app.maps.mercator import Frame

FOOT_M = 0.3048
ROUND = (1, 2, 5, 10, 20, 50, 100, 200, 300, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)
MILE_FT = 5280
INK = "#1b1b1b"


@dataclass(frozen=True)
class Bar:
    """One bar of the scale."""

    words: str
    pixels: float


def scale_bar(frame: Frame, feet: str, miles: str) -> str:
    """The scale in metres and in feet or miles (their words given), bottom left."""
    largest = min(130, frame.width * 0.3)
    bars = [_metric(frame, largest), _imperial(frame, largest, feet, miles)]
    widest = max(bar.pixels for bar in bars)
    y = frame.height - 26
    parts = [f'<rect x="8" y="{y - 16}" width="{widest + 12:.1f}" height="36" rx="3" fill="#fff" fill-opacity=".85"/>']
    for bar, up in zip(bars, (True, False), strict=True):
        tick = -6 if up else 6
        parts.append(f'<path d="M14 {y + tick}V{y}H{14 + bar.pixels:.1f}V{y + tick}" fill="none" stroke="{INK}"/>')
        parts.append(f'<text x="18" y="{y - 3.5 if up else y + 12}" font-size="10.5" fill="{INK}">{bar.words}</text>')
    return "".join(parts)


def _metric(frame: Frame, largest: float) -> Bar:
    metres = _rounded(largest * frame.metres_per_pixel)
    words = f"{metres // 1000} km" if metres >= 1000 else f"{metres} m"
    return Bar(words, metres / frame.metres_per_pixel)


def _imperial(frame: Frame, largest: float, feet: str, miles: str) -> Bar:
    foot = FOOT_M / frame.metres_per_pixel
    longest = largest / foot
    if longest >= MILE_FT:
        count = _rounded(longest / MILE_FT)
        return Bar(f"{count} {miles}", count * MILE_FT * foot)
    count = _rounded(longest)
    return Bar(f"{count} {feet}", count * foot)


def _rounded(number: float) -> int:
    """The largest round number that is not larger."""
    return max((one for one in ROUND if one <= number), default=ROUND[0])


def legend(frame: Frame, rows: list[tuple[AreaStyle, str]]) -> str:
    """The kinds of area that are shown, top right; nothing where there are none."""
    if not rows:
        return ""
    width = 58 + max(text_width(name, 12) for _, name in rows)
    left = frame.width - width - 8
    parts = [
        f'<rect x="{left:.1f}" y="8" width="{width:.1f}" height="{len(rows) * 28 + 8}" rx="4" fill="#fff" '
        'fill-opacity=".92" stroke="#dfe1e2"/>'
    ]
    for number, (look, name) in enumerate(rows):
        y = 15 + number * 28
        parts.append(f'<g transform="translate({left + 8:.1f} {y})">{swatch(look)}</g>')
        parts.append(f'<text x="{left + 50:.1f}" y="{y + 15}" font-size="12" fill="{INK}">{escape(name)}</text>')
    return "".join(parts)


def credit(frame: Frame, words: str) -> str:
    """Whose map it is and how old, bottom right."""
    width = text_width(words, 10.5) + 12
    left = frame.width - width
    return (
        f'<rect x="{left:.1f}" y="{frame.height - 17}" width="{width:.1f}" height="17" fill="#fff" fill-opacity=".88"/>'
        f'<text x="{left + 6:.1f}" y="{frame.height - 5}" font-size="10.5" fill="#3d4551">{escape(words)}</text>'
    )


def pin(frame: Frame, lon: float, lat: float) -> str:
    """A mark at a position in degrees."""
    x, y = frame.pixel(lon, lat)
    return (
        f'<g transform="translate({x - 16:.1f} {y - 41:.1f})"><path d="M16 1C7.7 1 1 7.6 1 15.8 1 27 16 41 16 41s15-14 '
        '15-25.2C31 7.6 24.3 1 16 1z" fill="#162e51" stroke="#fff" stroke-width="2"/>'
        '<circle cx="16" cy="15.5" r="5.5" fill="#ffbe2e"/></g>'
    )
