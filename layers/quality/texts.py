"""Damaged text: names that were read in another encoding than they were written in ("PeÃ±a" for "Peña")."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from layers.bulk import rows_of
from layers.models import Edition
from layers.quality import samples
from layers.quality.findings import Book, Finding

# What UTF-8 becomes when it is read as Windows-1252, what bytes become that are no text (U+FFFD) or no letters (C1
# controls), and a question mark within a word, which is what is left of a letter that an encoding did not have.
PATTERN = (
    "[\u00c3\u00c2][\u0080-\u00bf\u2013-\u203a\u20ac]|\u00e2\u20ac|[\ufffd\u0080-\u009f]|[[:alpha:]]\\?[[:alpha:]]"
)
_PYTHON = re.compile(PATTERN.replace("[[:alpha:]]", "[^\\W\\d_]"))
_LINK = re.compile(r"://|^www\.|@")
_EXAMPLES = 3


def look(edition: Edition, book: Book) -> None:
    """Notes staged features with such values, one finding for each column."""
    columns: dict[str, list[tuple[int, str, str]]] = {}
    for fid, code, column, value in _damaged(edition):
        columns.setdefault(column, []).append((fid, code, value))
    for column, found in columns.items():
        values = list(dict.fromkeys(value for _, _, value in found))
        book.note(
            Finding(
                "damaged_text", tuple(code for _, code, _ in found[:12]), tuple(fid for fid, _, _ in found[:50]),
                size=len(found),
                detail={
                    "column": column, "count": len(found), "values": values[:_EXAMPLES],
                    "meant": [read_again(value) for value in values[:_EXAMPLES]],
                },
            )
        )  # fmt: skip
    book.show_by("damaged_text", samples.damaged(edition, PATTERN))


def _damaged(edition: Edition) -> Iterator[tuple[int, str, str, str]]:
    statement = samples.damaged(edition, PATTERN)
    for fid, code, attributes in rows_of(statement):
        for column, value in _texts(attributes):
            if is_damaged(value):
                yield fid, code, column, value


def _texts(attributes: Any) -> Iterator[tuple[str, str]]:
    """The columns of a staged feature that hold text; Django hands JSON of plain statements over as it stands."""
    read = json.loads(attributes) if isinstance(attributes, str) else attributes
    yield from ((column, value) for column, value in read.items() if isinstance(value, str))


def is_damaged(value: str) -> bool:
    """Whether a text looks as if it was read in another encoding than it was written in."""
    return bool(_PYTHON.search(value)) and not _LINK.search(value)


def read_again(value: str) -> str:
    """What a text says when it is read as it was meant, as far as that can be had; "" where it cannot."""
    for encoding in ("cp1252", "latin-1"):
        try:
            meant = value.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        return meant if meant != value else ""
    return ""
