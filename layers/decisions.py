"""The classes of fault a feature can have, and what somebody decided to do about each."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from layers.errors import BadFile

REFUSE, REPAIR, DROP = "refuse", "repair", "drop"
POLICIES = (REFUSE, REPAIR, DROP)
REPAIRABLE = ("invalid", "wrong_type")
WORDS = {
    "missing_code": "no code",
    "null_geometry": "no geometry",
    "wrong_type": "another type of geometry than the kind",
    "far": "far outside the jurisdiction",
    "invalid": "invalid geometry",
    "bad_value": "a value that does not fit",
    "duplicate_code": "a code that another feature has",
}


@dataclass(frozen=True)
class Decisions:
    """What to do about faults: one policy for all classes, and those that differ for some."""

    default: str = REFUSE
    by_class: dict[str, str] = field(default_factory=dict)

    def of(self, finding: str) -> str:
        """The policy for a class of fault."""
        return self.by_class.get(finding, self.default)

    def over(self, base: dict[str, str]) -> "Decisions":
        """The same with ``base`` (a crosswalk's) for classes that nothing was said about."""
        return self if self.default != REFUSE else Decisions(self.default, base | self.by_class)


def decisions(words: Iterable[str]) -> Decisions:
    """Decisions from words: a policy ("repair") for all classes, CLASS=POLICY ("null_geometry=drop") for one.

    BadFile names the policies and classes there are.
    """
    default, by_class = REFUSE, {}
    for word in words:
        finding, equals, policy = word.rpartition("=")
        if policy not in POLICIES or (equals and finding not in WORDS):
            raise BadFile(
                f"{word!r} is no decision: say {', '.join(POLICIES)}, or CLASS=POLICY with one of {', '.join(WORDS)}."
            )
        if finding:
            by_class[finding] = policy
        else:
            default = policy
    return Decisions(default, by_class)
