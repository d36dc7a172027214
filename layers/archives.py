"""Unpacking of zip and gzip files from outside: into a folder of our own, within limits, nothing that points out."""

import gzip
import re
import shutil
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from layers.errors import BadFile

MAX_BYTES = 4 * 1024**3  # of everything unpacked from one archive
MAX_MEMBERS = 10_000
LAYER_SUFFIXES = (
    ".shp", ".gpkg", ".geojson", ".json", ".geojsonl", ".geojsons", ".ndjson", ".jsonl", ".seq", ".topojson", ".fgb",
    ".kml", ".csv", ".tsv", ".xlsx",
)  # fmt: skip
# A Shapefile is these files; editors leave others (.dbf~, .sbn, .xml) beside them, which nobody needs here.
SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
GEODATABASE = ".gdb"
# A File Geodatabase is a folder of these; locks and an editor's leftovers stay behind.
GEODATABASE_PARTS = (
    ".gdbtable", ".gdbtablx", ".gdbindexes", ".atx", ".spx", ".freelist", ".horizon", ".cdf", ".cdx",
)  # fmt: skip
ROOT = "(the zip itself)"  # a File Geodatabase whose files were packed without their folder
_WORKBOOK = "xl/workbook.xml"
_GEODATABASE_FILE = re.compile(r"(?:a[0-9a-f]{8}\.[\w.-]{1,80}|gdb|timestamps)", re.IGNORECASE)


class _Sink(Protocol):
    def write(self, data: bytes, /) -> int: ...


def members(path: Path, suffixes: tuple[str, ...]) -> list[str]:
    """Names of the members of a zip that end in one of some suffixes. BadFile for what is no sound zip."""
    with _opened(path) as archive:
        names = [info.filename for info in archive.infolist() if not info.is_dir()]
    return [name for name in names if _path_of(name).suffix.lower() in suffixes and not _is_hidden(_path_of(name))]


def layer_members(path: Path) -> list[str]:
    """Names of the members of a zip that are layers: files by their suffix, and folders that are File Geodatabases.

    BadFile for what is no sound zip.
    """
    with _opened(path) as archive:
        names = [info.filename for info in archive.infolist() if not info.is_dir()]
    geodatabases = sorted({_geodatabase(name) or "" for name in names} - {""})
    return [*[name for name in names if _is_layer(name)], *geodatabases]


def inner_archives(path: Path) -> list[str]:
    """Names of the archives within a zip, which are not unpacked."""
    with _opened(path) as archive:
        return [name for name in archive.namelist() if PurePosixPath(name).suffix.lower() in {".zip", ".kmz", ".gz"}]


def is_workbook(path: Path) -> bool:
    """True for a zip that is an Excel file."""
    with _opened(path) as archive:
        return _WORKBOOK in archive.namelist()


def other_office(path: Path) -> str:
    """The name of another office format that a zip is, or ""."""
    with _opened(path) as archive:
        names = set(archive.namelist())
    if "word/document.xml" in names or "ppt/presentation.xml" in names:
        return "a Word or PowerPoint file"
    if {"mimetype", "content.xml"} <= names:
        return "an OpenDocument file"
    return ""


def check_unpacked(path: Path, room: int) -> None:
    """BadFile where the members of a zip come to more than ``room`` bytes, whatever its headers say."""
    with _opened(path) as archive:
        for info in archive.infolist():
            room -= _unpacked(archive, info, _Nowhere(), room)


def extract(path: Path, member: str, into: Path) -> Path:
    """Unpacks a member (with the other parts of a Shapefile or File Geodatabase) flat into a folder; its new path."""
    geodatabase = member == ROOT or member.lower().endswith(GEODATABASE)
    target = into / "member.gdb" if geodatabase else into
    target.mkdir(exist_ok=True)
    with _opened(path) as archive:
        wanted = [info for info in archive.infolist() if not info.is_dir() and _belongs(info.filename, member)]
        room = MAX_BYTES
        for info in wanted:
            name = _own_name(info.filename, member)
            with (target / name).open("wb") as out:
                room -= _unpacked(archive, info, out, room)
    return target if geodatabase else into / _own_name(member, member)


def gunzip(path: Path, into: Path) -> Path:
    """Unpacks a .gz into a folder and returns the new file. BadFile where it is damaged or too big."""
    name = Path(path.name[:-3] if path.name.lower().endswith(".gz") else path.name)
    target = into / f"member{name.suffix.lower()[:12]}"
    try:
        with gzip.open(path, "rb") as packed, target.open("wb") as out:
            _copy(packed, out, MAX_BYTES, path.name)
    except (OSError, EOFError, zlib.error) as error:
        raise BadFile(f"{path.name} cannot be unpacked: {error}. Pack it again.") from error
    return target


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeDecodeError) as error:
        raise BadFile(f"{path.name} is no sound zip file: {error}. Pack it again.") from error
    infos = archive.infolist()
    if len(infos) > MAX_MEMBERS:
        raise BadFile(f"{path.name} holds {len(infos)} files, more than {MAX_MEMBERS}: pack only the layer.")
    for info in infos:
        _check(info, path)
    return archive


