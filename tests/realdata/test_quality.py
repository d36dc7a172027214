"""Reports of real cities: what an analyst should read in them, and every pair as plain shapely has it."""

import shlex
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from django.core.management import call_command

from layers.metric import into_plane
from layers.models import Edition, QualityReport
from layers.quality import report
from layers.quality.layer import read
from layers.quality.siblings import NOTHING_M2
from tests.realdata.test_cities import ROOT, section

pytestmark = [pytest.mark.realdata, pytest.mark.django_db, pytest.mark.timeout(600)]


def checked(city: str, kind: str, data: Path, monkeypatch: pytest.MonkeyPatch) -> QualityReport:
    """Loads one kind of a city by its documented commands and reports on it."""
    monkeypatch.chdir(ROOT)
    commands = [line.strip() for line in section(city).splitlines() if line.startswith("    ./run manage ")]
    for command in commands:
        if "add_jurisdiction" in command or f"--kind {kind} " in command:
            call_command(*shlex.split(command.replace("$DATA", str(data)))[2:], stdout=StringIO())
    return report.run(report.edition_of(Edition.objects.get().pk))


def plain(edition: Edition) -> tuple[dict[tuple[str, ...], float], float]:
    """Square metres of every overlapping pair, and of the jurisdiction that nobody covers: whole outlines, no tricks.

    Candidates come from boxes alone, stacks count once, as the report says.
    """
    layer = read(edition)
    outlines = layer.outlines(np.arange(len(layer)))
    one, other = shapely.STRtree(shapely.box(*shapely.bounds(outlines).T)).query(
        shapely.box(*shapely.bounds(outlines).T)
    )
    mine = (one < other) & layer.first[one] & layer.first[other]
    one, other = one[mine], other[mine]
    areas = shapely.area(shapely.intersection(outlines[one], outlines[other]))
    pairs = {
        tuple(sorted((layer.codes[a], layer.codes[b]))): float(area)
        for a, b, area in zip(one, other, areas, strict=True)
        if area > NOTHING_M2
    }
    city = shapely.from_wkb(bytes(edition.kind.jurisdiction.outline.wkb))
    (plane,) = into_plane(np.array([city], dtype=object), layer.srid)
    return pairs, float(shapely.difference(plane, shapely.union_all(outlines)).area)


def told(made: QualityReport) -> dict[tuple[str, ...], float]:
    rows = made.findings.filter(found__in=["overlap", "overlap_sliver"])
    return {tuple(sorted(one.codes)): one.area_m2 or 0.0 for one in rows}


def assert_alike(made: QualityReport) -> None:
    pairs, uncovered = plain(made.edition)
    assert told(made).keys() == pairs.keys()
    assert all(abs(told(made)[pair] - pairs[pair]) < 1 for pair in pairs)
    assert made.facts["overlap_m2"] == pytest.approx(sum(pairs.values()), abs=1)
    assert made.facts["uncovered_m2"] == pytest.approx(uncovered, abs=1)


def counts(made: QualityReport) -> dict[str, int]:
    return {code: entry["count"] for code, entry in made.classes.items()}


def first(made: QualityReport, found: str) -> Any:
    return made.findings.filter(found=found).order_by("rank")[0]


def test_san_franciscos_311_neighborhoods_overlap(real_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = checked("San Francisco", "neighborhood", real_data, monkeypatch)
    assert_alike(made)
    assert (counts(made)["overlap"], counts(made)["overlap_sliver"]) == (9, 56)
    assert {one.severity for one in made.findings.filter(found="overlap")} == {"note"}
    assert set(first(made, "overlap").codes) == {"Bret Harte", "Candlestick Point SRA"}
    assert made.facts["coverage"] == pytest.approx(0.9989, abs=0.0001)
    assert first(made, "gap").area_m2 == pytest.approx(2474, abs=1)


def test_los_angeles_neighborhoods(real_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = checked("Los Angeles", "neighborhood", real_data, monkeypatch)
    assert_alike(made)
    assert counts(made)["invalid"] == 5
    assert all(abs(one.detail["change_m2"]) < 1 for one in made.findings.filter(found="invalid"))
    assert counts(made)["overlap"] == 3
    # A layer of the county: what lies outside the city is no fault.
    assert {one.severity for one in made.findings.filter(found="outside")} == {"note"}
    assert ["long-beach", "signal-hill"] in [one.codes for one in made.findings.filter(found="enclave")]


def test_cambridges_parcels(real_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = checked("Cambridge", "parcel", real_data, monkeypatch)
    assert_alike(made)
    found = counts(made)
    assert found["invalid"] == 37
    placeholders = {one.codes[0]: one.detail["count"] for one in made.findings.filter(found="placeholder")}
    assert sum(placeholders.values()) == 80
    assert placeholders["---"] == 58
    assert first(made, "placeholder_suspected").codes == ["--"]
    assert made.facts["decided"] == {"left_out": 80, "repaired": 31, "dropped": 2, "merged": 8}
    assert (found["empty"], found["missing_code"]) == (1, 1)
    assert made.findings.filter(found="overlap").count() == 0
