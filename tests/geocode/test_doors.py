"""The geocoder through its commands and addresses, and what it makes of an outside one that fails."""

import csv
import json
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from geoserver_app.geocode import outside
from geoserver_app.geocode.batch import locate_table
from geoserver_app.geocode.defaults import is_no_place
from geoserver_app.geocode.models import OutsideAnswer
from geoserver_app.geocode.reverse import reverse_geocode
from layers.errors import BadFile
from layers.models import Jurisdiction
from tests.geocode.test_locate import TODAY
from tests.layers.town import at
from tests.planned import as_new


def run(*words: str) -> Any:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_the_command_gives_candidates_as_json(streets: Jurisdiction) -> None:
    (best, *_) = json.loads(run("geocode", "410 Olive Ave"))
    assert best["label"] == "410 Olive Ave" and best["score"] >= 90 and "exact_number" in best["reasons"]


def test_the_command_gives_a_table_for_a_file(streets: Jurisdiction, tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("id,address\n1,410 Olive Ave\n2,nowhere at all\n", encoding="utf-8")
    assert "1 of 2 rows found" in run("geocode", "--file", str(source), "--out", str(target))
    first, second = csv.DictReader(target.open(encoding="utf-8"))
    assert (first["geocode_label"], second["geocode_label"], second["id"]) == ("410 Olive Ave", "", "2")


def test_a_file_without_the_column_is_refused_and_nothing_written(streets: Jurisdiction, tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("id,place\n1,410 Olive Ave\n", encoding="utf-8")
    with pytest.raises(BadFile, match=r"no column 'address'\. It has: id, place"):
        run("geocode", "--file", str(source), "--out", str(target))
    assert not target.exists()
    with pytest.raises(CommandError):
        run("geocode", "410 Olive", "--file", str(source))


def test_a_point_is_called_by_its_address_block_and_cross_streets(streets: Jurisdiction) -> None:
    lon, lat = at(5.0, 6.1)
    told = json.loads(run("reverse_geocode", f"{lon}", f"{lat}"))
    assert told["address"] == "420 Olive Ave"
    assert told["block"] == "400 block of Olive Ave"
    assert set(told["cross_streets"]) == {"4th St", "Canal Rd"}
    assert told["corner"] == ""


def test_a_point_at_a_corner_is_called_so(streets: Jurisdiction) -> None:
    called = reverse_geocode(streets, *at(4.0, 6.05), on=TODAY)
    assert called.corner in {"4th St & Olive Ave", "Olive Ave & 4th St"}


def test_a_parcels_situs_names_a_point_without_an_address(streets: Jurisdiction) -> None:
    assert reverse_geocode(streets, *at(2, 3), on=TODAY).address == "14-18 HOLLIS ST"


def test_the_json_addresses_answer_in_both_languages(streets: Jurisdiction, client: Client) -> None:
    english = client.get("/geocode.json", {"q": "400 block of Olive"}).json()["candidates"][0]["label"]
    spanish = client.get("/suggest.json", {"q": "cuadra 400 de Olive", "lang": "es"}).json()["candidates"][0]["label"]
    assert (english, spanish) == ("400 block of Olive Ave", "cuadra 400 de Olive Ave")
    lon, lat = at(5.0, 6.1)
    assert client.get("/reverse_geocode.json", {"lon": lon, "lat": lat}).json()["address"] == "420 Olive Ave"


@pytest.mark.parametrize("address", ["/geocode.json", "/geocode.json?q=%20", "/suggest.json?q=a&limit=0",
                                     "/geocode.json?q=a&limit=many", "/reverse_geocode.json?lon=a&lat=b"])  # fmt: skip
def test_a_bad_question_is_refused_in_a_sentence(streets: Jurisdiction, client: Client, address: str) -> None:
    refused = client.get(address, headers={"Accept": "application/json"})
    assert refused.status_code == 400 and len(refused.json()["error"]["message"]) > 20


def test_a_table_of_texts_becomes_a_table_of_places(streets: Jurisdiction, db: None) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("create temporary table asked (place text) on commit drop")
        cursor.execute(
            "insert into asked values ('410 Olive Ave'), ('Olive & 4th'), ('no such place'), ('410 Olive Ave')"
        )
        assert locate_table(streets, "asked", "place", on=TODAY) == 2
        cursor.execute("select text, method from geocode_answers order by text")
        assert cursor.fetchall() == [("410 Olive Ave", "address_point"), ("Olive & 4th", "intersection"),
                                     ("no such place", None)]  # fmt: skip


def test_a_point_that_stands_for_unknown_is_no_place(streets: Jurisdiction) -> None:
    lon, lat = at(5, 5)
    assert "City hall" in run(
        "default_point", f"{lon}", f"{lat}", "--radius", "5", "--note", "City hall of the old system"
    )
    assert is_no_place(streets, lon + 1e-5, lat) and not is_no_place(streets, lon + 1e-3, lat)
    assert run("default_point", f"{lon}", f"{lat}", "--remove") == ""


class _Double(BaseHTTPRequestHandler):
    """Speaks like Nominatim, on the loopback: answers what the test put there, or fails."""

    answer: list[dict[str, Any]] | None = None
    asked: list[str] = []

    def do_GET(self) -> None:
        _Double.asked.append(self.path)
        self.send_response(200 if self.answer is not None else 503)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(self.answer or []).encode())

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def double(settings: Any) -> Iterator[type[_Double]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Double)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.OUTSIDE_GEOCODER, settings.OUTSIDE_GEOCODER_SECONDS = "nominatim", 2
    settings.OUTSIDE_GEOCODER_URL = f"http://127.0.0.1:{server.server_address[1]}"
    _Double.asked, _Double.answer = [], None
    outside._failed_at.clear()
    yield _Double
    server.shutdown()
    server.server_close()


def _found(lon: float, lat: float) -> list[dict[str, Any]]:
    return [{"lat": str(lat), "lon": str(lon), "display_name": "Plaza del Sol, Almendra"}]


def ask(town: Jurisdiction, text: str = "Plaza del Sol") -> list[str]:
    return [one.method for one in outside.locate_or_ask(town, text, on=date(2026, 11, 16))]


def test_the_outside_geocoder_is_asked_last_and_once(streets: Jurisdiction, double: type[_Double]) -> None:
    double.answer = _found(*at(5, 5))
    assert ask(streets, "410 Olive Ave")[0] == "address_point" and double.asked == []
    assert ask(streets) == ["outside"] == ask(streets)
    assert len(double.asked) == 1


def test_its_answer_outside_of_the_city_is_not_offered(streets: Jurisdiction, double: type[_Double]) -> None:
    double.answer = _found(2.35, 48.85)
    assert ask(streets) == []
    assert OutsideAnswer.objects.count() == 1


def test_an_outside_geocoder_that_fails_is_left_alone_for_a_while(streets: Jurisdiction, double: type[_Double]) -> None:
    assert ask(streets) == [] == ask(streets, "Somewhere else")
    assert len(double.asked) == 1 and not OutsideAnswer.objects.exists()


def test_without_one_nobody_is_asked(streets: Jurisdiction, double: type[_Double], settings: Any) -> None:
    settings.OUTSIDE_GEOCODER = "none"
    assert ask(streets) == [] and double.asked == []


def test_the_search_uses_its_indexes(streets: Jurisdiction) -> None:
    from django.db import connection

    from geoserver_app.geocode.statements import statement

    values = {"jurisdiction": streets.pk, "on": TODAY, "ids": [0], "streets": [1], "numbers": [410], "units": [""]}
    as_new("layers", "geocode")
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(f"explain {statement('houses')}", values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "geocode_house_number" in plan
