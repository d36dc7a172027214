"""Who refers to areas: packages above this one say so here, because this one knows none of them.

A *holder* names areas (a rule, the scope of a log-in, a subscription); a *placed* thing lies in them (an open request).
Each package registers its own in ``AppConfig.ready``; the quality report asks all of them what a new edition means for
them, and nobody here imports what is registered.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from layers.models import Jurisdiction, Kind


@dataclass(frozen=True)
class Held:
    """One thing that names an area: rule "weeds-north" of beat 12. ``address`` is its page, where it has one."""

    area_id: int
    id: int
    title: str
    address: str = ""


@dataclass(frozen=True)
class Placed:
    """One thing that lies somewhere (degrees): an open request."""

    id: int
    title: str
    lon: float
    lat: float
    address: str = ""


# What names some of the areas (ids) of a kind.
HoldersOf = Callable[[Kind, Collection[int]], Iterable[Held]]
# What lies in a region, given as WKB in degrees, of a jurisdiction; any order.
PlacedIn = Callable[[Jurisdiction, bytes], Iterable[Placed]]

_HOLDERS: dict[str, HoldersOf] = {}
_PLACED: dict[str, PlacedIn] = {}


def register_holder(code: str, of: HoldersOf) -> None:
    """Says that something names areas; ``code`` is what reports call it ("rules")."""
    _HOLDERS[code] = of


def register_placed(code: str, within: PlacedIn) -> None:
    """Says that something lies in areas; ``code`` is what reports call it ("open_requests")."""
    _PLACED[code] = within


def holders() -> dict[str, HoldersOf]:
    """Everything that names areas, by its code."""
    return dict(sorted(_HOLDERS.items()))


def placed() -> dict[str, PlacedIn]:
    """Everything that lies in areas, by its code."""
    return dict(sorted(_PLACED.items()))
