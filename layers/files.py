"""Files from outside: which format one really is, and a safe place and name under which GDAL may open it.

Only four formats are let in, by content and not by name: Shapefile, GeoPackage, GeoJSON and CSV, plain, in a zip or
(the last two) in a gzip. GDAL knows eighty more, some of which read other files or hosts that the file names (VRT,
XML includes, network paths), so it is never asked to guess: the driver is said in the address it opens.
"""

import codecs
import hashlib
import json
import os
import re
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import pyogrio

from layers import archives, tabular
from layers.errors import BadFile

ACCEPTED = "Shapefile (.shp or zipped), GeoPackage, GeoJSON or CSV, also in a .zip, the last two in a .gz"
_GEOJSON_TYPE = re.compile(
    rb'"type"\s*:\s*"(FeatureCollection|Feature|GeometryCollection|(?:Multi)?(?:Point|LineString|Polygon))"'
)
_SHAPEFILE_MAGIC = b"\x00\x00\x27\x0a"
_SQLITE_MAGIC = b"SQLite format 3\x00"
_GPKG_IDS = (b"GPKG", b"GP10", b"GP11")
_HEAD = 65_536


@dataclass(frozen=True)
class SourceFile:
    """A file that may be read. ``name`` is the given file's name without its folder, ``member`` its part in a zip.

    ``address`` is what GDAL opens, with the driver said; ``layer`` a layer in it (None: the only one).
    """

    name: str
    member: str
    sha256: str
    driver: str
    address: str
    layer: str | None = None
    options: dict[str, str] = field(default_factory=dict)
    notices: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The name for messages and records: "layers.zip, streets.geojson"."""
        return f"{self.name}, {self.member}" if self.member else self.name


@contextmanager
def opened(path: Path | str, *, layer: str | None = None, encoding: str | None = None) -> Iterator[SourceFile]:
    """A file from outside, checked and laid out in a folder of its own for as long as the block runs.

    ``layer`` names a layer of a GeoPackage, a member of a zip (its name with or without suffix), or both as
    "member:layer". BadFile for anything that is not an accepted format.
    """
    given = Path(path)
    if not given.is_file():
        raise BadFile(f"There is no file {str(path)!r}. Accepted: {ACCEPTED}.")
    with tempfile.TemporaryDirectory(prefix="onemap-load-") as folder:
        yield _laid_out(given, Path(folder), layer, encoding)


def _laid_out(given: Path, folder: Path, layer: str | None, encoding: str | None) -> SourceFile:
    plain, member, inner = given, "", layer
    if _head(given).startswith((b"PK\x03\x04", b"PK\x05\x06")):
        plain, member, inner = _from_zip(given, folder, layer)
    elif _head(given).startswith(b"\x1f\x8b"):
        plain = archives.gunzip(given, folder)
    driver = _driver(plain)
    options = {"ENCODING": encoding} if encoding and driver == "ESRI Shapefile" else {}
    notices: tuple[str, ...] = ()
    if driver == "CSV":
        table = tabular.clean(plain, folder / "table.csv", encoding)
        options, notices = {"AUTODETECT_TYPE": "NO", "HEADERS": "YES", "SEPARATOR": table.separator}, table.notices
    address = _address(plain, driver, folder)
    source = SourceFile(given.name, member, _sha256(given), driver, address, None, options, notices)
    return _with_layer(source, inner)


def _from_zip(given: Path, folder: Path, layer: str | None) -> tuple[Path, str, str | None]:
    """The chosen member of a zip, unpacked; its name; and the layer still to be found in it."""
    members = archives.layer_members(given)
    wanted, _, inside = (layer or "").partition(":")
    if not members:
        raise BadFile(f"{given.name} holds no layer. Accepted: {ACCEPTED}.")
    found = [name for name in members if _is_called(name, wanted)] if wanted else members
    if wanted and not found and len(members) == 1:
        found, inside = members, wanted
    if len(found) != 1:
        problem = f"no layer {wanted!r}" if wanted and not found else f"{len(found)} layers"
        raise BadFile(f"{given.name} holds {problem}. Say --layer with one of: {_listed(members)}.")
    return archives.extract(given, found[0], folder), found[0], inside or None


def _is_called(member: str, wanted: str) -> bool:
    path = PurePosixPath(member)
    return wanted.lower() in {name.lower() for name in (member, path.name, path.stem, str(path.with_suffix("")))}


def _listed(names: list[str]) -> str:
    shown = [PurePosixPath(name).stem if len(names) > 8 else name for name in names[:60]]
    return ", ".join(shown) + (" ..." if len(names) > 60 else "")


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD)


def _driver(path: Path) -> str:
    """The format of a plain file by what stands in it. BadFile with the reason where it is none of ours."""
    head = _head(path)
    if head.startswith(_SHAPEFILE_MAGIC):
        return "ESRI Shapefile"
    if head.startswith(_SQLITE_MAGIC):
        if head[68:72] in _GPKG_IDS or path.suffix.lower() == ".gpkg":
            return "GPKG"
        raise BadFile(f"{path.name} is a SQLite database but no GeoPackage. Accepted: {ACCEPTED}.")
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if text.startswith(b"{"):
        return _json_driver(path, text)
    if path.suffix.lower() in {".csv", ".txt", ".tsv"} and _looks_like_text(head) and not text.startswith(b"<"):
        return "CSV"
    xml = " XML formats (VRT, GML, KML) can name other files and hosts." if text.startswith(b"<") else ""
    raise BadFile(f"{path.name} is in no accepted format.{xml} Accepted: {ACCEPTED}.")


def _json_driver(path: Path, text: bytes) -> str:
    topology = re.match(rb'\{\s*"type"\s*:\s*"Topology"', text)
    kind = _GEOJSON_TYPE.search(text) or _GEOJSON_TYPE.search(path.read_bytes())
    if topology or not kind:
        raise BadFile(f"{path.name} is JSON but not GeoJSON (TopoJSON and others: save as GeoJSON first).")
    if kind.group(1) != b"FeatureCollection":
        _refuse_sequence(path)
    return "GeoJSON"


def _refuse_sequence(path: Path) -> None:
    """BadFile for several JSON texts one after the other, of which GDAL would read the first and say nothing."""
    try:
        json.loads(path.read_bytes())
    except ValueError as error:
        raise BadFile(f"{path.name} is not one GeoJSON text ({error}): save it as one FeatureCollection.") from error


def _looks_like_text(head: bytes) -> bool:
    return head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\x00" not in head


def _address(plain: Path, driver: str, folder: Path) -> str:
    """What GDAL opens, always in our own folder, where nothing lies beside it that a driver could pick up."""
    if driver == "ESRI Shapefile":
        if plain.parent != folder:
            plain = archives.copy_shapefile(plain, folder)
        missing = [part for part in (".dbf", ".shx") if not plain.with_suffix(part).exists()]
        if missing:
            raise BadFile(f"{plain.name} has no {' and no '.join(missing)} beside it: send all parts, best as a zip.")
        return str(plain)
    if driver == "CSV":
        return f"CSV:{folder / 'table.csv'}"
    if driver == "GPKG":
        if plain.parent != folder or plain.suffix.lower() != ".gpkg":
            target = folder / "source.gpkg"
            shutil.copyfile(plain, target)
            plain = target
        return str(plain)
    return f"GeoJSON:{plain.resolve()}"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _with_layer(source: SourceFile, wanted: str | None) -> SourceFile:
    """The same with its layer: the wanted one, or the only one there is."""
    found, _ = asked(source, lambda: pyogrio.list_layers(source.address))
    names = [str(name) for name, geometry in found]
    if source.driver != "GPKG" and len(names) == 1:
        return _named(source, names[0])
    spatial = [str(name) for name, geometry in found if geometry is not None]
    matching = [name for name in names if name.lower() == (wanted or "").lower()] if wanted else spatial
    if len(matching) != 1:
        problem = f"no layer {wanted!r}" if wanted else f"{len(spatial)} layers"
        raise BadFile(f"{source.shown} holds {problem}. Say --layer with one of: {', '.join(names) or 'none'}.")
    return _named(source, matching[0])


def asked(source: SourceFile, ask: Callable[[], Any]) -> tuple[Any, list[str]]:
    """What a call into GDAL answers, and its warnings. BadFile with one sentence where it refuses.

    Neither says where our own copy of the file lies.
    """
    folder = str(Path(source.address.partition(":")[2] or source.address).parent) + os.sep
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            answer = ask()
        except (RuntimeError, ValueError) as error:
            text = " ".join(str(error).split()).replace(folder, "")
            raise BadFile(f"{source.shown} cannot be read: {text}") from error
    return answer, sorted({str(warning.message).replace(folder, "") for warning in caught})


def _named(source: SourceFile, layer: str) -> SourceFile:
    return SourceFile(**{**source.__dict__, "layer": layer})
