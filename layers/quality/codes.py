"""Codes and names as a whole: words that stand for "no code", one name for two areas."""

from __future__ import annotations

import re
from collections import defaultdict

import numpy as np

from layers.quality import classes, samples
from layers.quality.findings import Book, Finding
from layers.quality.layer import Layer

# Words that assessors, planners and their software write where there is no code.
_WORDS = {
    "NONE", "NULL", "NA", "N/A", "N.A.", "NO", "UNKNOWN", "UNK", "TBD", "TEMP", "TEST", "XXX", "X", "UNASSIGNED",
    "ROAD", "STREET", "ST", "RD", "ROW", "R/W", "RR", "RAIL", "RAILROAD", "WATER", "HYDRO", "GAP", "OPEN", "VOID",
    "PRIVATE", "COMMON", "NOID", "NODATA", "NAN",
}  # fmt: skip
_NO_SIGN = re.compile(r"^[\W_]*$")
_SAME = re.compile(r"^(.)\1*$")
_MOSTLY_NUMBERED = 0.9


def look(layer: Layer, book: Book) -> None:
    """Notes codes that look like placeholders and names that several areas have."""
    _placeholders(layer, book)
    if classes.covers_all(layer.edition.kind):
        _names(layer, book)


def looks_like_none(code: str, *, numbered: bool) -> bool:
    """Whether a code is a word for "no code". ``numbered``: nearly all codes of the layer have digits."""
    if _NO_SIGN.match(code):
        return True
    if code.upper() in _WORDS:
        return numbered or code.upper() in {"NONE", "NULL", "NA", "N/A", "N.A.", "UNKNOWN", "TBD", "NAN", "NODATA"}
    return numbered and len(code) > 1 and bool(_SAME.match(code)) and code[0] in "09X-"


def _placeholders(layer: Layer, book: Book) -> None:
    with_digits = sum(any(sign.isdigit() for sign in code) for code in layer.codes)
    numbered = with_digits >= _MOSTLY_NUMBERED * max(1, len(layer))
    rows = [row for row, code in enumerate(layer.codes) if looks_like_none(code, numbered=numbered)]
    for row in rows:
        (outline,) = layer.outlines(np.array([row]))
        area = float(layer.area_m2[row])
        book.note(
            Finding(
                "placeholder_suspected", (layer.codes[row],), area_m2=area or None, size=area,
                ground=outline,
                detail={"name": layer.names[row]},
            )
        )  # fmt: skip
    book.show_by("placeholder_suspected", samples.codes_like(layer.edition, [layer.codes[row] for row in rows]))


def _names(layer: Layer, book: Book) -> None:
    by_name: dict[str, list[int]] = defaultdict(list)
    for row, name in enumerate(layer.names):
        if name:
            by_name[" ".join(name.casefold().split())].append(row)
    for rows in by_name.values():
        if len(rows) > 1:
            codes = tuple(layer.codes[row] for row in rows[:12])
            book.note(Finding("name_twice", codes, size=len(rows), detail={"name": layer.names[rows[0]]}))
    book.show_by("name_twice", samples.same_names(layer.edition))
