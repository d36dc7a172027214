"""Draws how often answers of a score are right, as SVG for docs/geocoding.md."""

from pathlib import Path
from typing import Any

from tests.realdata import geocoding

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 640, 360, 56, 306, 24
_SETS = (
    ("Numbered addresses", geocoding.numbered, "#0b5e8a", "circle"),
    ("Intersections", geocoding.intersections, "#a3480a", "square"),
    ("Police blocks and corners", geocoding.police, "#3f6b21", "diamond"),
)


def draw(city: Any, data: Path) -> str:
    """The curve: share of answers within 100 m of the known place, by score; steps of fewer than 20 answers out."""
    parts = [_axes()]
    for row, (name, known, color, mark) in enumerate(_SETS):
        steps = [one for one in geocoding.curve(geocoding.answers(city, known(data))) if one[1] >= 20]
        points = [(_x(low + 5), _y(share)) for low, _, share in steps]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="2"/>')
        parts += [_mark(mark, x, y, color) for x, y in points]
        parts += [
            f'<text x="{x + 7:.1f}" y="{y + 14:.1f}" font-size="10" fill="{color}">{n:,}</text>'
            for (x, y), (_, n, _) in zip(points, steps, strict=True)
        ]
        parts.append(_mark(mark, LEFT + 20, TOP + 16 + 20 * row, color))
        parts.append(f'<text x="{LEFT + 32}" y="{TOP + 20 + 20 * row}" font-size="12" fill="#222">{name}</text>')
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
        f' font-family="system-ui, sans-serif"><rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n{body}\n</svg>\n'
    )


def _x(score: float) -> float:
    return LEFT + (WIDTH - LEFT - 24) * score / 100


def _y(share: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * share


def _axes() -> str:
    parts = [f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(100)}" y2="{_y(1)}" stroke="#999" stroke-dasharray="4 4"/>']
    for tick in range(0, 101, 20):
        parts.append(
            f'<line x1="{_x(0)}" y1="{_y(tick / 100)}" x2="{_x(100)}" y2="{_y(tick / 100)}" stroke="#e3e3e3"/>'
        )
        parts.append(f'<text x="{LEFT - 8}" y="{_y(tick / 100) + 4}" font-size="11" text-anchor="end">{tick} %</text>')
        parts.append(f'<text x="{_x(tick)}" y="{BOTTOM + 16}" font-size="11" text-anchor="middle">{tick}</text>')
    parts.append(f'<text x="{_x(50)}" y="{HEIGHT - 12}" font-size="12" text-anchor="middle">score</text>')
    parts.append(f'<text x="{LEFT}" y="{TOP - 8}" font-size="12">answers within 100 m of the known place</text>')
    return "\n".join(parts)


def _mark(kind: str, x: float, y: float, color: str) -> str:
    if kind == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{color}"/>'
    turn = f' transform="rotate(45 {x:.1f} {y:.1f})"' if kind == "diamond" else ""
    return f'<rect x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7" fill="{color}"{turn}/>'
