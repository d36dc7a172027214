"""What a plain file is, by what stands in it: one of the formats that are let in, or another one by its name."""

import codecs
import json
import mmap
import re
from dataclasses import dataclass
from pathlib import Path

from layers.errors import BadFile

ACCEPTED = (
    "Shapefile (.shp with its parts, or zipped), GeoPackage, File Geodatabase (zipped), GeoJSON, GeoJSON sequence, "
    "TopoJSON, FlatGeobuf, KML or KMZ, CSV, Excel (.xlsx); each also in a .zip, those of one file in a .gz"
)
# Where GDAL looks at a name's end: driver to the suffix that its file gets in our own folder.
SUFFIXES = {
    "ESRI Shapefile": ".shp",
    "GPKG": ".gpkg",
    "OpenFileGDB": ".gdb",
    "GeoJSON": ".geojson",
    "GeoJSONSeq": ".geojsonl",
    "TopoJSON": ".topojson",
    "FlatGeobuf": ".fgb",
    "LIBKML": ".kml",
    "CSV": ".csv",
    "XLSX": ".xlsx",
}
# Tables of text and numbers, in which nothing can say a coordinate system.
TABLES = ("CSV", "XLSX")
# Formats whose coordinates are degrees unless they say otherwise; few of them do, and some are wrong.
DEGREES = ("GeoJSON", "GeoJSONSeq", "TopoJSON")
MAX_COLUMNS = 2_000
_HEAD = 65_536
_WHOLE = 256 * 1024**2  # bytes of a JSON text that is looked at whole

_GEOJSON_TYPE = re.compile(
    rb'"type"\s*:\s*"(FeatureCollection|Feature|GeometryCollection|(?:Multi)?(?:Point|LineString|Polygon))"'
)
_TOPOLOGY = re.compile(rb'"type"\s*:\s*"Topology"')
_ROOT_ELEMENT = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_NOT_ELEMENTS = re.compile(rb"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\])?[^>]*>", re.DOTALL)
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True)
class Refused:
    """A format that is not let in: how its files begin (from byte ``at``), its name, what to do about it."""

    begins: bytes
    name: str
    advice: str = "Save it as GeoPackage or GeoJSON."
    at: int = 0


_ARCHIVE = "Unpack it and pack it as .zip."
_PICTURE = "Send the layer itself, not its picture."
_REFUSED = (
    Refused(b"PAR1", "a Parquet file"),
    Refused(b"ARROW1", "an Arrow file"),
    Refused(b"PMTiles", "a PMTiles archive of tiles", "Send the layer that the tiles were made from."),
    Refused(b"OSMHeader", "an OpenStreetMap extract (.osm.pbf)", at=6),
    Refused(b"OSMHeader", "an OpenStreetMap extract (.osm.pbf)", at=7),
    Refused(b"!table", "a MapInfo table (.tab)"),
    Refused(b"Version ", "a MapInfo exchange file (.mif)"),
    Refused(b"VERSION ", "a MapInfo exchange file (.mif)"),
    Refused(b"AC10", "an AutoCAD drawing (.dwg)"),
    Refused(b"AutoCAD Binary DXF", "an AutoCAD drawing (.dxf)"),
    Refused(b"\x08\x05", "a MicroStation drawing (.dgn)"),
    Refused(b"\xc8\x05", "a MicroStation drawing (.dgn)"),
    Refused(b"EXP  0", "an ARC/INFO export file (.e00)"),
    Refused(b"Standard Jet DB", "an Access database (personal geodatabase)", at=4),
    Refused(b"Standard ACE DB", "an Access database (personal geodatabase)", at=4),
    Refused(b"\xd0\xcf\x11\xe0", "an old Excel or other Office file", "Save it as .xlsx or CSV."),
    Refused(b"%PDF", "a PDF", _PICTURE),
    Refused(b"\x89PNG", "a picture (PNG)", _PICTURE),
    Refused(b"\xff\xd8\xff", "a picture (JPEG)", _PICTURE),
    Refused(b"II*\x00", "a picture (TIFF)", _PICTURE),
    Refused(b"MM\x00*", "a picture (TIFF)", _PICTURE),
    Refused(b"\x89HDF", "an HDF5 or NetCDF file"),
    Refused(b"CDF\x01", "a NetCDF file"),
    Refused(b"7z\xbc\xaf", "a 7z archive", _ARCHIVE),
    Refused(b"Rar!", "a RAR archive", _ARCHIVE),
    Refused(b"BZh", "a bzip2 archive", _ARCHIVE),
    Refused(b"\xfd7zXZ", "an xz archive", _ARCHIVE),
    Refused(b"\x28\xb5\x2f\xfd", "a zstd archive", _ARCHIVE),
    Refused(b"ustar", "a tar archive", _ARCHIVE, at=257),
    Refused(b"PK\x03\x04", "an archive within an archive", "Unpack the outer one."),
)
_XML_NAMES = {
    "gpx": "a GPX file",
    "osm": "an OpenStreetMap file",
    "html": "a web page: the download has failed, or its server wants a log-in",
    "svg": "a picture (SVG)",
    "rss": "a GeoRSS feed",
    "feed": "a GeoRSS feed",
    "ogrvrtdatasource": "a virtual layer (VRT), which is only a name of other files",
    "vrtdataset": "a virtual layer (VRT), which is only a name of other files",
    "qgis": "a QGIS project, which is only a name of other files",
    "metadata": "a description of a layer (metadata), not the layer",
}
_PARTS = {
    ".dbf": "the table of a Shapefile without its .shp",
    ".shx": "the index of a Shapefile without its .shp",
    ".prj": "the coordinate system of a Shapefile without its .shp",
    ".sbn": "an index of a Shapefile without its .shp",
    ".lyr": "a drawing rule of ArcGIS, not the layer",
    ".lyrx": "a drawing rule of ArcGIS, not the layer",
    ".mxd": "an ArcGIS project, which is only a name of other files",
}


