"""Reads counts of a view from the blocks, for any choice of services, months, standing and areas.

The work is a few index look-ups for each block and service, however many requests there are; numpy adds the arrays up.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from geoserver_app.density.areas import AT_MOST
from geoserver_app.density.build import ALL_SERVICES
from geoserver_app.density.cells import CELL_BITS, WIDE, Ints, shift
from geoserver_app.density.counts import unpack_onto
from geoserver_app.density.models import Audience, Measure
from geoserver_app.density.months import probes
from geoserver_app.memory import Memory

# Runs a statement with %(name)s values as somebody who may read the audience's relations.
Run: TypeAlias = Callable[[str, Mapping[str, Any]], list[tuple[Any, ...]]]
Weights: TypeAlias = Mapping[Measure, int]

_NAMES = ("cube", "block", "dictionary", "area_set", "change", "missed")
_PUBLIC = {name: f"published.density_{name}" for name in _NAMES}
_STAFF = {
    "cube": "(select * from density_cube where audience = 1 and is_current)",
    "block": "density_block",
    "dictionary": "density_dictionary",
    "area_set": "density_areaset",
    "change": "(select * from density_change where audience = 1)",
    "missed": "density_missed",
}
_LAST_MONTH = 32_767
_LEADING = (Measure.LEADS, Measure.LEADS_OPEN, Measure.LEADS_FRESH)
_FOLLOWING = (Measure.FOLLOWS, Measure.FOLLOWS_OPEN, Measure.FOLLOWS_FRESH)
_MOMENT = 3  # the part of an answer that says when it is right
_ON_NO_MAP = -2  # a cell of the un-drained changes; -1: on the map, and not near what is asked for
_STATEMENT = Path(__file__).with_name("sql") / "read.sql"


@dataclass(frozen=True)
class Question:
    """What is counted. ``blocks`` None: every block of the level; ``z`` WIDE: the totals alone.

    ``measures`` say how often each measure counts (open ones are taken from all for the closed ones). ``services`` are
    the ids of those wanted out of ``all_services``, None for all. ``first`` and ``last`` are months, both included.
    Each of ``areas`` are ids of areas, of which a request must lie in one; at most five, of the ledger's kinds.
    """

    jurisdiction_id: int
    z: int = WIDE
    blocks: Sequence[int] | None = ()
    measures: Weights = field(default_factory=lambda: {Measure.LEADS: 1})
    services: frozenset[int] | None = None
    all_services: frozenset[int] = frozenset()
    first: int | None = None
    last: int | None = None
    areas: tuple[frozenset[int], ...] = ()


@dataclass(frozen=True)
class Counts:
    """How many stand in each cell of the view (only those with any), on the map at all, and on no map.

    ``cells`` are Morton codes of cells, which are tiles five zooms below the blocks. ``as_of`` is the moment for which
    the numbers are those of the table. ``seal`` names what they were made of, the moment apart: what has one seal is
    the same; None where it did not come from the blocks alone.
    """

    z: int
    cells: Ints
    counts: Ints
    on_map: int
    off_map: int
    as_of: datetime
    cube_id: int
    seal: bytes | None = None


# Of this process, by their seals.
remembered: Memory[Counts] = Memory(8 << 20, lambda one: one.cells.nbytes + one.counts.nbytes)


def read(run: Run, audience: Audience, question: Question) -> Counts | None:
    """The counts, all of one moment; None where the jurisdiction has no cube (yet)."""
    rows = run(_statement(audience, _weighed(question.measures), _narrowed(question)), _values(question))
    moment = next((row[6] for row in rows if row[0] == _MOMENT), None)
    if moment is None:
        return None
    seal = _seal(question, rows)
    known = remembered.get(seal)
    if known is None:
        found = _Found(question)
        for row in rows:
            found.take(*row[:6])
        known = found.counts(moment, seal)
        remembered.put(seal, known)
    return replace(known, as_of=moment)


def _seal(question: Question, rows: list[tuple[Any, ...]]) -> bytes:
    """A hash of all that counts are made of: the rows, their moment apart, and what of the question says how."""
    made_of = (question.z, bool(question.areas), [row[:6] for row in rows])
    return blake2b(marshal.dumps(made_of, 2), digest_size=16).digest()


class _Found:
    """Rows of the statement, as they come in, by block."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.blocks: list[tuple[tuple[int, int], int, bytes]] = []
        self.atoms: dict[tuple[int, int], tuple[Ints, Ints]] = {}
        self.tail: dict[int, int] = {}
        self.fitting: list[int] = []
        self.cube_id = 0

    def take(self, part: int, z: int, block: int, weight: int, data: bytes | None, more: bytes | None) -> None:
        if part == 0 and data is not None:
            self.blocks.append(((z, block), weight, data))
        elif part == 1 and data is not None and more is not None:
            self.atoms[z, block] = np.frombuffer(data, "<u2").astype(np.int64), np.frombuffer(more, "<i4")
        elif part == 2:
            self.tail[block] = weight
        elif part == _MOMENT:
            self.cube_id = block
        else:
            self.fitting.append(weight)

    def counts(self, as_of: datetime, seal: bytes) -> Counts:
        wide = self._cells((WIDE, 0), self._summed().get((WIDE, 0)), 2)
        off_map = self.tail.get(_ON_NO_MAP, 0)
        on_map = sum(self.tail.values()) - off_map
        cells, counts = self._view()
        for one in (cells, counts):
            one.setflags(write=False)  # others will be given the same
        on_map, off_map = on_map + int(wide[0]), off_map + int(wide[1])
        return Counts(self.question.z, cells, counts, on_map, off_map, as_of, self.cube_id, seal)

    def _view(self) -> tuple[Ints, Ints]:
        z = self.question.z
        codes, counts = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
        for at, total in self._summed().items():
            if z and at[0] == z:
                cells = self._cells(at, total, 1 << CELL_BITS)
                there = cells.nonzero()[0]
                codes.append(there + (at[1] << CELL_BITS))
                counts.append(cells[there])
        changed = [(cell, weight) for cell, weight in self.tail.items() if cell >= 0 and weight]
        codes.append(np.array([cell for cell, _ in changed], dtype=np.int64))
        counts.append(np.array([weight for _, weight in changed], dtype=np.int64))
        return _merged(np.concatenate(codes), np.concatenate(counts), overlap=bool(changed))

    def _summed(self) -> dict[tuple[int, int], Ints]:
        """The counts of every block by atom; added up once."""
        if not hasattr(self, "_sums"):
            self._sums: dict[tuple[int, int], Ints] = {}
            for at, weight, data in self.blocks:
                total = self._sums.get(at)
                if total is None:
                    total = self._sums[at] = np.zeros(self.atoms[at][0].size, dtype=np.int64)
                unpack_onto(total, data, weight)
        return self._sums

    def _cells(self, at: tuple[int, int], total: Ints | None, size: int) -> Ints:
        """The counts of a block by cell, of those atoms alone that lie in the areas asked for."""
        if total is None:
            return np.zeros(size, dtype=np.int64)
        cells, sets = self.atoms[at]
        if self.question.areas:
            total = np.where(np.isin(sets, self.fitting), total, 0)
        return np.bincount(cells, weights=total, minlength=size).astype(np.int64)


