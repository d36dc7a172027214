"""How areas of a kind are told apart: by color, and by line and hatching for those who do not see the color."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

Hatching = Literal["none", "rising", "falling", "dots", "cross", "level", "upright"]


@dataclass(frozen=True)
class AreaStyle:
    """Color (at least 4.5:1 on the map's ground), dashes of the outline in pixels (none: solid), hatching inside."""

    color: str
    dash: tuple[int, ...]
    hatching: Hatching
    width: float = 2.5


_KNOWN = {
    "neighborhood": AreaStyle("#54278f", (), "none", 3),
    "beat": AreaStyle("#b50909", (9, 5), "rising"),
    "council_district": AreaStyle("#005ea2", (16, 5, 3, 5), "falling", 3),
    "maintenance_zone": AreaStyle("#8a4b00", (3, 4), "dots"),
    "block_watch": AreaStyle("#00646b", (), "cross", 2),
    "park": AreaStyle("#2c6a1f", (6, 3), "level", 2),
    "easement": AreaStyle("#a83a00", (5, 3), "upright", 2),
    "zipcode_area": AreaStyle("#9b1c64", (2, 6), "none", 3),
    "census_tract": AreaStyle("#454c54", (12, 4, 2, 4, 2, 4), "none"),
}
# Kinds of a city's own take these in turn.
_OTHERS = (
    AreaStyle("#6a4a00", (14, 6), "level"),
    AreaStyle("#0b5e3a", (4, 3, 1, 3), "rising"),
    AreaStyle("#7a0f4c", (10, 3), "dots"),
    AreaStyle("#2f3f9e", (1, 4), "falling"),
)


def styles(kinds: list[str]) -> dict[str, AreaStyle]:
    """A style for each kind; the same list gives the same styles."""
    own = [kind for kind in kinds if kind not in _KNOWN]
    taken = {kind: _OTHERS[place % len(_OTHERS)] for place, kind in enumerate(own)}
    return {kind: _KNOWN.get(kind) or taken[kind] for kind in kinds}


def as_data(style: AreaStyle) -> dict[str, Any]:
    """A style for the browser."""
    return asdict(style)
