"""A layer made ready in memory: read, mapped, transformed, looked at, settled. Nothing is written here."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers import content, faults, geometry, guesses, mapping
from layers.crosswalk import Crosswalk
from layers.decisions import Decisions
from layers.errors import BadFile
from layers.faults import Findings
from layers.files import SourceFile
from layers.formats import TABLES as TABLES_OF_TEXT
from layers.geometry import Geometries
from layers.models import Jurisdiction, Kind
from layers.source import SourceTable, read
from layers.srid import STORAGE_SRID
from layers.tables import MAX_CODE, TABLES
from layers.tangles import is_tangled
from layers.transform import (
    MAX_ACCURACY_M,
    Box,
    NoSystem,
    Transformation,
    check_extent,
    stated_crs,
    transformation,
)


@dataclass
class Prepared:
    """A layer that may be committed: its features verbatim, what became of each, and those that go into the edition.

    ``kept`` are row numbers into everything else; geometries are degrees, as they will be stored.
    """

    source: SourceFile
    table: SourceTable
    transformation: Transformation
    mapped: mapping.Mapped
    findings: Findings
    geometries: Geometries
    hashes: list[bytes]
    kept: NDArray[np.intp]
    report: dict[str, Any]


def prepare(
    source: SourceFile,
    kind: Kind,
    crosswalk: Crosswalk,
    *,
    decided: Decisions | None = None,
    source_srid: int | None = None,
    max_accuracy_m: float = MAX_ACCURACY_M,
) -> Prepared:
    """Reads a layer and settles every fault by a decision for its class. Refused where one stays open."""
    table = read(source, where=crosswalk.where)
    if not len(table):
        chosen = f" with {crosswalk.where}" if crosswalk.where else ""
        raise BadFile(f"{source.shown} has no features{chosen}: there is nothing to load.")
    transform = _transformation(source, table, crosswalk, kind.jurisdiction, source_srid, max_accuracy_m)
    flat, heights = geometry.of_table(table, crosswalk)
    moved = transform(flat)
    _check_place(moved, flat, kind.jurisdiction)
    formed, unfit = geometry.conform(moved, kind.geometry)
    formed = geometry.canonical(formed)
    mapped = mapping.apply(crosswalk, table, kind)
    if crosswalk.auto:
        mapped.codes = content.auto_codes(formed)
    findings = Findings(table.fids, mapped.codes)
    hashes = _settled(findings, formed, unfit, mapped, kind, crosswalk, decided or Decisions())
    if findings.open:
        raise faults.refusal(findings, source.shown)
    kept = np.flatnonzero(~findings.out)
    if not len(kept):
        raise BadFile(f"{source.shown}: all {len(table)} features are left out, none remains to load.")
    report = _report(table, transform, findings, crosswalk)
    report |= {"kept": len(kept), "z_dropped": heights, "slivers": faults.slivers(formed[kept])}
    return Prepared(source, table, transform, mapped, findings, formed, hashes, kept, report)


def home_of(jurisdiction: Jurisdiction) -> Box:
    """The box of a jurisdiction's outline: west, south, east, north in degrees."""
    west, south, east, north = jurisdiction.outline.extent
    return (west, south, east, north)


def _transformation(
    source: SourceFile,
    table: SourceTable,
    crosswalk: Crosswalk,
    jurisdiction: Jurisdiction,
    srid: int | None,
    max_accuracy_m: float,
) -> Transformation:
    srid = srid or crosswalk.source_srid
    if source.driver in TABLES_OF_TEXT:
        srid = srid or STORAGE_SRID  # a table of text has no place to say it, and _check_place finds what is not
    home = home_of(jurisdiction)
    try:
        crs = stated_crs(table.crs, table.stated, srid)
    except NoSystem as error:
        hint = guesses.told(geometry.of_table(table, crosswalk)[0], home, jurisdiction.name)
        raise NoSystem(f"{error} {hint}".strip()) from error
    return transformation(crs, home, max_accuracy_m=max_accuracy_m)


