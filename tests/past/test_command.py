"""The command as an operator meets it: a mapping proposed, a rehearsal, what is left out, a map, wrong usage."""

import csv
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command

from geoserver_app.intake.models import ServiceRequest
from geoserver_app.past.mapping import mapping_from
from geoserver_app.past.moments import reader
from geoserver_app.past.rule import column_called
from layers.crosswalk import PlainLoader
from layers.errors import BadFile
from tests import life
from tests.past.conftest import MAPPING, row, table
from tests.route.city import City

pytestmark = pytest.mark.django_db


def run(*words: object, **options: Any) -> str:
    out = StringIO()
    call_command("import_requests", *[str(word) for word in words], stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """An old system's file with one row that cannot come in, and its mapping."""
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(yaml.safe_dump(MAPPING), encoding="utf-8")
    return table(tmp_path / "old.csv", row("A-1"), row("A-2", Beat="2"), row("", Where="Nowhere")), mapping


def test_a_rehearsal_then_for_good(city: City, files: tuple[Path, Path], tmp_path: Path) -> None:
    path, mapping = files
    told = run(path, mapping=mapping)
    assert "3 rows read: 2 requests, 1 rows left out." in told
    assert "Nothing was written" in told
    assert not ServiceRequest.objects.exists()
    rejects, drawn = tmp_path / "rejects.csv", tmp_path / "differ.html"
    told = run(path, mapping=mapping, commit=True, rejects=str(rejects), map=str(drawn))
    assert "beat: 50.00 % of 2 agree with the file, 1 differ" in told
    with rejects.open(encoding="utf-8", newline="") as file:
        assert [line["reason"] for line in csv.DictReader(file)] == ["no_number"]
    assert "A-2" in drawn.read_text(encoding="utf-8")
    assert ServiceRequest.objects.count() == 2


def test_a_mapping_is_proposed_that_imports(city: City, tmp_path: Path) -> None:
    rows = [row(f"A-{number}", Kind="Pothole", Where="102 Main St") for number in range(3)]
    path = table(tmp_path / "old.csv", *rows)
    header, _, rest = path.read_text().partition("\n")
    for ours, theirs in (("No,", "CaseID,"), ("Kind", "Category"), ("X,Y,Where", "Longitude,Latitude,Address")):
        header = header.replace(ours, theirs, 1)
    path.write_text(f"{header}\n{rest}")
    text = run(path, propose=str(tmp_path / "mapping.yaml"))
    proposed = yaml.load(text, Loader=PlainLoader)  # noqa: S506  it is a SafeLoader
    assert proposed["number"] == "CaseID"
    assert proposed["dates"] == ["%m/%d/%Y %H:%M"]
    assert proposed["service"] == {"column": "Category", "values": {"Pothole": "pothole"}}
    assert proposed["status"]["values"] == {"Done": "closed"}
    assert proposed["place"] == {"lon": "Longitude", "lat": "Latitude", "address": "Address"}
    assert proposed["areas"] == {"beat": "Beat"}
    assert mapping_from(proposed).fields["service"].names() == ("Category",)


def test_without_a_mapping_one_is_printed_and_nothing_written(city: City, files: tuple[Path, Path]) -> None:
    assert "source: old" in run(files[0])
    assert not ServiceRequest.objects.exists()


def test_a_map_needs_what_was_written(city: City, files: tuple[Path, Path]) -> None:
    with pytest.raises(CommandError, match="needs --commit"):
        run(files[0], mapping=files[1], map="differ.html")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"sorce": "x"}, "sorce means nothing"),
        ({"number": None}, "number is missing"),
        ({"zone": "Mars/Olympus"}, "no time zone"),
        ({"dates": ["%Q"]}, "no format"),
        ({"status": {"column": "Status", "values": {"Open": "lost"}}}, "it can become"),
        ({"service": {"column": "Kind", "values": {"Pot hole": "crater"}}, "create": {}}, "no service crater"),
        ({"place": {"lon": "X", "lat": "Y", "srid": 999999}}, "no EPSG code"),
        ({"repeated": "often"}, "it can be refuse, last, history"),
    ],
)
def test_a_wrong_mapping_is_refused_in_words(
    city: City, files: tuple[Path, Path], change: dict[str, Any], told: str
) -> None:
    document = {name: value for name, value in {**MAPPING, **change}.items() if value is not None}
    files[1].write_text(yaml.safe_dump(document), encoding="utf-8")
    with pytest.raises(BadFile, match=told):
        run(files[0], mapping=files[1], commit=True)
    assert not ServiceRequest.objects.exists()


@pytest.mark.parametrize(
    ("text", "form", "iso"),
    [
        ("12/31/2017 11:59:58 PM", "%m/%d/%Y %I:%M:%S %p", "2018-01-01T07:59:58+00:00"),
        ("12/31/2017 12:00:00 AM", "%m/%d/%Y %I:%M:%S %p", "2017-12-31T08:00:00+00:00"),
        ("1/2/08 9:05", "%m/%d/%y %H:%M", "2008-01-02T17:05:00+00:00"),
        ("2020-01-01 00:05:00", "iso", "2020-01-01T08:05:00+00:00"),
        ("2020-07-01T00:05:00Z", "iso", "2020-07-01T00:05:00+00:00"),
        ("1577865900", "epoch", "2020-01-01T08:05:00+00:00"),
        ("31 Dec 2019", "%d %b %Y", "2019-12-31T08:00:00+00:00"),
    ],
)
def test_moments_are_read_as_they_are_written(text: str, form: str, iso: str) -> None:
    found = reader((form,), life.ZONE)(text)
    assert found is not None
    assert found.isoformat() == iso


@pytest.mark.parametrize("text", ["", "31/12/2017 10:00:00 PM", "12/31/2017", "0001-01-01", "nan"])
def test_what_is_no_moment_is_none(text: str) -> None:
    assert reader(("%m/%d/%Y %I:%M:%S %p", "epoch"), life.ZONE)(text) is None


def test_columns_are_told_apart_by_their_exact_name_first() -> None:
    assert column_called("Id", ["ID", "Id"]) == "Id"
    assert column_called("request type", ["Request.Type", "Type"]) == "Request.Type"
    assert column_called("missing", ["Id"]) is None
