"""The faults that the invented city has on purpose: the report finds each, at its place, with its codes."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.management import call_command

from fixtures.city.build import build_city
from fixtures.city.tables import tables
from fixtures.city.write import write_tables
from fixtures.faults import FAULTS
from fixtures.load_steps import ALMENDRA, STEPS
from layers.models import Edition, Jurisdiction, QualityFinding, QualityReport
from layers.quality import report
from tests.kept import built

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

BY_NAME = {fault.name: fault for fault in FAULTS}
KINDS = ("municipality", "neighborhood", "beat", "parcel")
AS_OF = date(2026, 11, 20)


@pytest.fixture(scope="module")
def _reports(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, int]]:
    folder = tmp_path_factory.mktemp("almendra")
    write_tables(tables(build_city()), folder)
    with built(django_db_blocker, lambda: _checked(folder)) as made:
        yield made


def _checked(folder: Path) -> dict[str, int]:
    """Loads four kinds as the demo does and reports on what is in force: the report's number by kind."""
    call_command(
        "add_jurisdiction", ALMENDRA.code, "--name", ALMENDRA.name, "--time-zone", ALMENDRA.time_zone, "--languages",
        "en,es", "--phone", ALMENDRA.telephone, "--outline", str(folder / ALMENDRA.outline_file), "--where",
        ALMENDRA.outline_where, verbosity=0,
    )  # fmt: skip
    for step in STEPS:
        if step.kind in KINDS:
            _load(folder, step)
    place = Jurisdiction.objects.get()
    return {
        edition.kind.code: report.run(report.edition_of(edition.pk)).pk
        for edition in Edition.objects.filter(kind__jurisdiction=place, is_current=True).select_related("kind")
    }


def _load(folder: Path, step: Any) -> None:
    words = [str(folder / step.file), "--kind", step.kind, "--map", str(step.crosswalk_path), "--commit", "--activate"]
    words += ["--layer", step.layer] if step.layer else []
    words += ["--where", step.where] if step.where else []
    words += ["--in-force", days] if (days := step.days(AS_OF)) else []
    call_command("load_layer", *words, verbosity=0)


@pytest.fixture
def reports(_reports: dict[str, int], db: None) -> dict[str, QualityReport]:
    return {kind: QualityReport.objects.get(pk=pk) for kind, pk in _reports.items()}


def at_its_place(made: QualityReport, found: str, fault: str) -> QualityFinding:
    """The finding of a class on whose ground the fault's point lies."""
    point = shapely.Point(BY_NAME[fault].lon, BY_NAME[fault].lat)
    hits = [
        one
        for one in made.findings.filter(found=found)
        if one.geom is not None and shapely.from_wkb(bytes(one.geom.wkb)).distance(point) < 2e-5
    ]
    assert len(hits) == 1, (found, fault, [one.codes for one in made.findings.filter(found=found)])
    return hits[0]


def test_the_overlap_in_the_park(reports: dict[str, QualityReport]) -> None:
    one = at_its_place(reports["neighborhood"], "overlap", "overlap_in_park")
    assert one.codes == ["N02", "N16"]
    assert one.area_m2 == pytest.approx(120_617, abs=1)
    assert reports["neighborhood"].classes["overlap"]["count"] == 1


def test_the_gap_at_the_rail_yard(reports: dict[str, QualityReport]) -> None:
    one = at_its_place(reports["beat"], "gap", "gap_at_rail_yard")
    assert one.severity == "warning"
    assert one.area_m2 == pytest.approx(80_795, abs=1)
    assert reports["beat"].facts["coverage"] == pytest.approx(0.9937, abs=0.0001)


def test_the_enclave(reports: dict[str, QualityReport]) -> None:
    one = at_its_place(reports["municipality"], "enclave", "enclave")
    assert one.codes == ["almendra", "encina-verde"]
    assert one.area_m2 == pytest.approx(217 * 257, rel=0.01)


def test_the_sliver(reports: dict[str, QualityReport]) -> None:
    one = at_its_place(reports["municipality"], "narrow", "sliver")
    assert one.codes == ["almendra"]
    assert (one.detail["width_m"], one.detail["length_m"]) == (4.5, pytest.approx(424, abs=5))


def test_the_parcel_across_two_beats(reports: dict[str, QualityReport]) -> None:
    for kind in ("parcel", "beat"):
        rows = reports[kind].findings.filter(found="across", detail__kind="beat")
        across = {one.codes[0]: one.detail["in"] for one in rows}
        assert sorted(across["413-080-05"]) == ["33", "42"]
        assert sorted(across["413-080-02"]) == ["33", "42"]


def test_the_condominiums_and_the_streets_among_the_parcels(reports: dict[str, QualityReport]) -> None:
    one = at_its_place(reports["parcel"], "stacked", "stacked_parcels")
    assert (one.detail["count"], one.codes[0]) == (46, "419-145-1901")
    assert reports["parcel"].classes["stacked"]["count"] == 60
    placeholders = {one.codes[0]: one.detail["count"] for one in reports["parcel"].findings.filter(found="placeholder")}
    assert placeholders == {"ROAD": 30, "RR": 1}


def test_nothing_else_is_a_fault_or_a_warning(reports: dict[str, QualityReport]) -> None:
    grave = {
        (kind, one.found)
        for kind, made in reports.items()
        for one in made.findings.exclude(severity=QualityFinding.Severity.NOTE)
    }
    assert grave == {("beat", "gap")}


def test_the_former_beats_are_what_it_is_compared_with(reports: dict[str, QualityReport]) -> None:
    made = reports["beat"]
    assert made.change["counts"] == {"unchanged": 1, "moved": 7, "added": 2}
