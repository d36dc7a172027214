"""Layers written by GDAL for tests: the files a city would send."""

import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyogrio import raw

SUFFIX = {
    "ESRI Shapefile": ".shp", "GPKG": ".gpkg", "GeoJSON": ".geojson", "GeoJSONSeq": ".geojsonl", "FlatGeobuf": ".fgb",
    "LIBKML": ".kml", "OpenFileGDB": ".gdb", "XLSX": ".xlsx",
}  # fmt: skip


def write(
    path: Path,
    geometries: list[Any],
    columns: dict[str, list[Any]],
    *,
    driver: str,
    crs: str | None = "EPSG:4326",
    geometry_type: str = "Unknown",
    **options: Any,
) -> Path:
    """Writes a layer and returns its path (with the driver's suffix)."""
    target = path.with_suffix(SUFFIX[driver])
    fields = [np.array(values, dtype=_type(values)) for values in columns.values()]
    kind = geometry_type if driver != "ESRI Shapefile" or geometry_type != "Unknown" else _type_of(geometries)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a layer without a system, which is what some tests want
        _write(target, geometries, columns, fields, crs, driver, kind, options)
    return target


def _write(
    target: Path, geometries: list[Any], columns: dict[str, list[Any]], fields: list[Any], crs: str | None, driver: str,
    kind: str, options: dict[str, Any],
) -> None:  # fmt: skip
    raw.write(
        target, geometry=np.array([None if one is None else shapely.to_wkb(one) for one in geometries], dtype=object),
        field_data=fields, fields=list(columns), crs=crs, driver=driver, geometry_type=kind,
        **({"promote_to_multi": False} if kind == "Unknown" else {}), **options,
    )  # fmt: skip


def _type(values: list[Any]) -> Any:
    return np.int64 if all(isinstance(value, int) for value in values) else object


def _type_of(geometries: list[Any]) -> str:
    name = {0: "Point", 1: "LineString", 2: "Polygon"}[int(shapely.get_dimensions(geometries[0]))]
    return f"{name} Z" if shapely.has_z(geometries[0]) else name


def zipped(path: Path, *members: Path, folder: str = "") -> Path:
    """A zip with members and everything beside them that has their stem."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            for part in sorted(member.parent.glob(f"{member.stem}.*")):
                archive.write(part, f"{folder}{part.name}")
    return path


def csv(path: Path, header: str, *rows: str, encoding: str = "utf-8") -> Path:
    """A CSV file with a header and rows as they are given."""
    path.write_bytes(("\n".join((header, *rows)) + "\n").encode(encoding))
    return path
