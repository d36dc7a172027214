"""Turns facts into the rows of a cube, level by level, in memory: sorted once, then added up month by month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geoserver_app.density.cells import CELL_BITS, LEVELS, Ints, cells_of
from geoserver_app.density.counts import CountsBroken, added_up, distinct, pack
from geoserver_app.density.facts import Facts
from geoserver_app.density.months import year_of

SET_BITS = 22
ALL_SERVICES = 0


@dataclass(frozen=True)
class BlockAtoms:
    """The dictionary of one block: cells (0-1023) and sets of areas, of equal length."""

    z: int
    block: int
    cells: Ints
    sets: Ints


@dataclass(frozen=True)
class BlockRow:
    """One row of a cube."""

    z: int
    block: int
    measure: int
    service: int
    period: int
    counts: bytes


@dataclass(frozen=True)
class Level:
    """All facts of a level: which block each is of (a place in ``blocks``), and which atom of it."""

    z: int
    blocks: Ints
    sizes: Ints  # atoms of each block
    block: Ints
    atom: Ints
    atoms: Ints  # cell and set of every atom, block by block, packed


def levels(facts: Facts) -> Iterator[tuple[Level, Facts]]:
    """Every level with what is counted on it, from the finest to the widest; equal facts become one with a weight."""
    for z in sorted(LEVELS, reverse=True):
        cells = cells_of(z, facts.morton)
        if z:
            inside = facts.morton >= 0
            here, cells = _only(facts, inside), cells[inside]
        else:
            here = facts
        level = _level(z, cells, here.sets)
        yield level, here


def _only(facts: Facts, mask: NDArray[np.bool_]) -> Facts:
    return Facts(*(getattr(facts, name)[mask] for name in ("morton", "sets", "service", "month", "flags", "weight")))


def _level(z: int, cells: Ints, sets: Ints) -> Level:
    keys = cells << SET_BITS | sets
    atoms = distinct(keys)
    which = np.searchsorted(atoms, keys)
    of_block = atoms >> (SET_BITS + CELL_BITS)
    blocks, starts, sizes = np.unique(of_block, return_index=True, return_counts=True)
    position = np.repeat(np.arange(blocks.size), sizes)
    return Level(z, blocks, sizes, position[which], which - np.repeat(starts, sizes)[which], atoms)


def dictionaries(level: Level) -> Iterator[BlockAtoms]:
    """The dictionary of every block of a level."""
    start = 0
    for block, size in zip(level.blocks.tolist(), level.sizes.tolist(), strict=True):
        atoms = level.atoms[start : start + size]
        yield BlockAtoms(level.z, block, atoms >> SET_BITS & 0x3FF, atoms & ((1 << SET_BITS) - 1))
        start += size


def block_rows(level: Level, facts: Facts) -> Iterator[BlockRow]:
    """Every row of a level: each measure, each service and all of them together."""
    for measure in range(6):
        chosen = measured(facts.flags, measure)
        if not chosen.any():
            continue
        here, some = _only(facts, chosen), replace(level, block=level.block[chosen], atom=level.atom[chosen])
        yield from _series(some, here, measure, here.service)
        yield from _series(some, here, measure, np.zeros_like(here.service))


def measured(flags: Ints, measure: int) -> NDArray[np.bool_]:
    """Which facts a measure counts: those that lead (0-2) or follow (3-5); all, open, or closed lately."""
    leads: NDArray[np.bool_] = (flags & 4 > 0) == (measure < 3)
    standing = {0: None, 1: 2, 2: 1}[measure % 3]
    return leads if standing is None else leads & (flags & standing > 0)


def _series(level: Level, facts: Facts, measure: int, service: Ints) -> Iterator[BlockRow]:
    """The rows of one measure, in the order of block, service, month."""
    services = distinct(service)
    which = np.searchsorted(services, service)
    first = int(facts.month.min())
    months = int(facts.month.max()) - first + 1
    atoms = int(level.sizes.max())
    if level.blocks.size * services.size * months * atoms >= 1 << 62:
        raise CountsBroken("So many blocks, services, months and areas cannot be counted: name fewer kinds of area.")
    keys, weights = added_up(
        ((level.block * services.size + which) * months + facts.month - first) * atoms + level.atom, facts.weight
    )
    if not keys.size:
        return
    group, atom = np.divmod(keys, atoms)
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    ends = np.append(starts[1:], group.size)
    rest, month = np.divmod(group[starts], months)
    block, service_at = np.divmod(rest, services.size)
    running = _Running(level, measure)
    columns = (block, services[service_at], month + first, starts, ends)
    for at, named, when, start, end in zip(*(column.tolist() for column in columns), strict=True):
        yield from running.month(at, named, when, atom[start:end], weights[start:end])
    yield from running.end()


class _Running:
    """Adds months up inside their years, and years up, for one block and service after the other."""

    def __init__(self, level: Level, measure: int) -> None:
        self.level, self.measure = level, measure
        self.at: tuple[int, int, int] | None = None  # place of the block, service, year

    def month(self, at: int, service: int, month: int, atoms: Ints, weights: Ints) -> Iterator[BlockRow]:
        year = year_of(month)
        if self.at != (at, service, year):
            yield from self.end()
            if self.at is None or self.at[:2] != (at, service):
                self.ever = np.zeros(int(self.level.sizes[at]), dtype=np.int64)
            self.year = np.zeros_like(self.ever)
            self.at = (at, service, year)
        self.year[atoms] += weights
        yield self._row(month, self.year)

    def end(self) -> Iterator[BlockRow]:
        """The row of the year that ends."""
        if self.at is not None:
            self.ever += self.year
            yield self._row(self.at[2], self.ever)

    def _row(self, period: int, counts: Ints) -> BlockRow:
        at, service, _year = self.at or (0, 0, 0)
        return BlockRow(self.level.z, int(self.level.blocks[at]), self.measure, service, period, pack(counts))
