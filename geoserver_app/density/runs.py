"""Which rows of blocks a drain changes, and by how much: all of a drain's changes as columns, sorted once.

A run is a stretch of rows that add up: the months of one year, or all years, of one series (zoom, block, measure,
service). What changes in a month changes every later row of its run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from geoserver_app.density.areas import AreaSets
from geoserver_app.density.build import ALL_SERVICES
from geoserver_app.density.cells import CELL_BITS, LEVELS, Ints, cells_of
from geoserver_app.density.counts import CountsBroken, added_up, ranges
from geoserver_app.density.months import LAST, YEARS, year_of

_MEASURES = 6
_KEY = 32  # bits of an atom: its set of areas and its cell


@dataclass(frozen=True)
class Taken:
    """Lines of the queue: what changes at a place (Morton code, -1: on no map; set of areas) in a service and month.

    ``differences`` has a row for each line, of all, open, and closed lately.
    """

    leads: Ints
    month: Ints
    service: Ints
    morton: Ints
    sets: Ints
    differences: Ints

    @classmethod
    def of(cls, lines: Sequence[tuple[Any, ...]], area_sets: AreaSets) -> Taken:
        """Lines as the queue gives them; sets of areas that are new are numbered."""
        leads, month, service, morton, areas, *counts = zip(*lines, strict=True)
        keys = [tuple(one) for one in areas]
        numbers = {key: area_sets.number(key) for key in dict.fromkeys(keys)}
        sets = [numbers[key] for key in keys]
        return cls(
            _column(leads), _column(month), _column(service), _column(morton), _column(sets),
            np.array(counts, dtype=np.int64).T,
        )  # fmt: skip


def _column(values: Sequence[Any]) -> Ints:
    return np.array(values, dtype=np.int64)


@dataclass(frozen=True)
class Spots:
    """Blocks of all levels, ascending, and where each line of the queue stands in them: entry, line, atom."""

    zs: Ints
    blocks: Ints
    line: Ints
    spot: Ints  # of each entry
    atom: Ints  # of each entry: its set of areas and its cell

    @classmethod
    def of(cls, taken: Taken) -> Spots:
        line, code, atom = [], [], []
        for z in LEVELS:
            here = np.flatnonzero(taken.morton >= 0) if z else np.arange(taken.morton.size)
            cells = cells_of(z, taken.morton[here])
            line.append(here)
            code.append(z << _KEY | cells >> CELL_BITS)
            atom.append(taken.sets[here] << CELL_BITS | cells & (1 << CELL_BITS) - 1)
        codes, spot = np.unique(np.concatenate(code), return_inverse=True)
        zs, blocks = codes >> _KEY, codes & (1 << _KEY) - 1
        return cls(zs, blocks, np.concatenate(line), spot, np.concatenate(atom))


class Dictionaries:
    """The dictionaries of some spots; what is new is appended.

    ``known`` are rows (z, block, cells, sets) of those that there are.
    """

    def __init__(self, spots: Spots, known: Sequence[tuple[int, int, bytes, bytes]]) -> None:
        self._spots = spots
        self._content = [(b"", b"")] * spots.zs.size
        self.sizes: Ints = np.zeros(spots.zs.size, dtype=np.int64)
        at = {place: n for n, place in enumerate(zip(spots.zs.tolist(), spots.blocks.tolist(), strict=True))}
        for z, block, cells, sets in known:
            self._content[at[z, block]] = cells, sets
            self.sizes[at[z, block]] = len(sets) // 4
        self.grown: list[int] = []
        self.places = self._placed()

    def _placed(self) -> Ints:
        """The place of each entry's atom in its block's dictionary, at the end of it where it is new."""
        wanted, which = np.unique(self._spots.spot << _KEY | self._spots.atom, return_inverse=True)
        known = self._known()
        order = np.argsort(known)
        at: Ints = np.asarray(np.searchsorted(known, wanted, sorter=order))
        at[at == known.size] = 0
        there = known[order[at]] == wanted if known.size else np.zeros(wanted.size, dtype=bool)
        spot: Ints = wanted >> _KEY
        firsts: Ints = np.cumsum(self.sizes) - self.sizes
        places = np.zeros(wanted.size, dtype=np.int64)
        places[there] = order[at[there]] - firsts[spot[there]]
        places[~there] = self._append(spot[~there], wanted[~there] & (1 << _KEY) - 1)
        return places[which]

    def _known(self) -> Ints:
        """Every known atom with its spot, one dictionary after the other."""
        cells = np.frombuffer(b"".join([cells for cells, _ in self._content]), "<u2").astype(np.int64)
        sets = np.frombuffer(b"".join([sets for _, sets in self._content]), "<i4").astype(np.int64)
        return np.repeat(np.arange(self.sizes.size), self.sizes) << _KEY | sets << CELL_BITS | cells

    def _append(self, spot: Ints, atom: Ints) -> Ints:
        """The places of atoms that are new, which are ascending by spot."""
        grown, starts, many = np.unique(spot, return_index=True, return_counts=True)
        self.grown = grown.tolist()
        places: Ints = self.sizes[spot] + np.arange(spot.size) - np.repeat(starts, many)
        self.sizes[grown] += many
        for one, start, end in zip(self.grown, starts.tolist(), (starts + many).tolist(), strict=True):
            cells, sets = self._content[one]
            new = atom[start:end]
            cells += (new & (1 << CELL_BITS) - 1).astype("<u2").tobytes()
            self._content[one] = cells, sets + (new >> CELL_BITS).astype("<i4").tobytes()
        return places

    def rows(self) -> list[tuple[int, int, bytes, bytes]]:
        """The rows (z, block, cells, sets) of those that have grown."""
        return [(int(self._spots.zs[n]), int(self._spots.blocks[n]), *self._content[n]) for n in self.grown]


@dataclass(frozen=True)
class Entries:
    """What changes, in the order of run, period and place, and none of it by nothing."""

    run: Ints
    period: Ints
    place: Ints
    count: Ints


@dataclass(frozen=True)
class Runs:
    """Runs with what changes in them. ``first`` is where it begins, in periods from ``low`` to ``high``."""

    spot: Ints
    measure: Ints
    service: Ints
    first: Ints
    low: Ints
    high: Ints
    entries: Entries

    @classmethod
    def of(cls, taken: Taken, spots: Spots, dictionaries: Dictionaries) -> Runs:
        """The runs of months of every series and year that changes, then the runs of years."""
        services, key = np.unique(np.append(taken.service, ALL_SERVICES), return_inverse=True)
        series, month, place, count = _events(taken, spots, dictionaries.places, key, services.size)
        series, month, place, count = _sums(series, month, place, count)
        years = _sums(series, year_of(month), place, count)
        run, start = _numbered(series, year_of(month))
        run_of_years, start_of_years = _numbered(years[0], np.zeros_like(years[0]))
        entries = Entries(
            np.concatenate((run, run_of_years + start.size)),
            np.concatenate((month, years[1])), np.concatenate((place, years[2])), np.concatenate((count, years[3])),
        )  # fmt: skip
        of_run = np.concatenate((series[start], years[0][start_of_years]))
        january = month[start] - month[start] % 12
        everything = np.ones_like(start_of_years)
        rest, service = np.divmod(of_run, services.size)
        spot, measure = np.divmod(rest, _MEASURES)
        return cls(
            spot, measure, services[service],
            first=np.concatenate((month[start], years[1][start_of_years])),
            low=np.concatenate((january, everything * YEARS)), high=np.concatenate((january + 11, everything * LAST)),
            entries=entries,
        )  # fmt: skip


_Columns = tuple[Ints, Ints, Ints, Ints]  # series, period, place, count


def _events(taken: Taken, spots: Spots, places: Ints, service: Ints, services: int) -> _Columns:
    """What each line changes: every measure at every level, for its own service and for all of them."""
    line, measure, entry = [], [], []
    for n in range(taken.differences.shape[1]):
        here = np.flatnonzero(taken.differences[spots.line, n])
        entry.append(here)
        line.append(spots.line[here])
        measure.append(np.where(taken.leads[spots.line[here]] != 0, n, n + 3))
    lines, entries, which = np.concatenate(line), np.concatenate(entry), np.concatenate(measure)
    series = (spots.spot[entries] * _MEASURES + which) * services
    count = taken.differences[lines, which % 3]
    both = np.concatenate((series + service[lines], series + service[-1]))
    return both, np.tile(taken.month[lines], 2), np.tile(places[entries], 2), np.tile(count, 2)


def _sums(series: Ints, period: Ints, place: Ints, count: Ints) -> _Columns:
    """Added up and in order."""
    if not series.size:
        return series, period, place, count
    first, atoms = int(period.min()), int(place.max()) + 1
    periods = int(period.max()) - first + 1
    if (int(series.max()) + 1) * periods * atoms >= 1 << 62:
        raise CountsBroken("So many blocks, services, months and areas cannot be counted: name fewer kinds of area.")
    keys, sums = added_up((series * periods + period - first) * atoms + place, count)
    rest, place = np.divmod(keys, atoms)
    series, period = np.divmod(rest, periods)
    return series, period + first, place, sums


def _numbered(series: Ints, year: Ints) -> tuple[Ints, Ints]:
    """The number of each entry's run, and the first entry of each run; a new one begins where either changes."""
    begins = np.ones(series.size, dtype=bool)
    begins[1:] = (np.diff(series) != 0) | (np.diff(year) != 0)
    return np.cumsum(begins) - 1, np.flatnonzero(begins)


