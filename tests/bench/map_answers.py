"""What an answer of the map costs, whatever is asked, at several sizes in turn; and where to ask for it."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import Any

from tests.bench import cost, map_sizes
from tests.bench.cost import Cost
from tests.bench.forgetful import forget_everything
from tests.bench.map_over_http import TILES, Spots
from tests.bench.report import Report

ROUNDS, BLOCKS, FULLEST = 4, 12, 6
DEEP = (16, 17, 18)


def place() -> Any:
    from geoserver_app.commands import demo_city
    from layers.models import Jurisdiction

    return Jurisdiction.objects.get(code=demo_city.ALMENDRA.code)


def measure(report: Report, sizes: tuple[int, ...]) -> None:
    """Every filter at every zoom, the sizes in turn within each round; then points of the closest zooms."""
    forget_everything()
    with ExitStack() as stack:
        readers = {size: stack.enter_context(cost.reader(map_sizes.name_of(size))) for size in sizes}
        with map_sizes.using(sizes[0]):
            jurisdiction = place().pk
        for z in range(10, 16):
            blocks = _blocks(readers[sizes[0]], z)
            for name, question in questions(readers[sizes[0]], jurisdiction, z).items():
                works = [
                    {size: partial(_read, readers[size], replace(question, blocks=[block])) for size in sizes}
                    for block in blocks
                ]
                _told(report, f"z{z} {name}", _in_turn(readers, works))
        for z in DEEP:
            tiles = {size: _fullest(readers[size], z) for size in sizes}
            works = [{size: partial(_points, readers[size], jurisdiction, tiles[size][n]) for size in sizes}
                     for n in range(min(map(len, tiles.values())))]  # fmt: skip
            _told(report, f"z{z} points, fullest tiles", _in_turn(readers, works))


def spots(size: int) -> Spots:
    """Tiles with requests, two thirds of them the fullest, for asking a server."""
    with cost.reader(map_sizes.name_of(size)) as raw:
        found = {z: _pairs(_some(_by_size(raw, z), TILES // 4, z)) for z in range(10, 16)}
        found |= {z: _pairs(_some(_single(raw, z), TILES, z)) for z in DEEP}
        services = [row[0] for row in cost.rows(raw, "select code from published.service order by code", {})]
    random.Random(11).shuffle(services)
    last = map_sizes.AS_OF.replace(day=1)
    first = last.replace(year=last.year - 3, month=4)
    return Spots(place().pk, found, services, first.isoformat(), "2026-10-31")


def _pairs(codes: list[int]) -> list[tuple[int, int]]:
    """Columns and rows of tiles by their Morton codes."""
    import numpy as np

    from geoserver_app.density.cells import tiles_of

    columns, rows = tiles_of(np.array(codes, dtype=np.int64))
    return list(zip(columns.tolist(), rows.tolist(), strict=True))


# --- asked ------------------------------------------------------------------------------------------------------------


def _read(raw: Any, question: Any) -> object:
    from geoserver_app.density.models import Audience
    from geoserver_app.density.read import read

    return read(partial(cost.rows, raw), Audience.PUBLIC, question)


def _points(raw: Any, jurisdiction: int, at: Any) -> object:
    from geoserver_app.density.models import Audience
    from geoserver_app.published.catalog_codes import codes
    from geoserver_app.published.filters import Filters
    from geoserver_app.published.request_tiles import request_tile

    run = partial(cost.rows, raw)
    filters = Filters(codes=codes(run, Audience.PUBLIC, jurisdiction))
    return request_tile(run, Audience.PUBLIC, filters, at)


def _fullest(raw: Any, z: int) -> list[Any]:
    from geoserver_app.published.patches import Cell

    return [Cell(z, *tile) for tile in _pairs([code for code, _ in _counted(raw, z)[:FULLEST]])]


def _in_turn(readers: dict[int, Any], works: list[dict[int, Callable[[], object]]]) -> dict[int, list[Cost]]:
    """By size: the median cost of each piece of work, the sizes in turn."""
    costs: dict[int, list[list[Cost]]] = {size: [[] for _ in works] for size in readers}
    for turn in range(ROUNDS + 1):
        for n, work in enumerate(works):
            for size, one in work.items():
                found = cost.cost(readers[size], one)
                if turn:  # in the first one statements are planned and dictionaries come into memory
                    costs[size][n].append(found)
    return {size: [_median(of_one) for of_one in found] for size, found in costs.items()}


def _median(costs: list[Cost]) -> Cost:
    return sorted(costs, key=lambda one: one.whole)[len(costs) // 2]


def _told(report: Report, name: str, costs: dict[int, list[Cost]]) -> None:
    smallest, largest = min(costs), max(costs)
    medians = {size: statistics.median(one.whole for one in found) for size, found in costs.items()}
    for size, found in costs.items():
        worst = max(one.whole for one in found)
        backend = statistics.median(one.backend for one in found)
        ratio = (medians[size] / medians[smallest], f"{smallest:,}") if size == largest != smallest else None
        what = f"{size:,}: {name}, median (worst {worst:.2f} ms, database {backend:.2f} ms)"
        report.line(what, medians[size], "ms of processor", ratio=ratio, n=len(found))


# --- where and what ---------------------------------------------------------------------------------------------------


def _blocks(raw: Any, z: int) -> list[int]:
    return _some(_by_size(raw, z), BLOCKS, z)


def _some(by_size: list[int], count: int, z: int) -> list[int]:
    """Two thirds where most is, the rest anywhere there is something."""
    full, rest = by_size[: count * 2 // 3], by_size[count * 2 // 3 :]
    return full + random.Random(z).sample(rest, min(count - len(full), len(rest)))


def _by_size(raw: Any, z: int) -> list[int]:
    statement = "select block, length(cells) from published.density_dictionary where z = %(z)s::int"
    return [block for block, _ in sorted(cost.rows(raw, statement, {"z": z}), key=lambda row: (-row[1], row[0]))]


def _counted(raw: Any, z: int) -> list[tuple[Any, ...]]:
    raw.execute("set statement_timeout = 0")  # which of ten million are where takes longer than the map may take
    found = cost.rows(
        raw,
        "select morton >> %(bits)s::int as tile, count(*) from published.counted where leads and morton is not null"
        " group by 1 order by 2 desc, 1",
        {"bits": 2 * (30 - z)},
    )
    raw.execute("set statement_timeout = 10000")
    return found


def _single(raw: Any, z: int) -> list[int]:
    """Tiles in which requests stand one by one."""
    from geoserver_app.published.request_tiles import MOST_POINTS

    return [tile for tile, count in _counted(raw, z) if count <= MOST_POINTS]


def questions(raw: Any, jurisdiction: int, z: int) -> dict[str, Any]:
    """The filters that are measured. No range begins or ends with a year."""
    from geoserver_app.density.models import Measure
    from geoserver_app.density.months import month_of
    from geoserver_app.density.read import Question

    services = [row[0] for row in cost.rows(raw, "select id from published.service order by id", {})]
    every, last = frozenset(services), month_of(map_sizes.AS_OF) - 2
    plain = Question(jurisdiction, z, all_services=every)
    some = random.Random(11).sample(services, len(services))
    is_open = {Measure.LEADS_OPEN: 1}
    three = frozenset(some[:3])
    found = {
        "no filter": plain,
        "one service": replace(plain, services=frozenset(some[:1])),
        "three services, 43 months": replace(plain, services=three, first=last - 42, last=last),
        "twelve services, 7 months": replace(plain, services=frozenset(some[:12]), first=last - 6, last=last),
        "half of the services, 31 months": replace(
            plain, services=frozenset(some[: len(some) // 2]), first=last - 30, last=last
        ),
        "open": replace(plain, measures=is_open),
        "open, three services": replace(plain, measures=is_open, services=three),
    }
    return found | {f"area: {kind}": replace(plain, areas=(ids,)) for kind, ids in _areas(raw, jurisdiction).items()}


def _areas(raw: Any, jurisdiction: int) -> dict[str, frozenset[int]]:
    """One area of each counted kind."""
    found = cost.rows(
        raw,
        "select a.kind, min(a.id) from published.area_code a"
        " join published.clock c on c.jurisdiction_id = a.jurisdiction_id and a.kind = any(c.kinds)"
        " where a.jurisdiction_id = %(jurisdiction)s::bigint group by 1 order by 1",
        {"jurisdiction": jurisdiction},
    )
    return {kind: frozenset([area]) for kind, area in found}
