"""Staging: every feature of a source verbatim, with what was found and decided, under the edition it came for."""

from psycopg import sql

from layers.binary import Records
from layers.bulk import Behind, Progress, run, silent
from layers.models import Edition, StagedFeature
from layers.prepare import Prepared, Read
from layers.tables import MAX_CODE

_TABLE = StagedFeature._meta.db_table
_SETTLE = sql.SQL(
    "update {} s set code = f.code, finding = f.finding, detail = f.detail, decision = f.decision"
    " from unnest(%(fids)s::int[], %(codes)s::text[], %(findings)s::text[], %(details)s::text[], %(decisions)s::text[])"
    " f (fid, code, finding, detail, decision)"
    " where s.edition_id = %(edition)s and s.fid = f.fid"
).format(sql.Identifier(_TABLE))


def stage(read: Read, edition: Edition, behind: Behind, progress: Progress = silent) -> None:
    """Begins to write the features of a layer, all of them, as nobody has looked at them yet."""
    table, count = read.table, len(read.table)
    nothing = [""] * count
    behind.copy(
        _TABLE,
        {
            ("edition_id", "bigint"): [edition.pk] * count,
            ("fid", "integer"): table.fids,
            ("code", "text"): [code[:MAX_CODE] for code in read.codes],
            ("attributes", "records"): Records(table.columns, count),
            ("wkb", "raw"): table.wkb,
            ("finding", "text"): nothing,
            ("detail", "text"): nothing,
            ("decision", "text"): nothing,
        },
        progress,
    )


def settle(prepared: Prepared, read: Read, edition: Edition) -> int:
    """Writes what was found and decided to the staged features that are concerned, and returns how many."""
    found = prepared.findings
    rows = [
        row
        for row, (finding, code, staged) in enumerate(zip(found.finding, found.codes, read.codes, strict=True))
        if finding or code != staged
    ]
    if not rows:
        return 0
    columns = {
        "fids": [found.fids[row] for row in rows],
        "codes": [found.codes[row][:MAX_CODE] for row in rows],
        "findings": [found.finding[row] for row in rows],
        "details": [found.detail[row] for row in rows],
        "decisions": [found.decision[row] for row in rows],
    }
    return run(_SETTLE, columns | {"edition": edition.pk})
