"""Staging: every feature of a source verbatim, with what was found and decided, under the edition it came for."""

from collections.abc import Iterator
from typing import Any

from layers.bulk import Progress, copy_rows, jsonb_of, silent
from layers.models import Edition, StagedFeature
from layers.prepare import Prepared
from layers.tables import MAX_CODE

_COLUMNS = (
    ("edition_id", "int8"),
    ("fid", "int4"),
    ("code", "text"),
    ("attributes", "bytea"),
    ("wkb", "bytea"),
    ("finding", "text"),
    ("detail", "text"),
    ("decision", "text"),
)


def stage(prepared: Prepared, edition: Edition, progress: Progress = silent) -> int:
    """Writes the features of a layer, all of them, and returns how many."""
    copy_rows(StagedFeature._meta.db_table, _COLUMNS, _rows(prepared, edition.pk), progress)
    return len(prepared.table)


def _rows(prepared: Prepared, edition_id: int) -> Iterator[tuple[Any, ...]]:
    table, findings = prepared.table, prepared.findings
    documents = jsonb_of(table.columns, len(table))
    found = zip(findings.finding, findings.detail, findings.decision, strict=True)
    for fid, code, document, wkb, what in zip(table.fids, findings.codes, documents, table.wkb, found, strict=True):
        yield (edition_id, fid, code[:MAX_CODE], document, wkb, *what)
