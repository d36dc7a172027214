"""Files from outside: which format one really is, and a safe place and name under which GDAL may open it.

Ten formats are let in, by content and not by name (``layers/formats.py``). GDAL knows eighty more, some of which read
other files or hosts that the file names (VRT, XML includes, network paths), so it is never asked to guess: it opens
our own copy, under a name of ours, in a process that knows one driver and sees one folder (``layers/confined``).
"""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from layers import archives, dbf, formats, scratch, tabular
from layers.confined import door
from layers.errors import BadFile
from layers.formats import ACCEPTED

_WORKBOOK_OPTIONS = {"HEADERS": "FORCE"}
# What a spreadsheet swells to in memory is many times what it is packed to.
_WORKBOOK_BYTES = 1024**3


@dataclass(frozen=True)
class SourceFile:
    """A file that may be read. ``name`` is the given file's name without its folder, ``member`` its part in a zip.

    ``address`` is our own copy, alone in ``folder``, which GDAL opens with ``driver`` and no other; ``layer`` a layer
    in it (None: the only one).
    """

    name: str
    member: str
    folder: Path
    session: door.Session
    sha256: str = ""
    driver: str = ""
    address: str = ""
    layer: str | None = None
    options: dict[str, str] = field(default_factory=dict)
    notices: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The name for messages and records: "layers.zip, streets.geojson"."""
        return f"{self.name}, {self.member}" if self.member else self.name

    def ask(self, task: str, **more: object) -> door.Answers:
        """What GDAL answers about it: to "layers" or "read" (``layers/confined/reading.py``)."""
        size = sum(part.stat().st_size for part in self.folder.rglob("*") if part.is_file())
        request = {"task": task, "driver": self.driver, "address": self.address, "options": self.options}
        return self.session.ask(self.shown, size, request | more)


@dataclass(frozen=True)
class _Plain:
    """A file out of its archive: our own copy or the given one, its name for messages, its name within a zip."""

    path: Path
    name: str
    member: str = ""


@contextmanager
def opened(path: Path | str, *, layer: str | None = None, encoding: str | None = None) -> Iterator[SourceFile]:
    """A file from outside, checked and laid out in a folder of its own for as long as the block runs.

    ``layer`` names a layer of a file that holds several, a member of a zip (its name with or without suffix), or both
    as "member:layer". BadFile for anything that is not an accepted format.
    """
    with laid_out(path, layer=layer, encoding=encoding) as (source, inner):
        yield _with_layer(source, inner)


@contextmanager
def laid_out(
    path: Path | str, *, layer: str | None = None, encoding: str | None = None
) -> Iterator[tuple[SourceFile, str | None]]:
    """The same before its layer is chosen, with the name of the layer that is still to be found in it."""
    given = Path(path)
    geodatabase = given.is_dir() and given.suffix.lower() == archives.GEODATABASE
    if not given.is_file() and not geodatabase:
        raise BadFile(f"There is no file {str(path)!r}. Accepted: {ACCEPTED}.")
    with scratch.folder("onemap-load-") as passing:
        folder = passing / "layer"
        folder.mkdir()
        with door.session(folder) as session:
            if geodatabase:
                plain, inner = _Plain(archives.copy_geodatabase(given, passing), given.name), layer
            else:
                plain, inner = _plain(given, passing, layer)
            yield _source(given, plain, SourceFile(given.name, plain.member, folder, session), encoding), inner


def _plain(given: Path, passing: Path, layer: str | None) -> tuple[_Plain, str | None]:
    """The file itself, or what its archive holds, and the layer still to be found in it."""
    head = formats.head_of(given)
    if head.startswith(b"\x1f\x8b"):
        unpacked = archives.gunzip(given, passing)
        return _Plain(unpacked, given.name.removesuffix(".gz")), layer
    if not head.startswith((b"PK\x03\x04", b"PK\x05\x06")) or archives.is_workbook(given):
        return _Plain(given, given.name), layer
    if office := archives.other_office(given):
        raise BadFile(f"{given.name} is in no accepted format: it is {office}. Accepted: {ACCEPTED}.")
    member, inner = _chosen_member(given, layer)
    return _Plain(archives.extract(given, member, passing), PurePosixPath(member).name, member), inner


def _chosen_member(given: Path, layer: str | None) -> tuple[str, str | None]:
    """The layer's member of a zip and what is still to be found in it. BadFile where that is not clear."""
    members = archives.layer_members(given)
    wanted, _, inside = (layer or "").partition(":")
    if not members:
        inner = archives.inner_archives(given)
        more = f" It holds archives ({_listed(inner)}): unpack it, and load each by itself." if inner else ""
        raise BadFile(f"{given.name} holds no layer.{more} Accepted: {ACCEPTED}.")
    found = [name for name in members if _is_called(name, wanted)] if wanted else members
    if wanted and not found and len(members) == 1:
        found, inside = members, wanted
    if len(found) != 1:
        problem = f"no layer {wanted!r}" if wanted and not found else f"{len(found)} layers"
        raise BadFile(f"{given.name} holds {problem}. Say --layer with one of: {_listed(members)}.")
    return found[0], inside or None