def _check_place(moved: Geometries, flat: Geometries, jurisdiction: Jurisdiction) -> None:
    """BadFile where most of a layer (degrees; ``flat`` in its own numbers) lies elsewhere, with where it could be.

    A few strayed features are faults of their own.
    """
    home = home_of(jurisdiction)
    there = moved[~(shapely.is_missing(moved) | shapely.is_empty(moved))]
    if not len(there) or faults.near(there, home).mean() >= 0.5:
        return
    try:
        check_extent(_bounds(there), home, jurisdiction.name)
    except BadFile as error:
        raise BadFile(f"{error} {guesses.told(flat, home, jurisdiction.name)}".strip()) from error


def _bounds(geometries: Geometries) -> Box:
    west, south, east, north = shapely.total_bounds(geometries).tolist()
    return (west, south, east, north)


def _settled(
    findings: Findings,
    formed: Geometries,
    unfit: NDArray[np.bool_],
    mapped: mapping.Mapped,
    kind: Kind,
    crosswalk: Crosswalk,
    decided: Decisions,
) -> list[bytes]:
    """Looks at every feature, applies the decisions in place, and returns the content's hashes.

    What is wrong with a feature alone comes first: whether it repeats another's code is asked of what is left.
    """
    decided = decided.over(crosswalk.decisions)
    _leave_out_placeholders(findings, crosswalk)
    faults.look_at_geometry(findings, formed, unfit, home_of(kind.jurisdiction))
    for row, detail in mapped.bad:
        findings.note([row], "bad_value", detail)
    findings.note([row for row, code in enumerate(mapped.codes) if not code], "missing_code")
    too_long = [row for row, code in enumerate(mapped.codes) if len(code) > MAX_CODE]
    findings.note(too_long, "bad_value", f"its code is longer than {MAX_CODE} characters")
    faults.settle(findings, formed, kind.geometry, decided)
    if crosswalk.merge:
        _merge(findings, formed, kind)
    hashes = _hashes(formed, mapped, kind)
    faults.look_at_codes(findings, mapped.codes, hashes)
    faults.settle(findings, formed, kind.geometry, decided)
    return hashes


def _leave_out_placeholders(findings: Findings, crosswalk: Crosswalk) -> None:
    """Features under codes that stand for "no parcel" (ROAD, RR, ---) are no faults: they are left out and counted."""
    for row, code in enumerate(findings.codes):
        if code in crosswalk.placeholder_codes:
            findings.note([row], "placeholder")
            findings.decide(row, "left_out")


def _merge(findings: Findings, geometries: Geometries, kind: Kind) -> None:
    """Unites features with one code into the first of them, where the crosswalk says that they are its parts."""
    parts: dict[str, list[int]] = defaultdict(list)
    for row, code in enumerate(findings.codes):
        if not findings.finding[row] or findings.decision[row] == "repaired":
            parts[code].append(row)
    for rows in parts.values():
        if len(rows) > 1 and not is_tangled(*geometries[rows]):
            united = np.array([shapely.union_all(geometries[rows])], dtype=object)
            geometries[rows[0]] = geometry.canonical(geometry.conform(united, kind.geometry)[0])[0]
            for row in rows[1:]:
                findings.mark(row, "part", f"united with feature {findings.fids[rows[0]]}", "merged")


def _hashes(geometries: Geometries, mapped: mapping.Mapped, kind: Kind) -> list[bytes]:
    columns = [mapped.fields[name] for name in TABLES[kind.feature_class].field_names]
    return content.hashes(geometries, list(zip(*columns, mapped.attributes, strict=True)), kind.width_m)


def _report(table: SourceTable, transform: Transformation, findings: Findings, crosswalk: Crosswalk) -> dict[str, Any]:
    return {
        "in_file": table.total,
        "selected": len(table),
        "where": crosswalk.where or "",
        "findings": findings.summary(),
        "transformation": transform.description,
        "transformation_missing": transform.missing,
        # What the quality report reads the staged features by, long after the file is gone.
        "crs_wkt": transform.source.to_wkt(),
        "columns": {name: rule.column for name, rule in crosswalk.fields.items() if rule.column},
        "notices": table.notices,
    }
