"""Unpacking of zip and gzip files from outside: into a folder of our own, within limits, nothing that points out."""

import gzip
import shutil
import stat
import zipfile
from pathlib import Path, PurePosixPath
from typing import IO

from layers.errors import BadFile

MAX_BYTES = 4 * 1024**3  # of everything unpacked from one archive
MAX_MEMBERS = 10_000
LAYER_SUFFIXES = (".shp", ".gpkg", ".geojson", ".json", ".csv")
# A Shapefile is these files; editors leave others (.dbf~, .sbn, .xml) beside them, which nobody needs here.
SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def layer_members(path: Path) -> list[str]:
    """Names of the members of a zip that are layers by their suffix. BadFile for what is no sound zip."""
    with _opened(path) as archive:
        return [name for name in archive.namelist() if _is_layer(name)]


def extract(path: Path, member: str, into: Path) -> Path:
    """Unpacks a member (with the other parts of a Shapefile) flat into a folder and returns its new path."""
    with _opened(path) as archive:
        wanted = [info for info in archive.infolist() if _belongs(info.filename, member)]
        room = MAX_BYTES
        for info in wanted:
            room -= _copy_member(archive, info, into, room)
    return into / _flat(member)


def gunzip(path: Path, into: Path) -> Path:
    """Unpacks a .gz into a folder and returns the new file. BadFile where it is damaged or too big."""
    target = into / (path.name[:-3] if path.name.lower().endswith(".gz") else path.name)
    try:
        with gzip.open(path, "rb") as packed, target.open("wb") as out:
            _copy(packed, out, MAX_BYTES, path.name)
    except (OSError, EOFError) as error:
        raise BadFile(f"{path.name} cannot be unpacked: {error}. Pack it again.") from error
    return target


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise BadFile(f"{path.name} is no sound zip file: {error}. Pack it again.") from error
    infos = archive.infolist()
    if len(infos) > MAX_MEMBERS:
        raise BadFile(f"{path.name} holds {len(infos)} files, more than {MAX_MEMBERS}: pack only the layer.")
    for info in infos:
        _check(info, path)
    return archive


def _check(info: zipfile.ZipInfo, path: Path) -> None:
    name = PurePosixPath(info.filename.replace("\\", "/"))
    if name.is_absolute() or ".." in name.parts or ":" in name.parts[0:1]:
        raise BadFile(f"{path.name} holds {info.filename!r}, which points out of the archive: it is not unpacked.")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise BadFile(f"{path.name} holds the link {info.filename!r}: pack the file itself.")
    if info.flag_bits & 1:
        raise BadFile(f"{path.name} is locked with a password: pack it without one.")


def _is_layer(name: str) -> bool:
    member = PurePosixPath(name)
    hidden = member.name.startswith(".") or "__MACOSX" in member.parts
    return member.suffix.lower() in LAYER_SUFFIXES and not hidden


def _belongs(name: str, member: str) -> bool:
    if name == member:
        return True
    one, other = PurePosixPath(name), PurePosixPath(member)
    shapefile = other.suffix.lower() == ".shp" and one.suffix.lower() in SHAPEFILE_PARTS
    return shapefile and one.with_suffix("") == other.with_suffix("")


def _flat(name: str) -> str:
    """A member's name in our folder: without folders; a suffix in lower case, because GDAL looks for those."""
    member = PurePosixPath(name.replace("\\", "/"))
    return member.stem + member.suffix.lower()


def _copy_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, into: Path, room: int) -> int:
    target = into / _flat(info.filename)
    try:
        with archive.open(info) as packed, target.open("wb") as out:
            return _copy(packed, out, room, info.filename)
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError) as error:
        raise BadFile(f"{info.filename} in the zip is damaged: {error}. Pack it again.") from error


def _copy(source: IO[bytes] | gzip.GzipFile, target: IO[bytes], room: int, name: str) -> int:
    """Copies at most ``room`` bytes; counts what really comes out, because a header can say anything."""
    done = 0
    while chunk := source.read(1 << 20):
        done += len(chunk)
        if done > room:
            raise BadFile(f"{name} unpacks to more than {MAX_BYTES // 1024**3} GiB: split it.")
        target.write(chunk)
    return done


def copy_shapefile(path: Path, into: Path) -> Path:
    """Copies the parts of a Shapefile, and nothing that lies beside it, into a folder; returns the new .shp."""
    for part in path.parent.iterdir():
        if part.stem == path.stem and part.suffix.lower() in SHAPEFILE_PARTS and part.is_file():
            shutil.copyfile(part, into / (part.stem + part.suffix.lower()))
    return into / (path.stem + ".shp")