def _merged(codes: Ints, counts: Ints, *, overlap: bool) -> tuple[Ints, Ints]:
    """Each code once, ascending, without those that come to nothing."""
    if overlap:
        codes, which = np.unique(codes, return_inverse=True)
        counts = np.bincount(which, weights=counts, minlength=codes.size).astype(np.int64)
        return codes[counts != 0], counts[counts != 0]
    order = np.argsort(codes, kind="stable")
    return codes[order], counts[order]


def _values(question: Question) -> dict[str, Any]:
    services = _services(question)
    asked = probes(question.first, question.last)
    every = question.blocks is None
    blocks = list(question.blocks or ()) if question.z else []
    areas = [sorted(ids) for ids in question.areas] + [None] * (AT_MOST - len(question.areas))
    return {
        "jurisdiction": question.jurisdiction_id,
        "zs": [WIDE, *(question.z for _ in blocks)],
        "blocks": [0, *blocks],
        "every": question.z if every and question.z else -1,
        "measures": [int(one) for one in question.measures],
        "measure_weights": list(question.measures.values()),
        "services": list(services),
        "service_weights": list(services.values()),
        "only": None if question.services is None else sorted(question.services),
        "lows": [one.low for one in asked],
        "highs": [one.high for one in asked],
        "signs": [one.sign for one in asked],
        "first": question.first or 0,
        "last": _LAST_MONTH if question.last is None else question.last,
        "near_z": question.z,
        "near": None if every else blocks,
        "shift": shift(question.z) if question.z else 0,
        **{f"a{n}": ids for n, ids in enumerate(areas, 1)},
    }


def _services(question: Question) -> dict[int, int]:
    """The services whose rows are read, with their signs: of more than half of them, all less the others."""
    wanted = question.services
    if wanted is None:
        return {ALL_SERVICES: 1}
    if len(wanted) * 2 > len(question.all_services) and wanted <= question.all_services:
        return {ALL_SERVICES: 1, **dict.fromkeys(sorted(question.all_services - wanted), -1)}
    return dict.fromkeys(sorted(wanted), 1)


def _narrowed(question: Question) -> tuple[str, ...]:
    """Conditions of the un-drained changes, of which there may be many: only those that leave any out."""
    found = []
    if question.first is not None or question.last is not None:
        found.append("q.month between %(first)s::smallint and %(last)s::smallint")
    if question.services is not None:
        found.append("q.service = any(%(only)s::int[])")
    return (*found, *(f"q.area_ids && %(a{n})s::bigint[]" for n, _ in enumerate(question.areas, 1)))


def _weighed(measures: Weights) -> str:
    """What an un-drained change adds, as SQL: it is worked out for each of them in each answer."""
    leading, following = (_sum([measures.get(one, 0) for one in some]) for some in (_LEADING, _FOLLOWING))
    return leading if leading == following else f"case when q.leads then {leading} else {following} end"


def _sum(weights: Sequence[int]) -> str:
    terms = zip(weights, ("q.n", "q.n_open", "q.n_fresh"), strict=True)
    return " + ".join(f"{weight} * {column}" if weight != 1 else column for weight, column in terms if weight) or "0"


@cache
def _statement(audience: Audience, weighed: str, narrowed: tuple[str, ...]) -> str:
    names = _PUBLIC if audience == Audience.PUBLIC else _STAFF
    text = _STATEMENT.read_text(encoding="utf-8")
    # Without its remarks: the driver looks for parameters anew each time in what is longer than 4,096 characters.
    short = "\n".join(line for line in text.splitlines() if not line.strip().startswith("--"))
    return short.format(**names, weighed=weighed, narrowed="".join(f" and {one}" for one in narrowed))