def _is_called(member: str, wanted: str) -> bool:
    path = PurePosixPath(member)
    return wanted.lower() in {name.lower() for name in (member, path.name, path.stem, str(path.with_suffix("")))}


def _listed(names: list[str]) -> str:
    shown = [PurePosixPath(name).stem if len(names) > 8 else name for name in names[:60]]
    return ", ".join(shown) + (" ..." if len(names) > 60 else "")


def _source(given: Path, plain: _Plain, empty: SourceFile, encoding: str | None) -> SourceFile:
    """A plain file laid out for GDAL: alone in a folder, under a name of ours."""
    driver = _driver(plain)
    target = empty.folder / f"layer{formats.SUFFIXES[driver]}"
    address = f"{driver}:{target}" if driver == "GeoJSONSeq" else str(target)  # which it does not look like to GDAL
    bare = replace(empty, sha256=_sha256(given), driver=driver, address=address)
    if driver == "OpenFileGDB":
        shutil.copytree(plain.path, target)
        return bare
    if driver == "ESRI Shapefile":
        return _shapefile(bare, plain, target, encoding)
    if driver == "CSV":
        table = tabular.clean(plain.path, target, encoding, name=plain.name)
        return replace(bare, options=table.options, notices=table.notices)
    if driver == "XLSX":
        archives.check_unpacked(plain.path, _WORKBOOK_BYTES)
        bare = replace(bare, options=_WORKBOOK_OPTIONS)
    _copied(plain.path, target, driver)
    return bare


def _copied(plain: Path, target: Path, driver: str) -> None:
    """Our own copy of a file of one part, in the form that GDAL reads whole."""
    head = formats.head_of(plain)
    if driver == "GeoJSONSeq" and b"\x1e" in head[:4]:
        tabular.in_lines(plain, target)
    elif driver in formats.DEGREES and (utf_16 := formats.utf_16_of(head)):
        tabular.recoded(plain, target, utf_16)
    else:
        shutil.copyfile(plain, target)


def _driver(plain: _Plain) -> str:
    if plain.path.is_dir():
        return "OpenFileGDB"
    head = formats.head_of(plain.path)
    if head.startswith(b"PK\x03\x04") and archives.is_workbook(plain.path):
        return "XLSX"
    return formats.driver_of(plain.path, plain.name)


def _shapefile(bare: SourceFile, plain: _Plain, target: Path, encoding: str | None) -> SourceFile:
    """The parts of a Shapefile side by side. An index that is missing is made anew, a table is not."""
    archives.copy_shapefile(plain.path, target)
    if not target.with_suffix(".dbf").exists():
        raise BadFile(f"{plain.name} has no .dbf beside it: send all parts, best as a zip.")
    found, notice = dbf.encoding_of(target)
    notices = [] if encoding or not notice else [notice]
    if not target.with_suffix(".shx").exists():
        notices.append("There is no .shx beside it: the index was made anew.")
    chosen = encoding or found
    return replace(bare, options={"ENCODING": chosen} if chosen else {}, notices=tuple(notices))


def _sha256(path: Path) -> str:
    """Of a file; of a folder, over the names and sums of its files."""
    if path.is_dir():
        parts = [f"{part.name} {_sha256(part)}" for part in sorted(path.iterdir()) if part.is_file()]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def layers_in(source: SourceFile) -> list[tuple[str, str | None]]:
    """The layers of a laid-out file: name and type of geometry, None for a table without."""
    answers = source.ask("layers")
    found = answers.json()
    answers.warnings()
    return [(str(name), geometry) for name, geometry in found]


def _with_layer(source: SourceFile, wanted: str | None) -> SourceFile:
    """The same with its layer: the wanted one, or the only one there is."""
    found = layers_in(source)
    names = [name for name, geometry in found]
    if len(names) == 1 and not (wanted and source.driver in SEVERAL and wanted.lower() != names[0].lower()):
        return replace(source, layer=names[0])
    spatial = [name for name, geometry in found if geometry is not None]
    matching = [name for name in names if name.lower() == wanted.lower()] if wanted else spatial
    if len(matching) != 1:
        problem = f"no layer {wanted!r}" if wanted else f"{len(spatial)} layers"
        raise BadFile(f"{source.shown} holds {problem}. Say --layer with one of: {', '.join(names) or 'none'}.")
    return replace(source, layer=matching[0])


# Formats in which one file may hold several layers.
SEVERAL = ("GPKG", "OpenFileGDB", "LIBKML", "TopoJSON", "XLSX")
