"""The documented commands for four real cities, run as they stand in docs/gis/real-cities.md, with their counts."""

import re
import shlex
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from layers.lookup import Place, place
from layers.models import AreaPiece, AreaShape, CenterlineShape, Edition, Jurisdiction, Kind, ParcelShape
from layers.tables import TABLES

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/gis/real-cities.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([a-z_:]+) \| (\d+) \| (.+) \|$", re.MULTILINE)
pytestmark = [pytest.mark.realdata, pytest.mark.django_db]


def section(city: str) -> str:
    """The part of the page that begins with a heading."""
    return next(part for part in PAGE.split("\n## ") if part.startswith(city))


def run_documented(city: str, data: Path, monkeypatch: pytest.MonkeyPatch) -> Jurisdiction:
    monkeypatch.chdir(ROOT)
    commands = [line.strip() for line in section(city).splitlines() if line.startswith("    ./run manage ")]
    assert len(commands) > 2
    for command in commands:
        words = shlex.split(command.replace("$DATA", str(data)))[2:]
        call_command(*words, stdout=StringIO())
    return Jurisdiction.objects.get()


def check_stated_counts_and_codes(city: str, town: Jurisdiction) -> None:
    """Every kind of the page's table is in force with the stated count, under codes of the stated column."""
    stated = {kind: (int(count), column.strip("`")) for kind, count, column in ROW.findall(section(city))}
    kinds = {kind.code: kind for kind in Kind.objects.filter(jurisdiction=town)}
    assert kinds.keys() == stated.keys()
    for code, (count, column) in stated.items():
        shapes = TABLES[kinds[code].feature_class].shape._default_manager.filter(kind=kinds[code], in_force=True)
        assert (code, shapes.count()) == (code, count)
        edition = Edition.objects.get(kind=kinds[code])
        assert edition.staged.count() == edition.report["selected"]
        row = edition.staged.filter(decision="").first()
        assert row is not None
        if column.startswith("made from"):
            assert re.fullmatch(r"[0-9a-f]{12}", row.code)
        else:
            assert row.code == str(row.attributes[column]).removesuffix(".0")


def at(town: Jurisdiction, lon: float, lat: float) -> Place:
    return place(town, lon, lat, town.local_date(Edition.objects.latest("loaded_at").loaded_at))


def test_lynwood(real_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    town = run_documented("Lynwood", real_data, monkeypatch)
    check_stated_counts_and_codes("Lynwood", town)
    city_hall = at(town, -118.2017, 33.9303)
    assert [hit.kind for hit in city_hall.areas] == ["beat"]
    assert AreaShape.objects.filter(kind__code="beat", area__code__range=("2110", "2118")).count() == 9


def test_los_angeles(real_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    town = run_documented("Los Angeles", real_data, monkeypatch)
    check_stated_counts_and_codes("Los Angeles", town)
    areas = {hit.kind: hit.name for hit in at(town, -118.2427, 34.0537).areas}
    assert areas["neighborhood"] == "Downtown"
    assert areas["police_division"] == "Central"
    assert areas["council_district"] == "Council District 14"
    assert areas["beat"].startswith("Basic car 1A")


def test_san_francisco(real_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    town = run_documented("San Francisco", real_data, monkeypatch)
    check_stated_counts_and_codes("San Francisco", town)
    areas = {hit.kind: hit.name for hit in at(town, -122.4194, 37.7599).areas}
    assert areas["analysis_neighborhood"] == "Mission"
    assert areas["beat"] == "MISSION District"
    assert Edition.objects.get(kind__code="beat").report["findings"]["invalid"]["decisions"] == {"repaired": 2}


def test_cambridge(real_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    town = run_documented("Cambridge", real_data, monkeypatch)
    check_stated_counts_and_codes("Cambridge", town)
    streets = CenterlineShape.objects.all()
    assert streets.exclude(street_name="").count() > 2600
    assert streets.filter(from_address_left__gt=0).count() + streets.filter(from_address_right__gt=0).count() > 3800
    assert not streets.filter(from_address_left__lt=1).exists()
    assert ParcelShape.objects.exclude(situs_address="").count() > 12_900
    assert AreaPiece.objects.filter(kind__code="easement").values("shape").distinct().count() == 1088
    report = Edition.objects.get(kind__code="parcel").report
    assert report["findings"]["invalid"]["decisions"] == {"repaired": 31}
    assert report["findings"]["placeholder"]["count"] == 80
    found = at(town, -71.104982, 42.366403)
    assert found.parcel is not None
    assert found.street is not None
    assert (found.parcel.situs_address, found.parcel.owner_class) == ("731 MASSACHUSETTS AVE", "private")
    assert (found.street.full_name, found.street.block) == ("Massachusetts Ave", 700)
