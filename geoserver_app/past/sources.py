"""The file of another system, whatever it is: a table or pages, alone, packed, several in a zip or a folder."""

from __future__ import annotations

import csv
import hashlib
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

from geoserver_app.past import documents, xml_pages
from layers import archives, files, scratch
from layers.errors import BadFile
from layers.formats import MAX_COLUMNS, head_of, is_text
from layers.source import rows_of
from layers.tabular import encoding_of, header_of, separator_of

SUFFIXES = (".csv", ".tsv", ".txt", ".json", ".geojson", ".ndjson", ".jsonl", ".geojsonl", ".geojsons", ".xml", ".xlsx")
ACCEPTED = "CSV, Excel (.xlsx), GeoJSON, NDJSON, Open311 pages (JSON or XML), packed or not; several in a zip or folder"
_LOOKED = 1_000  # first objects whose names make the columns
_IN_PART = 5_000
_LONGEST = 1_000_000  # characters of one value of a table


@dataclass(frozen=True)
class Short:
    """A line of a table that has another number of values than there are columns."""

    values: int
    columns: int


# A row with the line it stands in (of a table: the line of the file; else which object it is).
Line: TypeAlias = tuple[int, Mapping[str, Any] | Short]


@dataclass(frozen=True)
class Part:
    """One file of what was given: its name for messages, its columns, its rows; ``lines`` may be read again.

    Of objects the columns are those of the first ones.
    """

    name: str
    columns: Sequence[str]
    lines: Callable[[], Iterator[Line]]
    size: int
    is_table: bool = True


@dataclass(frozen=True)
class Given:
    """All that was given, and a sum over it."""

    name: str
    parts: Sequence[Part]
    sha256: str


@contextmanager
def opened(path: Path | str, *, layer: str = "", encoding: str | None = None) -> Iterator[Given]:
    """What stands under a path, for as long as the block runs. BadFile for what is none of the accepted forms."""
    given = Path(path)
    if not given.exists():
        raise BadFile(f"There is no file {str(path)!r}. Accepted: {ACCEPTED}.")
    with scratch.folder("onemap-past-") as passing:
        plain = list(_plain(given, passing))
        if not plain:
            raise BadFile(f"{given.name} holds no table and no pages. Accepted: {ACCEPTED}.")
        parts = [_part(file, name, layer, encoding) for name, file in plain]
        yield Given(given.name, parts, _sum_of(file for _, file in plain))


def _plain(given: Path, passing: Path) -> Iterator[tuple[str, Path]]:
    """Files that are packed no more, with their names for messages, in the order of their names."""
    if given.is_dir():
        inside = [one for one in given.iterdir() if one.is_file() and one.suffix.lower() in {*SUFFIXES, ".gz", ".zip"}]
        for one in sorted(inside, key=lambda path: _in_order(path.name)):
            yield from _plain(one, _folder(passing))
        return
    head = head_of(given)
    if head.startswith(b"\x1f\x8b"):
        yield given.name.removesuffix(".gz"), archives.gunzip(given, _folder(passing))
    elif head.startswith((b"PK\x03\x04", b"PK\x05\x06")) and not archives.is_workbook(given):
        for member in sorted(archives.members(given, SUFFIXES), key=_in_order):
            yield f"{given.name}, {member}", archives.extract(given, member, _folder(passing))
    else:
        yield given.name, given


def _folder(passing: Path) -> Path:
    return Path(tempfile.mkdtemp(dir=passing))


def _in_order(name: str) -> tuple[tuple[int, str], ...]:
    """page-2 before page-10."""
    digits = "".join(one if one.isdigit() else " " for one in name).split()
    words = "".join(" " if one.isdigit() else one for one in name).split(" ")
    return tuple(zip((int(one) for one in [*digits, *["0"] * len(words)]), words, strict=False))


def _part(path: Path, name: str, layer: str, encoding: str | None) -> Part:
    head = head_of(path)
    if head.startswith(b"PK\x03\x04"):
        return _workbook(path, name, layer)
    if not head:
        raise BadFile(f"{name} is empty.")
    if not is_text(head):
        raise BadFile(f"{name} is in no accepted form. Accepted: {ACCEPTED}.")
    begins = head.decode("utf-16" if b"\x00" in head else "utf-8", "replace").lstrip("\ufeff\x1e \r\n\t")[:1]
    if begins in {"{", "["}:
        return _objects(path, name, lambda: documents.objects(path, name))
    if begins == "<":
        return _objects(path, name, lambda: xml_pages.requests(path, name))
    return _table(path, name, encoding)


def _table(path: Path, name: str, encoding: str | None) -> Part:
    found, _ = encoding_of(path, encoding, name)
    with path.open(encoding=found, newline="") as file:
        separator = separator_of(file.readline().removeprefix("\ufeff"))
        file.seek(0)
        columns = header_of(name, next(_rows(file, separator, name), (0, [""]))[1])
    columns = [one.removeprefix("\ufeff") for one in columns]

    def lines() -> Iterator[Line]:
        with path.open(encoding=found, newline="") as file:
            for line, values in islice(_rows(file, separator, name), 1, None):
                whole = len(values) == len(columns)
                yield line, dict(zip(columns, values, strict=True)) if whole else Short(len(values), len(columns))

    return Part(name, columns, lines, path.stat().st_size)


def _rows(file: Any, separator: str, name: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(_LONGEST)
    reader = csv.reader(file, delimiter=separator, strict=True)
    try:
        for values in reader:
            if values:
                yield reader.line_num, values
    except csv.Error as error:
        raise BadFile(f"{name}, line {reader.line_num}: {error}. A quote that is opened must be closed.") from error


def _objects(path: Path, name: str, read: Callable[[], Iterator[dict[str, Any]]]) -> Part:
    columns: dict[str, None] = {}
    for one in islice(read(), _LOOKED):
        columns |= dict.fromkeys(one)
    if len(columns) > MAX_COLUMNS:
        raise BadFile(f"{name} has more than {MAX_COLUMNS} columns: it is no list of requests.")
    return Part(name, list(columns), lambda: enumerate(read(), 1), path.stat().st_size, is_table=False)


def _workbook(path: Path, name: str, layer: str) -> Part:
    def lines() -> Generator[Line, None, None]:
        with files.opened(path, layer=layer or None) as source:
            yield from enumerate(rows_of(source, part=_IN_PART), 2)

    with closing(lines()) as begun:
        first = next(begun, (0, {}))[1]
    columns = list(first) if isinstance(first, Mapping) else []
    if not columns:
        raise BadFile(f"{name} has no rows under a line that names its columns.")
    return Part(name, columns, lines, path.stat().st_size)


def _sum_of(paths: Iterator[Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()
