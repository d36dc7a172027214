"""Staging: every feature of a source verbatim, with what was found and decided, under the edition it came for."""

from layers.binary import Records
from layers.bulk import Progress, copy_columns, silent
from layers.models import Edition, StagedFeature
from layers.prepare import Prepared
from layers.tables import MAX_CODE


def stage(prepared: Prepared, edition: Edition, progress: Progress = silent) -> int:
    """Writes the features of a layer, all of them, and returns how many."""
    table, findings, count = prepared.table, prepared.findings, len(prepared.table)
    copy_columns(
        StagedFeature._meta.db_table,
        {
            ("edition_id", "bigint"): [edition.pk] * count,
            ("fid", "integer"): table.fids,
            ("code", "text"): [code[:MAX_CODE] for code in findings.codes],
            ("attributes", "records"): Records(table.columns, count),
            ("wkb", "raw"): table.wkb,
            ("finding", "text"): findings.finding,
            ("detail", "text"): findings.detail,
            ("decision", "text"): findings.decision,
        },
        progress,
    )
    return count
