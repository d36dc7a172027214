"""Staging: every feature of a source verbatim, with what was found and decided, under the edition it came for."""

import json
from collections.abc import Iterator
from typing import Any

from psycopg.types.json import Jsonb

from layers.bulk import Progress, copy_rows, silent
from layers.models import Edition, StagedFeature
from layers.prepare import Prepared

_COLUMNS = (
    ("edition_id", "int8"),
    ("fid", "int4"),
    ("code", "text"),
    ("attributes", "jsonb"),
    ("wkb", "bytea"),
    ("finding", "text"),
    ("detail", "text"),
    ("decision", "text"),
)
_CODE_LENGTH = 100


def stage(prepared: Prepared, edition: Edition, progress: Progress = silent) -> int:
    """Writes the features of a layer, all of them, and returns how many."""
    copy_rows(StagedFeature._meta.db_table, _COLUMNS, _rows(prepared, edition.pk), progress)
    return len(prepared.table)


def _rows(prepared: Prepared, edition_id: int) -> Iterator[tuple[Any, ...]]:
    table, findings = prepared.table, prepared.findings
    names = list(table.columns)
    records = zip(*table.columns.values(), strict=True) if names else iter([()] * len(table))
    for fid, code, values, wkb, finding, detail, decision in zip(
        table.fids, findings.codes, records, table.wkb, findings.finding, findings.detail, findings.decision,
        strict=True,
    ):  # fmt: skip
        attributes = Jsonb(dict(zip(names, values, strict=True)), dumps=_dumps)
        yield (edition_id, fid, code[:_CODE_LENGTH], attributes, wkb, finding, detail, decision)


def _dumps(value: Any) -> str:
    # \u0000 is legal JSON but no jsonb; source.py takes it out of texts, lists of texts may still hold one.
    return json.dumps(value, ensure_ascii=False, default=str).replace("\\u0000", "")
