"""Inside the walls: GDAL lists and reads one file with one driver, and sends what it finds.

Nothing of the server is here: no settings, no database, no secrets.
"""

import ctypes
import json
import socket
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyogrio
import pyogrio._io
from numpy.typing import NDArray
from pyogrio import raw

from layers.confined import frames

BATCH = 100_000
# Formats that must be gone through from the start to come to the middle: smaller parts would be read over and over.
_IN_SEQUENCE = {"CSV", "GeoJSON", "GeoJSONSeq", "TopoJSON", "LIBKML", "XLSX"}
_SEQUENCE_BATCH = 500_000
_CONFIG = {
    "SHAPE_RESTORE_SHX": "YES",  # an index that is missing is made anew in our own folder
    "GDAL_NUM_THREADS": "1",
    "OGR_ORGANIZE_POLYGONS": "DEFAULT",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{noext}",
}
_TOO_BIG = "more than may be read"
_CURVING = ("GPKG", "OpenFileGDB", "FlatGeobuf")
_OF_VECTOR = 0x04  # gdal.h: GDAL_OF_VECTOR, read-only
_CELL = 60  # bytes of a value in Python besides its text


class TooBig(RuntimeError):
    """The layer is larger than what was allowed; the message says in which way."""


def answer(asked: dict[str, Any], to: socket.socket) -> None:
    """Answers one request: {"task": "layers" or "read", "driver", "address", ...}. Failures are sent as words."""
    only_driver(asked["driver"])
    task = {"layers": _layers, "read": _read}[asked["task"]]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            task(asked, to)
        except (RuntimeError, ValueError, MemoryError, OverflowError) as error:
            short = isinstance(error, MemoryError)
            words = "reading it takes more memory than it may" if short else " ".join(str(error).split())
            frames.send_json(to, {"error": words, "limit": isinstance(error, TooBig | MemoryError)}, frames.FAILED)
            return
    frames.send_json(to, {"warnings": sorted({str(one.message) for one in caught})})


def _gdal() -> ctypes.CDLL:
    """GDAL as pyogrio has it: its symbols are found through the module that is linked to it."""
    return ctypes.CDLL(pyogrio._io.__file__)


def _is_curved(asked: dict[str, Any]) -> bool:
    """True where a layer says that its geometry may be curved; pyogrio only tells what it makes of it."""
    if asked["driver"] not in _CURVING:
        return False
    gdal = _gdal()
    gdal.GDALOpenEx.restype = gdal.GDALDatasetGetLayerByName.restype = ctypes.c_void_p
    gdal.GDALDatasetGetLayerByName.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    gdal.OGR_L_GetGeomType.argtypes = gdal.GDALClose.argtypes = [ctypes.c_void_p]
    enabled = gdal.OGRGetNonLinearGeometriesEnabledFlag()
    gdal.OGRSetNonLinearGeometriesEnabledFlag(1)
    dataset = gdal.GDALOpenEx(asked["address"].encode(), _OF_VECTOR, None, None, None)
    layer = gdal.GDALDatasetGetLayerByName(dataset, asked["layer"].encode()) if dataset else None
    curved = bool(layer) and bool(gdal.OGR_GT_IsNonLinear(gdal.OGR_L_GetGeomType(layer)))
    if dataset:
        gdal.GDALClose(dataset)
    gdal.OGRSetNonLinearGeometriesEnabledFlag(enabled)
    return curved


def only_driver(name: str) -> None:
    """Takes every driver but one away from GDAL, so that no file is ever guessed to be of another format."""
    gdal = _gdal()
    gdal.GDALGetDriver.restype = ctypes.c_void_p
    gdal.GDALGetDriverShortName.restype = ctypes.c_char_p
    gdal.GDALGetDriverShortName.argtypes = gdal.GDALDeregisterDriver.argtypes = [ctypes.c_void_p]
    pyogrio.set_gdal_config_options(_CONFIG)
    for number in reversed(range(gdal.GDALGetDriverCount())):
        driver = gdal.GDALGetDriver(number)
        if gdal.GDALGetDriverShortName(driver).decode() != name:
            gdal.GDALDeregisterDriver(driver)


def _layers(asked: dict[str, Any], to: socket.socket) -> None:
    """Sends [[name, type of geometry or null], ...]."""
    found = pyogrio.list_layers(asked["address"])
    frames.send_json(to, [[str(name), None if geometry is None else str(geometry)] for name, geometry in found])