def _check(info: zipfile.ZipInfo, path: Path) -> None:
    name = _path_of(info.filename)
    if name.is_absolute() or ".." in name.parts or any(":" in part for part in name.parts[:1]):
        raise BadFile(f"{path.name} holds {info.filename!r}, which points out of the archive: it is not unpacked.")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise BadFile(f"{path.name} holds the link {info.filename!r}: pack the file itself.")
    if info.flag_bits & 1:
        raise BadFile(f"{path.name} is locked with a password: pack it without one.")


def _path_of(name: str) -> PurePosixPath:
    """A member's path; some packers on Windows write it with backslashes."""
    return PurePosixPath(name.replace("\\", "/"))


def _is_layer(name: str) -> bool:
    member = _path_of(name)
    return member.suffix.lower() in LAYER_SUFFIXES and not _is_hidden(member) and _geodatabase(name) is None


def _is_hidden(member: PurePosixPath) -> bool:
    return member.name.startswith(".") or "__MACOSX" in member.parts


def _geodatabase(name: str) -> str | None:
    """The File Geodatabase that a member is a file of: its folder, ROOT where it stands in none, None where in none."""
    folder = _path_of(name).parent
    if folder.suffix.lower() == GEODATABASE:
        return str(folder)
    return ROOT if str(folder) == "." and _path_of(name).suffix.lower() == ".gdbtable" else None


def _belongs(name: str, member: str) -> bool:
    if name == member:
        return True
    one, other = _path_of(name), _path_of(member)
    if member == ROOT:
        return str(one.parent) == "." and is_part_of_geodatabase(one.name)
    if other.suffix.lower() == GEODATABASE:
        return one.parent == other and is_part_of_geodatabase(one.name)
    shapefile = other.suffix.lower() == ".shp" and one.suffix.lower() in SHAPEFILE_PARTS
    return shapefile and str(one.with_suffix("")).casefold() == str(other.with_suffix("")).casefold()


def is_part_of_geodatabase(name: str) -> bool:
    """True for the names of a File Geodatabase's own files."""
    suffix = PurePosixPath(name).suffix.lower()
    return bool(_GEODATABASE_FILE.fullmatch(name)) and (suffix in GEODATABASE_PARTS or not suffix)


def _own_name(name: str, member: str) -> str:
    """The name that a member gets in our folder: always the same, so that no name from outside reaches GDAL."""
    one = _path_of(name)
    if member == ROOT or _path_of(member).suffix.lower() == GEODATABASE:
        return one.name
    return f"member{one.suffix.lower()}"


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, out: _Sink, room: int) -> int:
    try:
        with archive.open(info) as packed:
            return _copy(packed, out, room, info.filename)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, EOFError, ValueError) as error:
        raise BadFile(f"{info.filename} in the zip is damaged: {error}. Pack it again.") from error


def _copy(source: IO[bytes] | gzip.GzipFile, target: _Sink, room: int, name: str) -> int:
    """Copies at most ``room`` bytes; counts what really comes out, because a header can say anything."""
    done = 0
    while chunk := source.read(1 << 20):
        done += len(chunk)
        if done > room:
            raise BadFile(f"{name} unpacks to more than may be ({_size(room)}): split it.")
        target.write(chunk)
    return done


def _size(count: int) -> str:
    return f"{count / 1024**3:.1f} GiB" if count >= 1024**3 else f"{count / 1024**2:.1f} MiB"


class _Nowhere:
    """A sink that keeps nothing: for counting what comes out of an archive."""

    def write(self, data: bytes, /) -> int:
        return len(data)


def copy_shapefile(path: Path, target: Path) -> None:
    """Copies the parts of a Shapefile, and nothing that lies beside it, to those of ``target`` (a .shp)."""
    for part in sorted(path.parent.iterdir()):
        known = part.stem.casefold() == path.stem.casefold() and part.suffix.lower() in SHAPEFILE_PARTS
        if known and part.is_symlink() and not path.is_symlink():
            raise BadFile(f"{part.name} is a link to another file: put the file itself beside {path.name}.")
        if known and part.is_file():
            shutil.copyfile(part, target.with_suffix(part.suffix.lower()))


def copy_geodatabase(path: Path, into: Path) -> Path:
    """Copies the files of a File Geodatabase's folder, and no link among them, into a folder; returns the new one."""
    target = into / "member.gdb"
    target.mkdir()
    for part in sorted(path.iterdir()):
        if is_part_of_geodatabase(part.name) and part.is_file() and not part.is_symlink():
            shutil.copyfile(part, target / part.name)
    return target
