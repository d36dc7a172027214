"""What came of every row of an import, in counts that add up, and as lines for a person."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

REASONS = {
    "no_number": "without a number",
    "no_date": "without a date",
    "unreadable_date": "a date that no format reads",
    "impossible_date": "a date in the future or before 1900",
    "closed_before_opened": "closed before it was opened",
    "unknown_service": "a category that the mapping does not name",
    "unknown_status": "a status that the mapping does not name",
    "unknown_channel": "a channel that the mapping does not name",
    "unknown_priority": "a priority that the mapping does not name",
    "unknown_department": "a department that the city has not",
    "repeated_number": "a number that stood on an earlier row",
    "torn_line": "more or fewer values than columns",
    "history_unreadable": "lines of history without number or moment",
    "touched": "worked on here since the last import: left as it is",
    "not_ours": "its number belongs to a request that no import brought: left as it is",
}
_NOTICES = {
    "closed_before_opened": "closed before they were opened: taken as closed when they were opened",
    "closing_assumed": "ended without a moment: taken from the last update, else from the opening",
    "open_with_closing": "open with a moment of closing: taken as open",
    "place_zero": "at 0, 0: no place",
    "place_far_away": "far away from the city: no place",
    "unreadable_place": "a place that cannot be read: no place",
    "default_point": "on a point that stands for no place",
    "repeated": "earlier rows of a number that stood on several",
    "history_lines": "lines of history of a second file",
}


@dataclass
class Report:
    """The counts of one import. Rows read = rows rejected + rows of a repeated number + requests."""

    read: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    located: Counter[str] = field(default_factory=Counter)
    areas: dict[str, Counter[str]] = field(default_factory=dict)
    points: list[tuple[float, float, int]] = field(default_factory=list)
    unknown: dict[str, Counter[str]] = field(default_factory=dict)
    created: dict[str, dict[str, str]] = field(default_factory=dict)
    seconds: float = 0.0

    def add_areas(self, rows: list[tuple[str, str, int]]) -> None:
        """Adds what a block found: kind, outcome, how many."""
        for kind, outcome, count in rows:
            self.areas.setdefault(kind, Counter())[outcome] += count

    def as_json(self) -> dict[str, Any]:
        """For the table of runs: every count."""
        return {
            "read": self.read, "rejected": dict(self.rejected), **dict(self.counts), "located": dict(self.located),
            "areas": {kind: dict(found) for kind, found in self.areas.items()}, "default_points": self.points,
            "created": {what: sorted(names) for what, names in self.created.items()},
            "unknown": {what: dict(found.most_common(200)) for what, found in self.unknown.items()},
        }  # fmt: skip

    def lines(self) -> list[str]:
        """The report as a person reads it."""
        return [
            *self._rows(),
            *[
                f"  {count:>9,} {_NOTICES[name]}"
                for name, count in sorted(self.counts.items())
                if name in _NOTICES and count
            ],
            *self._places(),
            *self._areas(),
            *self._words(),
        ]

    def _rows(self) -> list[str]:
        counts = self.counts
        told = [
            f"{self.read:,} rows read: {counts['requests']:,} requests, {sum(self.rejected.values()):,} rows left out."
        ]
        told += [f"  {count:>9,} {REASONS.get(name, name)}" for name, count in self.rejected.most_common()]
        told.append(
            f"Requests: {counts['new']:,} new, {counts['renewed']:,} brought up to date, {counts['same']:,} as before,"
            f" {counts['touched'] + counts['not_ours']:,} left as they are."
        )
        return told

    def _places(self) -> list[str]:
        found = self.located
        told = [
            f"Places: {found['given']:,} by coordinates, {found['address']:,} by their address, {found['none']:,} none."
        ]
        told += [
            f"  {lon:.6f} {lat:.6f} stands for no place: {n:,} requests of all kinds. To keep that:"
            f" default_point {lon:.6f} {lat:.6f}"
            for lon, lat, n in self.points
        ]
        return told

    def _areas(self) -> list[str]:
        told = []
        for kind, found in sorted(self.areas.items()):
            compared = found["agree"] + found["differ"]
            share = f"{100 * found['agree'] / compared:.2f} %" if compared else "none"
            told.append(
                f"{kind}: {share} of {compared:,} agree with the file, {found['differ']:,} differ; besides, in no area"
                f" of ours {found['none_here']:,}, named as none of ours {found['unknown']:,}, without a place"
                f" {found['no_place']:,}."
            )
        return told

    def _words(self) -> list[str]:
        told = []
        for what, names in sorted(self.created.items()):
            if names:
                listed = ", ".join(f"{name} ({code})" for code, name in sorted(names.items()))
                told.append(f"{len(names)} {what} that the city has not, kept for the past: {listed}")
        for what, words in sorted(self.unknown.items()):
            told.append(f"Unknown words of {what}, by how often they came:")
            told += [f"  {count:>9,} {word!r}" for word, count in words.most_common(40)]
        return told