def driver_of(path: Path, name: str) -> str:
    """GDAL's driver for a plain file. BadFile, by the format's name, where it is none of those that are let in.

    ``name`` is the file's own for messages and its suffix.
    """
    head = head_of(path)
    if head.startswith(b"\x00\x00\x27\x0a"):
        return "ESRI Shapefile"
    if head.startswith(b"SQLite format 3\x00"):
        return _sqlite(head, name)
    if head.startswith(b"fgb\x03fgb"):
        return "FlatGeobuf"
    text = head.removeprefix(codecs.BOM_UTF8).lstrip(b" \t\r\n\x1e")
    if utf_16 := utf_16_of(head):
        recoded = head[: len(head) // 2 * 2].decode(utf_16, "replace").lstrip("\ufeff \t\r\n")
        if recoded.startswith("{"):
            return _json_in_utf_16(recoded, name)
    if text.startswith((b"{", b"[")):
        return _json(path, head, text, name)
    if text.startswith(b"<"):
        return _xml(path, text, name)
    return _other(head, name)


def head_of(path: Path) -> bytes:
    """The first bytes of a file, 64 KiB at most."""
    with path.open("rb") as file:
        return file.read(_HEAD)


def _sqlite(head: bytes, name: str) -> str:
    application = head[68:72]
    if application in (b"GPKG", b"GP10", b"GP11") or Path(name).suffix.lower() == ".gpkg":
        return "GPKG"
    what = "an MBTiles archive of tiles" if application == b"MPBX" else "a SQLite or SpatiaLite database"
    raise BadFile(f"{name} is {what}, no GeoPackage. Accepted: {ACCEPTED}.")


def _xml(path: Path, text: bytes, name: str) -> str:
    found = _ROOT_ELEMENT.search(_NOT_ELEMENTS.sub(b"", text))
    root = found.group(1).decode("ascii", "replace").lower() if found else ""
    if root == "kml":
        _refuse_declarations(path, name)
        return "LIBKML"
    gml = root != "html" and b"opengis.net/gml" in text
    what = "a GML file" if gml else _XML_NAMES.get(root, f"an XML file (<{root}>)" if root else "an XML file")
    raise BadFile(f"{name} is in no accepted format: it is {what}. Accepted: {ACCEPTED}.")


def _refuse_declarations(path: Path, name: str) -> None:
    """BadFile for XML that declares entities: a layer needs none, and they can swell up or name other files."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if _DECLARATION.search(content):
            raise BadFile(f"{name} declares a document type or entities, which no layer needs: it is not read.")


def _json(path: Path, head: bytes, text: bytes, name: str) -> str:
    if head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"\x1e"):
        return "GeoJSONSeq"
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if _TOPOLOGY.search(text) or _TOPOLOGY.search(content[-_HEAD:]):
            return "TopoJSON"
        found = _GEOJSON_TYPE.search(content)
        kind = found.group(1) if found else b""
    if not kind or text.startswith(b"["):
        raise BadFile(f"{name} is JSON but no GeoJSON: {_json_name(text)}. Accepted: {ACCEPTED}.")
    return "GeoJSON" if kind == b"FeatureCollection" else _one_or_many(path, name)


def _json_in_utf_16(text: str, name: str) -> str:
    """The driver of JSON in UTF-16, by its beginning: other texts than collections of features are refused."""
    if _TOPOLOGY.search(text.encode()):
        return "TopoJSON"
    if re.search(r'"type"\s*:\s*"FeatureCollection"', text):
        return "GeoJSON"
    raise BadFile(f"{name} is JSON in UTF-16 that does not begin as a FeatureCollection: save it as UTF-8.")


def _json_name(text: bytes) -> str:
    if b"esriGeometry" in text or b'"rings"' in text or b'"paths"' in text:
        return "it is ESRI JSON; ask the same service for f=geojson"
    if b'"stac_version"' in text:
        return "it is a STAC catalog, which is only a name of other files"
    if b"gdal_streamed_alg" in text:
        return "it is a list of GDAL commands, which are not run"
    return "it has no features"


def _one_or_many(path: Path, name: str) -> str:
    """GeoJSON for one text, GeoJSONSeq for one in each line: GDAL would read the first of many and say nothing."""
    with path.open("rb") as file:
        first = file.readline(_WHOLE).removeprefix(codecs.BOM_UTF8)
        more = bool(file.read(_HEAD).strip())
    if more and _is_json(first):
        return "GeoJSONSeq"
    if path.stat().st_size > _WHOLE:
        raise BadFile(f"{name} is too large for one GeoJSON text that is no FeatureCollection: save it as one.")
    try:
        json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise BadFile(f"{name} is not one GeoJSON text ({error}): save it as one FeatureCollection.") from error
    return "GeoJSON"


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _other(head: bytes, name: str) -> str:
    """CSV, or the refusal of everything else by its name."""
    suffix = Path(name).suffix.lower()
    known = [one for one in _REFUSED if head.startswith(one.begins, one.at)]
    if known and not (suffix in {".csv", ".txt", ".tsv"} and known[0].begins.isascii() and known[0].at == 0):
        raise BadFile(
            f"{name} is in no accepted format: it is {known[0].name}. {known[0].advice} Accepted: {ACCEPTED}."
        )
    if suffix in {".csv", ".txt", ".tsv"} and head and is_text(head):
        return "CSV"
    part = f": it is {_PARTS[suffix]}" if suffix in _PARTS else ""
    drawing = ": it is an AutoCAD drawing (.dxf)" if re.match(rb"\s*0\s*\r?\n\s*SECTION", head) else ""
    empty = ": it is empty" if not head else ""
    raise BadFile(f"{name} is in no accepted format{empty or part or drawing}. Accepted: {ACCEPTED}.")


def is_text(head: bytes) -> bool:
    """True for bytes that may be text, in UTF-16 too, with or without its mark."""
    return b"\x00" not in head or utf_16_of(head) is not None


def utf_16_of(head: bytes) -> str | None:
    """The encoding of text in UTF-16 ("utf-16" with a mark, else with its byte order), None for other bytes.

    Without a mark, text in Latin letters has zero in nearly every second byte.
    """
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    looked = head[: len(head) // 2 * 2]
    even, odd, pairs = looked[::2].count(0), looked[1::2].count(0), len(looked) // 2
    if pairs > 8 and odd > 0.7 * pairs and even < 0.05 * pairs:
        return "utf-16-le"
    if pairs > 8 and even > 0.7 * pairs and odd < 0.05 * pairs:
        return "utf-16-be"
    return None