def _read(asked: dict[str, Any], to: socket.socket) -> None:
    info = pyogrio.read_info(asked["address"], layer=asked["layer"], **asked["options"])
    count = int(info["features"])
    if count > asked["max_features"]:
        raise TooBig(f"{count} features, {_TOO_BIG} ({asked['max_features']})")
    if len(info["fields"]) > asked["max_columns"]:
        raise TooBig(f"{len(info['fields'])} columns, {_TOO_BIG} ({asked['max_columns']})")
    curved, spatial = _is_curved(asked), info["geometry_type"] is not None
    frames.send_json(to, {"features": count, "crs": info["crs"], "curved": curved, "spatial": spatial})
    room = asked["max_bytes"]
    for meta, fids, wkb, arrays in _parts(_batches(asked, count), asked.get("part")):
        # What GDAL could not count beforehand is counted as it goes.
        room -= _send_batch(to, meta, fids, wkb, arrays, asked["max_vertices"])
        del meta, fids, wkb, arrays
        if room < 0:
            raise TooBig(f"values and geometry of {_TOO_BIG} ({asked['max_bytes'] // 1024**2} MiB)")
    frames.send_json(to, None)


def _batches(asked: dict[str, Any], count: int) -> Iterator[Any]:
    """Meta, numbers, geometry and columns of the features, a part of them at a time."""
    start, most = 0, _SEQUENCE_BATCH if asked["driver"] in _IN_SEQUENCE else BATCH
    while True:
        batch = raw.read(
            asked["address"],
            layer=asked["layer"],
            where=asked["where"] or None,
            return_fids=True,
            datetime_as_string=True,
            skip_features=start,
            max_features=None if 0 <= count <= most else most,
            **asked["options"],
        )
        found = len(batch[1])
        yield batch
        del batch  # before the next is read: one is held at a time
        start += found
        if 0 <= count <= most or found < most:
            return


def _parts(batches: Iterator[Any], most: int | None) -> Iterator[Any]:
    """The same in parts of ``most`` features where the server asks for it, which holds no more than one of them."""
    for meta, fids, wkb, arrays in batches:
        for start in range(0, max(len(fids), 1), most or max(len(fids), 1)):
            part = slice(start, start + most if most else None)
            yield meta, fids[part], None if wkb is None else wkb[part], [array[part] for array in arrays]


def _send_batch(
    to: socket.socket, meta: dict[str, Any], fids: Any, wkb: Any, arrays: list[NDArray[Any]], max_vertices: int
) -> int:
    """Sends the columns of some features and returns the bytes that the server holds them in, roughly."""
    lengths = None if wkb is None else _lengths(wkb, max_vertices)
    frames.send_json(to, {"fields": [str(name) for name in meta["fields"]], "types": list(meta["ogr_types"])})
    frames.send_numbers(to, np.asarray(fids, dtype="<i8"))
    held = _CELL * len(fids) * (len(arrays) + 2)
    for array in arrays:
        if array.dtype.kind in "iufb":
            frames.send_numbers(to, array)
        else:
            texts = json.dumps(array.tolist(), default=_plain).encode()
            held += len(texts)
            frames.send(to, frames.JSON, texts)
    frames.send_json(to, lengths is not None)
    if lengths is not None:
        frames.send_numbers(to, lengths)
        frames.send(to, frames.BYTES, b"".join(wkb[lengths >= 0].tolist()))
        held += int(lengths.sum())
    return held


def _lengths(wkb: NDArray[Any], max_vertices: int) -> NDArray[np.int64]:
    """Bytes of each geometry, -1 for none. TooBig for one that is too long: a vertex takes 16 bytes or more."""
    lengths = np.fromiter((-1 if one is None else len(one) for one in wkb), dtype="<i8", count=len(wkb))
    longest = int(lengths.max(initial=0)) // 16
    if longest > max_vertices:
        raise TooBig(f"one geometry of about {longest} vertices, {_TOO_BIG} ({max_vertices})")
    return lengths


def _plain(value: Any) -> Any:
    """What JSON has no word for: bytes as hexadecimal digits, a list of values, a date."""
    if isinstance(value, bytes):
        return value.hex()
    return value.tolist() if isinstance(value, np.ndarray) else str(value)
