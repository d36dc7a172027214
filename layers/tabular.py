"""Tables of text (CSV): decoded, checked row by row, and written anew in UTF-8 for GDAL to read, a block at a time."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from layers.errors import BadFile
from layers.formats import MAX_COLUMNS, head_of, utf_16_of

_SEPARATORS = {",": "COMMA", ";": "SEMICOLON", "\t": "TAB", "|": "PIPE"}
_MAX_VALUE = 100_000_000  # characters in one value: an outline in WKT may be long
_BLOCK = 1 << 20
_WKT = re.compile(
    r"\s*(?:MULTI)?(?:POINT|LINESTRING|POLYGON|CURVE|SURFACE|GEOMETRYCOLLECTION|CIRCULARSTRING|COMPOUNDCURVE|CURVEPOLYGON"
    r"|POLYHEDRALSURFACE|TIN|TRIANGLE)\s*(?:Z|M|ZM)?\s*(?:\(|EMPTY)",
    re.IGNORECASE,
)
_ONE_LINE = bytes.maketrans(b"\r\n\x1e", b"  \n")
_LOOKED = 200  # first values of a column that say whether it is WKT


@dataclass(frozen=True)
class CleanTable:
    """A table that was written anew: how GDAL is to open it, and what there is to say about it."""

    options: dict[str, str]
    notices: tuple[str, ...]


@dataclass
class _Columns:
    """The header, and which columns hold WKT as far as their first values say."""

    header: list[str]
    wkt: dict[int, bool] = field(default_factory=dict)

    def look(self, row: list[str]) -> None:
        for at, value in enumerate(row):
            if value.strip() and self.wkt.get(at, True):
                self.wkt[at] = bool(_WKT.match(value))

    def places(self) -> list[str]:
        return [self.header[at] for at, is_wkt in sorted(self.wkt.items()) if is_wkt]


def clean(plain: Path, target: Path, encoding: str | None, *, name: str) -> CleanTable:
    """Writes a table anew in UTF-8. BadFile where it is not text, has no header, or rows of different lengths."""
    found, notices = encoding_of(plain, encoding, name)
    with plain.open(encoding=found, newline="") as source:
        separator = separator_of(source.readline())
        source.seek(0)
        with target.open("w", encoding="utf-8", newline="") as out:
            columns = _checked(name, _copied(source, out), separator)
    options = {"AUTODETECT_TYPE": "NO", "HEADERS": "YES", "SEPARATOR": _SEPARATORS[separator]}
    if places := columns.places():
        options |= {"GEOM_POSSIBLE_NAMES": places[0], "KEEP_GEOM_COLUMNS": "YES"}
    return CleanTable(options, notices)


def encoding_of(plain: Path, encoding: str | None, name: str) -> tuple[str, tuple[str, ...]]:
    """Its own byte-order mark decides, then ``encoding``, then UTF-8, then Windows-1252."""
    tried = [utf_16_of(head_of(plain)) or encoding or "utf-8-sig"]
    if tried == ["utf-8-sig"]:
        tried.append("cp1252")
    for one in tried:
        if _is_in(plain, one):
            guessed = one == "cp1252" and not encoding
            return one, ("The text is not UTF-8; it was read as Windows-1252.",) if guessed else ()
    raise BadFile(f"{name} is not text in {' or '.join(tried)}. Say --encoding, or save it as UTF-8.")


def _is_in(plain: Path, encoding: str) -> bool:
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
        with plain.open("rb") as file:
            while block := file.read(_BLOCK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except (UnicodeError, LookupError, TypeError):
        return False
    return True


def recoded(plain: Path, target: Path, encoding: str) -> Path:
    """The same text in UTF-8, without a byte-order mark."""
    with plain.open(encoding=encoding, newline="") as source, target.open("w", encoding="utf-8", newline="") as out:
        while block := source.read(_BLOCK):
            out.write(block.removeprefix("\ufeff"))
    return target


def in_lines(plain: Path, target: Path) -> Path:
    """A sequence of JSON texts that begin with a record separator (RFC 8142), written anew with one in each line."""
    with plain.open("rb") as source, target.open("wb") as out:
        while block := source.read(_BLOCK):
            # No line break stands inside a string of JSON, so that nothing is lost by taking them for blanks.
            out.write(block.translate(_ONE_LINE))
    return target


def separator_of(first: str) -> str:
    """The separator that stands most often in the first line."""
    return max(_SEPARATORS, key=first.count)


def _copied(source: IO[str], out: IO[str]) -> Iterator[str]:
    """The lines of a text, each written on as it goes by."""
    for line in source:
        plain = line.removeprefix("\ufeff")
        out.write(plain)
        yield plain


def _checked(name: str, lines: Iterable[str], separator: str) -> _Columns:
    """GDAL would fill short rows up and cut long ones off without a word."""
    csv.field_size_limit(_MAX_VALUE)
    rows = csv.reader(lines, delimiter=separator, strict=True)
    try:
        columns = _Columns(header_of(name, next(rows, [])))
        for number, row in enumerate(rows):
            if row and len(row) != len(columns.header):
                raise BadFile(
                    f"{name}, line {rows.line_num}: {len(row)} values under {len(columns.header)} columns. Correct the "
                    "line; values that hold the separator need quotes."
                )
            if number < _LOOKED:
                columns.look(row)
    except csv.Error as error:
        raise BadFile(f"{name}, line {rows.line_num}: {error}.") from error
    if len(columns.header) == 1 and not columns.places():
        raise BadFile(f"{name} is no table: its lines hold one value, which is no place, or an unknown separator.")
    return columns


def header_of(name: str, header: list[str]) -> list[str]:
    if not header or not all(column.strip() for column in header):
        raise BadFile(f"{name} must begin with a line that names every column; it begins {header[:5]!r}.")
    if len(header) > MAX_COLUMNS:
        raise BadFile(f"{name} has {len(header)} columns, more than {MAX_COLUMNS}: keep those that are used.")
    doubled = sorted(column for column, count in Counter(header).items() if count > 1)
    if doubled:
        raise BadFile(f"{name} has several columns called {', '.join(doubled)}: rename them.")
    return header
