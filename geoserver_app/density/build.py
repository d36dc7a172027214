"""Turns facts into the rows of a cube, level by level, in memory: sorted once, then added up month by month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geoserver_app.density.cells import CELL_BITS, LEVELS, WIDE, Ints, cells_of, shift
from geoserver_app.density.counts import CountsBroken, added_up, beginnings, distinct, pack
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
    """The atoms of a level, block by block, and of which one each fact is."""

    z: int
    blocks: Ints
    sizes: Ints  # atoms of each block
    atoms: Ints  # cell and set of every atom, block by block, packed
    which: Ints  # the atom of each fact, as its place among them


@dataclass(frozen=True)
class Measured:
    """What a measure counts of some facts, the same on every level: their places, services and months, weights."""

    measure: int
    chosen: Ints
    services: Ints
    service: Ints  # of each, as a place in ``services``
    first: int  # month
    month: Ints  # of each, from the first on
    weight: Ints

    @classmethod
    def of(cls, facts: Facts) -> list[Measured]:
        """Of those measures that count anything."""
        found = []
        for measure in range(6):
            chosen = np.flatnonzero(measured(facts.flags, measure))
            if chosen.size:
                service, month = facts.service[chosen], facts.month[chosen]
                services, first = distinct(service), int(month.min())
                place = np.searchsorted(services, service)
                found.append(cls(measure, chosen, services, place, first, month - first, facts.weight[chosen]))
        return found


def levels(facts: Facts) -> Iterator[tuple[Level, list[Measured]]]:
    """Every level with what is counted on it, from the finest to the widest.

    The facts are looked through for the finest alone: the atoms of the others are made of its atoms.
    """
    inside = facts.morton >= 0
    here = facts if inside.all() else _only(facts, inside)
    counted = Measured.of(here)
    level = None
    for z in sorted((z for z in LEVELS if z), reverse=True):
        if level is None:
            level = _level(z, cells_of(z, here.morton) << SET_BITS | here.sets)
        else:
            cells = level.atoms >> SET_BITS + shift(z) - shift(level.z)
            wider = _level(z, cells << SET_BITS | level.atoms & (1 << SET_BITS) - 1)
            level = replace(wider, which=wider.which[level.which])
        yield level, counted
    del level, here
    if WIDE in LEVELS:
        wide = _level(WIDE, cells_of(WIDE, facts.morton) << SET_BITS | facts.sets)
        yield wide, counted if inside.all() else Measured.of(facts)


def _only(facts: Facts, mask: NDArray[np.bool_]) -> Facts:
    return Facts(*(getattr(facts, name)[mask] for name in ("morton", "sets", "service", "month", "flags", "weight")))


def _level(z: int, keys: Ints) -> Level:
    """A level of the atoms with those keys: each its cell and its set of areas."""
    atoms = distinct(keys)
    blocks, sizes = np.unique(atoms >> SET_BITS + CELL_BITS, return_counts=True)
    return Level(z, blocks, sizes, atoms, np.searchsorted(atoms, keys))


def dictionaries(level: Level) -> Iterator[BlockAtoms]:
    """The dictionary of every block of a level."""
    start = 0
    for block, size in zip(level.blocks.tolist(), level.sizes.tolist(), strict=True):
        atoms = level.atoms[start : start + size]
        yield BlockAtoms(level.z, block, atoms >> SET_BITS & 0x3FF, atoms & ((1 << SET_BITS) - 1))
        start += size


def block_rows(level: Level, counted: Sequence[Measured]) -> Iterator[BlockRow]:
    """Every row of a level: each measure, each service and all of them together."""
    for one in counted:
        atom = level.which[one.chosen]
        yield from _series(level, one, atom, one.service, one.services)
        yield from _series(level, one, atom, None, np.array([ALL_SERVICES]))


def measured(flags: Ints, measure: int) -> NDArray[np.bool_]:
    """Which facts a measure counts: those that lead (0-2) or follow (3-5); all, open, or closed lately."""
    leads: NDArray[np.bool_] = (flags & 4 > 0) == (measure < 3)
    standing = {0: None, 1: 2, 2: 1}[measure % 3]
    return leads if standing is None else leads & (flags & standing > 0)


def _series(level: Level, one: Measured, atom: Ints, service: Ints | None, services: Ints) -> Iterator[BlockRow]:
    """The rows of one measure, in the order of block, service, month; ``service`` None: all are of the one there is."""
    months, atoms = int(one.month.max()) + 1, int(level.sizes.max())
    if level.blocks.size * services.size * months * atoms >= 1 << 62:
        raise CountsBroken("So many blocks, services, months and areas cannot be counted: name fewer kinds of area.")
    # A key is block, service, month and place in the block; what an atom says of it is worked out once for each.
    place = np.arange(level.atoms.size) - np.repeat(np.cumsum(level.sizes) - level.sizes, level.sizes)
    of_atom = np.repeat(np.arange(level.blocks.size), level.sizes) * (services.size * months * atoms) + place
    when = one.month if service is None else service * months + one.month
    keys, weights = added_up(of_atom[atom] + when * atoms, one.weight)
    if not keys.size:
        return
    group, atom = np.divmod(keys, atoms)
    starts = beginnings(group)
    ends = np.append(starts[1:], group.size)
    rest, month = np.divmod(group[starts], months)
    block, service_at = np.divmod(rest, services.size)
    running = _Running(level, one.measure)
    columns = (block, services[service_at], month + one.first, starts, ends)
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
