"""Reading a layer: every feature verbatim, its columns, its geometry as WKB, the coordinate system it states."""

from dataclasses import dataclass, field
from math import isnan
from typing import Any

import numpy as np
import pyogrio
import pyproj
from numpy.typing import NDArray
from pyogrio import raw

from layers.errors import BadFile
from layers.files import SourceFile, asked

MAX_FEATURES = 5_000_000


@dataclass
class SourceTable:
    """The features of a layer as they stand in the file. ``wkb`` holds bytes or None, in the file's own system.

    ``crs`` is None where the file states none; ``stated`` is False where it is only GeoJSON's default. ``total``
    counts the layer's features before any ``where``.
    """

    fids: list[int]
    wkb: NDArray[Any]
    columns: dict[str, list[Any]]
    crs: pyproj.CRS | None
    stated: bool
    total: int
    notices: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.fids)


def read(source: SourceFile, *, where: str | None = None) -> SourceTable:
    """Reads a layer whole. ``where`` is an expression in OGR SQL over its columns ("TYPE = 'A' and LEN > 5").

    BadFile for a file that GDAL cannot read to its end, or an expression it does not understand.
    """
    info, _ = asked(source, lambda: pyogrio.read_info(source.address, layer=source.layer, **source.options))
    if info["driver"] != source.driver:
        raise BadFile(f"{source.shown} was taken for {source.driver} but opens as {info['driver']}: not accepted.")
    if info["features"] > MAX_FEATURES:
        raise BadFile(f"{source.shown} holds {info['features']} features, more than {MAX_FEATURES}: split it.")
    (meta, fids, wkb, arrays), warned = asked(source, lambda: _read(source, where))
    columns = dict(zip((str(name) for name in meta["fields"]), _values(meta, arrays), strict=True))
    if wkb is None:
        wkb = np.full(len(fids), None, dtype=object)
    notices = [*source.notices, *warned]
    crs = _crs(meta["crs"], source)
    stated = source.driver != "GeoJSON" or crs is None or crs.to_epsg() != 4326
    return SourceTable(_numbers(fids), wkb, columns, crs, stated, int(info["features"]), notices)


def _read(source: SourceFile, where: str | None) -> Any:
    return raw.read(
        source.address,
        layer=source.layer,
        where=where or None,
        return_fids=True,
        datetime_as_string=True,
        **source.options,
    )


def _numbers(fids: NDArray[Any]) -> list[int]:
    """The file's own feature numbers where they fit and are distinct, else 0, 1, 2 ..."""
    numbers: list[int] = fids.tolist()
    small = all(-(2**31) <= number < 2**31 for number in numbers)
    return numbers if small and len(set(numbers)) == len(numbers) else list(range(len(numbers)))


def _values(meta: dict[str, Any], arrays: list[NDArray[Any]]) -> list[list[Any]]:
    return [_column(array, ogr_type) for array, ogr_type in zip(arrays, meta["ogr_types"], strict=True)]


def _column(array: NDArray[Any], ogr_type: str) -> list[Any]:
    """A column as plain Python values that JSON knows; no value is None, never NaN."""
    if array.dtype.kind == "f":
        whole = ogr_type in {"OFTInteger", "OFTInteger64"}
        return [None if isnan(value) else int(value) if whole else value for value in array.tolist()]
    if array.dtype.kind == "O":
        plain = array.tolist()
        return [value if type(value) is str and "\x00" not in value else _plain(value) for value in plain]
    if array.dtype.kind == "M":
        return [None if value is None else str(value) for value in array.astype(object).tolist()]
    return list(array.tolist())


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str):
        # PostgreSQL's text knows no NUL character; a file that holds one in a value is padded, not meaningful.
        return value.replace("\x00", "") if value and "\x00" in value else value
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, np.ndarray):
        return value.tolist()
    return value


def _crs(text: str | None, source: SourceFile) -> pyproj.CRS | None:
    if not text:
        return None
    try:
        return pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.CRSError as error:
        raise BadFile(f"{source.shown} states a coordinate system that is not known: {text[:200]}.") from error