@dataclass(frozen=True)
class Rows:
    """The rows that are written: the run and period of each, and which of the stored ones it is based on, or -1."""

    run: Ints
    period: Ints
    base: Ints
    begin: Ints  # of what changes in it, among the entries
    end: Ints

    @classmethod
    def of(cls, runs: Runs, stored: Ints) -> Rows:
        """``stored``: keys (run << 16 | period) of the rows from the first change of each run on, and the last before.

        They are ascending.
        """
        entries = runs.entries
        changed = entries.run << 16 | entries.period
        later = stored[(stored & 0xFFFF) >= runs.first[stored >> 16]]
        keys = np.unique(np.concatenate((changed, later)))
        run = keys >> 16
        base = np.searchsorted(stored, keys, side="right") - 1
        base[(base < 0) | (stored[base] >> 16 != run if stored.size else True)] = -1
        begin, end = np.searchsorted(changed, run << 16), np.searchsorted(changed, keys, side="right")
        return cls(run, keys & 0xFFFF, base, begin, end)

    def known(self, stored: Ints) -> Ints:
        """Those rows that there are already, by their places among all."""
        based = np.flatnonzero(self.base >= 0)
        held: Ints = based[stored[self.base[based]] == (self.run << 16 | self.period)[based]]
        return held

    def changes(self, low: int, high: int, entries: Entries) -> tuple[Ints, Ints, Ints]:
        """Of the rows from ``low`` to ``high``: row (from 0), place and difference of all that changes up to it."""
        many = self.end[low:high] - self.begin[low:high]
        which = ranges(self.begin[low:high], many)
        return np.repeat(np.arange(many.size), many), entries.place[which], entries.count[which]
