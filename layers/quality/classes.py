"""The classes of finding: what each is about, how grave it is, in which part of the report it stands.

A class of the file's own features is judged by what was decided about it when the file was loaded: what is still open
is an error, what was repaired, dropped or left out is a note. ``Graveness.BY_KIND`` depends on the kind: two beats that
overlap are a fault, two parks are not.
"""

from dataclasses import dataclass
from enum import StrEnum

from layers.models import Kind
from layers.models.quality import QualityFinding

Severity = QualityFinding.Severity
LISTED = 200  # findings of one class that a report keeps: the largest


class Section(StrEnum):
    """The parts of a report, in the order in which it is read."""

    GEOMETRY = "geometry"
    CODES = "codes"
    SIBLINGS = "siblings"
    NESTING = "nesting"
    PLACE = "place"
    TEXT = "text"
    STREETS = "streets"


class Graveness(StrEnum):
    """How the severity of a class is found."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    BY_DECISION = "by_decision"
    BY_KIND = "by_kind"


@dataclass(frozen=True)
class FaultClass:
    """One class of finding."""

    code: str
    section: Section
    graveness: Graveness


_ALL = (
    FaultClass("invalid", Section.GEOMETRY, Graveness.BY_DECISION),
    FaultClass("empty", Section.GEOMETRY, Graveness.BY_DECISION),
    FaultClass("wrong_type", Section.GEOMETRY, Graveness.BY_DECISION),
    FaultClass("repeated", Section.GEOMETRY, Graveness.NOTE),
    FaultClass("stacked", Section.GEOMETRY, Graveness.NOTE),
    FaultClass("sliver", Section.GEOMETRY, Graveness.WARNING),
    FaultClass("narrow", Section.GEOMETRY, Graveness.NOTE),
    FaultClass("enclave", Section.GEOMETRY, Graveness.NOTE),
    FaultClass("missing_code", Section.CODES, Graveness.BY_DECISION),
    FaultClass("duplicate_code", Section.CODES, Graveness.BY_DECISION),
    FaultClass("merged", Section.CODES, Graveness.NOTE),
    FaultClass("placeholder", Section.CODES, Graveness.NOTE),
    FaultClass("placeholder_suspected", Section.CODES, Graveness.WARNING),
    FaultClass("bad_value", Section.CODES, Graveness.BY_DECISION),
    FaultClass("name_twice", Section.CODES, Graveness.NOTE),
    FaultClass("overlap", Section.SIBLINGS, Graveness.BY_KIND),
    FaultClass("overlap_sliver", Section.SIBLINGS, Graveness.NOTE),
    FaultClass("gap", Section.SIBLINGS, Graveness.BY_KIND),
    FaultClass("gap_at_limit", Section.SIBLINGS, Graveness.BY_KIND),
    FaultClass("gap_sliver", Section.SIBLINGS, Graveness.NOTE),
    FaultClass("not_nested", Section.NESTING, Graveness.WARNING),
    FaultClass("across", Section.NESTING, Graveness.NOTE),
    FaultClass("outside", Section.PLACE, Graveness.BY_KIND),
    FaultClass("partly_outside", Section.PLACE, Graveness.NOTE),
    FaultClass("far", Section.PLACE, Graveness.BY_DECISION),
    FaultClass("axes_swapped", Section.PLACE, Graveness.ERROR),
    FaultClass("shifted", Section.PLACE, Graveness.ERROR),
    FaultClass("damaged_text", Section.TEXT, Graveness.WARNING),
    FaultClass("mixed_parity", Section.STREETS, Graveness.WARNING),
    FaultClass("reversed_range", Section.STREETS, Graveness.WARNING),
    FaultClass("zero_range", Section.STREETS, Graveness.WARNING),
    FaultClass("number_twice", Section.STREETS, Graveness.WARNING),
    FaultClass("street_twice", Section.STREETS, Graveness.NOTE),
)
CLASSES = {one.code: one for one in _ALL}


def severity(code: str, kind: Kind, *, is_open: bool = False) -> Severity:
    """How grave a finding of a class is in a kind; ``is_open``: nothing was decided about it yet."""
    graveness = CLASSES[code].graveness
    if graveness == Graveness.BY_DECISION:
        return Severity.ERROR if is_open else Severity.NOTE
    if graveness == Graveness.BY_KIND:
        grave = kind.overlap == Kind.Overlap.ONE if code.startswith("overlap") else covers_all(kind)
        return Severity.WARNING if grave else Severity.NOTE
    return Severity(graveness.value)


def covers_all(kind: Kind) -> bool:
    """Whether areas of a kind are meant to cover the jurisdiction: every place has a beat, few lie in a park.

    A kind says so itself: one area counts at a place, or what lies in a gap counts to the nearest.
    """
    is_ground = kind.feature_class == Kind.FeatureClass.AREA and kind.geometry == Kind.Geometry.POLYGON
    return is_ground and (kind.overlap == Kind.Overlap.ONE or kind.gap_m > 0)
