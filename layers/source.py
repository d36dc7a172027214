"""Reading a layer: every feature verbatim, its columns, its geometry as WKB, the coordinate system it states."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import numpy as np
import pyproj
from numpy.typing import NDArray

from layers.confined import door
from layers.errors import BadFile
from layers.files import SourceFile
from layers.formats import DEGREES, MAX_COLUMNS
from layers.srid import STORAGE_SRID

MAX_FEATURES = 5_000_000
# Of one geometry: the longest coast that a city's files have is a tenth of it, and looking for crossings in more would
# take minutes.
MAX_VERTICES = 1_000_000
MAX_BYTES = 2 * 1024**3  # of all values and geometry of a layer, as they are held while it is loaded
_MEASURED = "Its measures (M) are left out."
_CURVED = "Its curves became lines of straight pieces, one for every 4 degrees of arc."
_CODE = re.compile(r"[A-Za-z_]+:\w+")
_GRIDS = re.compile(r"(?:nadgrids|geoidgrids|PROJ4_GRIDS|PARAMETERFILE)[^\]]*", re.IGNORECASE)
_PATH = re.compile(r"[/\\]|\.\.")


@dataclass
class SourceTable:
    """The features of a layer as they stand in the file. ``wkb`` holds bytes or None, in the file's own system.

    ``spatial`` is False for a table that has no geometry column at all. ``crs`` is None where the file states none;
    ``stated`` is False where it is only GeoJSON's default. ``total``
    counts the layer's features before any ``where``.
    """

    fids: list[int]
    wkb: NDArray[Any]
    columns: dict[str, list[Any]]
    crs: pyproj.CRS | None
    stated: bool
    total: int
    notices: list[str] = field(default_factory=list)
    spatial: bool = True

    def __len__(self) -> int:
        return len(self.fids)


def _limits() -> dict[str, int]:
    return {
        "max_columns": MAX_COLUMNS,
        "max_features": MAX_FEATURES,
        "max_bytes": MAX_BYTES,
        "max_vertices": MAX_VERTICES,
    }


def rows_of(source: SourceFile, *, part: int) -> Iterator[dict[str, Any]]:
    """The features of a table one by one, as column to value, without their geometry; ``part`` of them are held.

    BadFile for a file that GDAL cannot read to its end or within the limits.
    """
    answers = source.ask("read", layer=source.layer, where=None, part=part, **_limits())
    answers.json()
    while (batch := _batch(answers)) is not None:
        for values in zip(*batch.columns.values(), strict=True):
            yield dict(zip(batch.columns, values, strict=True))
    answers.warnings()


def read(source: SourceFile, *, where: str | None = None) -> SourceTable:
    """Reads a layer whole. ``where`` is an expression in OGR SQL over its columns ("TYPE = 'A' and LEN > 5").

    BadFile for a file that GDAL cannot read to its end or within the limits, or an expression it does not understand.
    """
    answers = source.ask("read", layer=source.layer, where=where, **_limits())
    info = answers.json()
    batches = list(iter(lambda: _batch(answers), None))
    notices = [*source.notices, *_in_our_words(answers.warnings(), curved=info["curved"])]
    fids, wkb, columns = _joined(batches)
    crs = _crs(info["crs"], source)
    stated = source.driver not in DEGREES or not (crs is None or crs.to_epsg() == STORAGE_SRID)
    if crs is None and source.driver in DEGREES:
        crs = pyproj.CRS.from_epsg(STORAGE_SRID)
    return SourceTable(_numbers(fids), wkb, columns, crs, stated, int(info["features"]), notices, bool(info["spatial"]))


def _in_our_words(warnings: list[str], *, curved: bool) -> list[str]:
    """What GDAL warned of, with what it does to curves and measures said once."""
    measured = any(one.startswith("Measured (M)") for one in warnings)
    others = [one for one in warnings if not one.startswith("Measured (M)")]
    return [*others, *[_MEASURED] * measured, *[_CURVED] * curved]


@dataclass
class _Batch:
    fids: list[int]
    wkb: NDArray[Any]
    columns: dict[str, list[Any]]


def _batch(answers: door.Answers) -> _Batch | None:
    """The next features of a reading, None after the last."""
    meta = answers.json()
    if meta is None:
        return None
    fids: list[int] = answers.numbers().tolist()
    columns = {str(name): _values(answers, kind) for name, kind in zip(meta["fields"], meta["types"], strict=True)}
    return _Batch(fids, _geometry(answers, len(fids)), columns)


def _geometry(answers: door.Answers, count: int) -> NDArray[Any]:
    wkb = np.full(count, None, dtype=object)
    if not answers.json():
        return wkb
    lengths, whole, start = answers.numbers().tolist(), bytes(answers.whole()), 0
    for row, length in enumerate(lengths):
        if length >= 0:
            wkb[row] = whole[start : start + length]
            start += length
    return wkb


def _joined(batches: list[_Batch]) -> tuple[list[int], NDArray[Any], dict[str, list[Any]]]:
    if len(batches) == 1:
        return batches[0].fids, batches[0].wkb, batches[0].columns
    fids: list[int] = []
    columns: dict[str, list[Any]] = {name: [] for name in batches[0].columns}
    wkb = np.concatenate([batch.wkb for batch in batches])
    while batches:  # each goes as soon as it is joined, so that the layer is not held twice
        batch = batches.pop(0)
        fids += batch.fids
        for name, values in batch.columns.items():
            columns[name] += values
    return fids, wkb, columns


def _numbers(numbers: list[int]) -> list[int]:
    """The file's own feature numbers where they fit and are distinct, else 0, 1, 2 ..."""
    small = all(-(2**31) <= number < 2**31 for number in numbers)
    return numbers if small and len(set(numbers)) == len(numbers) else list(range(len(numbers)))


def _values(answers: door.Answers, ogr_type: str) -> list[Any]:
    """A column as plain Python values that JSON knows; no value is None, never NaN."""
    head = answers.json()
    if isinstance(head, list):
        return [value if type(value) is str and "\x00" not in value else _plain(value) for value in head]
    array = answers.numbers_of(head)
    if array.dtype.kind == "f":
        whole = ogr_type in {"OFTInteger", "OFTInteger64"}
        return [_number(value, whole) for value in array.tolist()]
    return list(array.tolist())


def _number(value: float, whole: bool) -> int | float | None:
    if not isfinite(value):
        return None
    return int(value) if whole else value


def _plain(value: Any) -> Any:
    # PostgreSQL's text knows no NUL character; a file that holds one in a value is padded, not meaningful.
    return value.replace("\x00", "") if isinstance(value, str) else value


def _crs(text: str | None, source: SourceFile) -> pyproj.CRS | None:
    """The system that a file states, as GDAL says it: an authority's code or WKT, and never the name of a file."""
    if not text:
        return None
    grids = " ".join(_GRIDS.findall(text))
    try:
        if not _PATH.search(grids) and (_CODE.fullmatch(text) or "[" in text):
            return pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.CRSError:
        pass
    raise BadFile(f"{source.shown} states a coordinate system that is not known: {text[:200]}.")
