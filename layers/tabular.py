"""Tables of text (CSV): decoded, checked row by row, and written anew in UTF-8 for GDAL to read."""

import codecs
import csv
import io
from dataclasses import dataclass
from pathlib import Path

from layers.errors import BadFile

_SEPARATORS = {",": "COMMA", ";": "SEMICOLON", "\t": "TAB", "|": "PIPE"}
_MAX_VALUE = 100_000_000  # characters in one value: an outline in WKT may be long


@dataclass(frozen=True)
class CleanTable:
    """A table that was written anew: the name GDAL has for its separator, and what there is to say about it."""

    separator: str
    notices: tuple[str, ...]


def clean(plain: Path, target: Path, encoding: str | None) -> CleanTable:
    """Writes a table anew in UTF-8. BadFile where it is not text, has no header, or rows of different lengths."""
    text, notices = _decoded(plain, encoding)
    separator = _separator(text)
    _check_rows(plain.name, text, separator)
    target.write_text(text, encoding="utf-8", newline="")
    return CleanTable(_SEPARATORS[separator], notices)


def _decoded(plain: Path, encoding: str | None) -> tuple[str, tuple[str, ...]]:
    """Its own byte-order mark decides, then ``encoding``, then UTF-8, then Windows-1252."""
    data = plain.read_bytes()
    tried = [encoding] if encoding else ["utf-8-sig", "cp1252"]
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        tried = ["utf-16"]
    for name in tried:
        try:
            text = data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        guessed = name == "cp1252" and not encoding
        return text, ("The text is not UTF-8; it was read as Windows-1252.",) if guessed else ()
    raise BadFile(f"{plain.name} is not text in {' or '.join(tried)}. Say --encoding, or save it as UTF-8.")


def _separator(text: str) -> str:
    """The separator that stands most often in the first line."""
    first = text.partition("\n")[0]
    return max(_SEPARATORS, key=first.count)


def _check_rows(name: str, text: str, separator: str) -> None:
    """GDAL would fill short rows up and cut long ones off without a word."""
    csv.field_size_limit(_MAX_VALUE)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        header = next(rows, [])
        if not header or not all(column.strip() for column in header):
            raise BadFile(f"{name} must begin with a line that names every column; it begins {header[:5]!r}.")
        doubled = sorted({column for column in header if header.count(column) > 1})
        if doubled:
            raise BadFile(f"{name} has several columns called {', '.join(doubled)}: rename them.")
        for row in rows:
            if row and len(row) != len(header):
                raise BadFile(
                    f"{name}, line {rows.line_num}: {len(row)} values under {len(header)} columns. Correct the line; "
                    "values that hold the separator need quotes."
                )
    except csv.Error as error:
        raise BadFile(f"{name}, line {rows.line_num}: {error}.") from error
