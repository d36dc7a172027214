"""What a text asks for, taken apart: plain values, no database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Key:
    """A folding under which a street is known or asked for, and which of its parts stand in it beside the name."""

    text: str
    has_type: bool = False
    has_way: bool = False
    worth: float = 1.0


@dataclass(frozen=True)
class AskedStreet:
    """A street as asked for. ``name`` is the folded name (plain.key_of); ``keys`` are all foldings it may be known by.

    ``post_type`` and the directions are USPS abbreviations, empty where none was given.
    """

    name: str
    keys: tuple[Key, ...]
    post_type: str = ""
    pre_directional: str = ""
    post_directional: str = ""
    written: str = ""

    def __hash__(self) -> int:
        """Of the texts alone, which remember theirs: streets are looked up by the ten thousand, and have many keys."""
        return hash((self.name, self.written))

    @property
    def way(self) -> str:
        """The direction that was given, wherever it stood."""
        return self.pre_directional or self.post_directional


@dataclass(frozen=True)
class House:
    """A house number on a street; ``last`` is the other end of a range ("14-18 Hollis St"), else the number itself."""

    number: int
    street: AskedStreet
    suffix: str = ""
    unit: str = ""
    last: int = 0


@dataclass(frozen=True)
class Corner:
    """Two streets that meet."""

    one: AskedStreet
    other: AskedStreet


@dataclass(frozen=True)
class Block:
    """The houses of a street whose numbers begin like ``number``: 400 for 400 to 499, 0 for 1 to 99."""

    number: int
    street: AskedStreet


@dataclass(frozen=True)
class Between:
    """A street between two cross streets."""

    street: AskedStreet
    one: AskedStreet
    other: AskedStreet


@dataclass(frozen=True)
class Mile:
    """A mile post, on a road if one was named."""

    mile: float
    road: AskedStreet | None = None


@dataclass(frozen=True)
class Named:
    """Words that may be the name of a landmark, a park, a school, a neighborhood; ``key`` is their letters alone."""

    key: str
    words: str


@dataclass(frozen=True)
class WholeStreet:
    """A street and nothing more."""

    street: AskedStreet


Reading: TypeAlias = House | Corner | Block | Between | Mile | Named | WholeStreet


@dataclass(frozen=True)
class Asked:
    """A text's readings, the likeliest first, and what was said of its city, state and ZIP code.

    ``no_place`` is true where the text says itself that it names none ("not associated with a specific address").
    """

    readings: tuple[Reading, ...]
    zip_code: str = ""
    city: str = ""
    state: str = ""
    no_place: bool = False
