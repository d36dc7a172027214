"""How areas of a kind are told apart: by color, and by line and hatching for those who do not see the color."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

Hatching = Literal["none", "rising", "falling", "dots", "cross", "level", "upright"]


@dataclass(frozen=True)
class AreaStyle:
    """Color (at least 4.5:1 on the map's ground), width and dashes of the outline in pixels (no dashes: solid).

    With ``ribbon`` the hatching goes along the border only: kinds that cover the whole city would make it gray. Such
    kinds have no dashes either: two neighbors draw their common border twice, and the dashes of one fill the other's
    gaps. Hatchings are fixed to the ground of the picture, so that both draw the same.
    """

    color: str
    hatching: Hatching
    ribbon: bool = True
    dash: tuple[int, ...] = ()
    width: float = 2


RIBBON = 11  # pixels, both sides together
# Farther away areas are a few pixels wide: thin lines only, then no names either.
RIBBON_FROM = 13
NAMES_FROM = 12
THIN = [[10, 0.3], [13, 1.0]]  # the share of an outline's width that is drawn, by display zoom

_KNOWN = {
    "neighborhood": AreaStyle("#54278f", "none", width=3),
    "beat": AreaStyle("#b50909", "rising"),
    "council_district": AreaStyle("#005ea2", "falling"),
    "maintenance_zone": AreaStyle("#8a4b00", "dots"),
    "block_watch": AreaStyle("#00646b", "cross", ribbon=False),
    "park": AreaStyle("#2c6a1f", "level", ribbon=False, dash=(6, 3)),
    "easement": AreaStyle("#a83a00", "upright", ribbon=False, dash=(5, 3)),
    "zipcode_area": AreaStyle("#9b1c64", "level"),
    "census_tract": AreaStyle("#454c54", "upright"),
}
# Kinds of a city's own take these in turn.
_OTHERS = (
    AreaStyle("#6a4a00", "cross"),
    AreaStyle("#0b5e3a", "rising", width=3),
    AreaStyle("#7a0f4c", "falling", width=3),
    AreaStyle("#2f3f9e", "dots", width=3),
)


def styles(kinds: list[str]) -> dict[str, AreaStyle]:
    """A style for each kind; the same list gives the same styles."""
    own = [kind for kind in kinds if kind not in _KNOWN]
    taken = {kind: _OTHERS[place % len(_OTHERS)] for place, kind in enumerate(own)}
    return {kind: _KNOWN.get(kind) or taken[kind] for kind in kinds}


def as_data(style: AreaStyle) -> dict[str, Any]:
    """A style for the browser."""
    return asdict(style)
