"""Requests on a picture as the map in the browser draws them: clusters with their number, single ones by state."""

from dataclasses import dataclass
from math import log10

from geoserver_app.maps.mercator import Frame

_CLUSTER, _CROWD, _OPEN, _CLOSED = "#005ea2", "#162e51", "#b5420c", "#3d6b21"
_LETTERS = 'text-anchor="middle" font-size="12.5" font-weight="700" fill="#fff"'


@dataclass(frozen=True)
class Bubble:
    """A cluster of ``n``, or a single request that is open or not (None: not told). Degrees."""

    lon: float
    lat: float
    n: int
    is_open: bool | None = None


def bubbles(frame: Frame, found: tuple[Bubble, ...]) -> str:
    """The bubbles of a picture, the smaller ones above."""
    return "".join(_bubble(frame, one) for one in sorted(found, key=lambda one: -one.n))


def _bubble(frame: Frame, one: Bubble) -> str:
    x, y = frame.pixel(one.lon, one.lat)
    at = f'cx="{x:.1f}" cy="{y:.1f}"'
    if one.n == 1:
        if one.is_open is False:
            return f'<circle {at} r="6.5" fill="#fff" stroke="{_CLOSED}" stroke-width="2.5"/>'
        return (
            f'<circle {at} r="7" fill="{_CLUSTER if one.is_open is None else _OPEN}" stroke="#fff" stroke-width="2"/>'
        )
    radius = min(12 + 4.6 * log10(one.n), 34)
    fill = _CROWD if one.n >= 1000 else _CLUSTER
    return (
        f'<circle {at} r="{radius:.1f}" fill="{fill}" stroke="#fff" stroke-width="2"/>'
        f'<text x="{x:.1f}" y="{y + 4.5:.1f}" {_LETTERS}>{shortened(one.n)}</text>'
    )


def shortened(n: int) -> str:
    """A number in three letters or so: 845, 1.2k, 31k."""
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if n >= size:
            return f"{n / size:.1f}{letter}" if n < 10 * size else f"{n // size}{letter}"
    return str(n)
