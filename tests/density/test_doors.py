"""/map/summary, the list and the feeds over HTTP: one set, one sentence for every mistake."""

import csv
import io
import json
import re
from collections.abc import Iterator
from random import Random
from typing import Any
from xml.etree import ElementTree

import mapbox_vector_tile
import pytest
from django.test import Client, RequestFactory

from geoserver_app.intake.models import ServiceRequest
from geoserver_app.maps import fast, request_tile, tiles
from geoserver_app.published import access, reader, request_tiles
from geoserver_app.published.tilesets import tile_at, tile_bbox
from tests.density import counted_town
from tests.density.counted_town import CountedTown
from tests.kept import built

BOX = "bbox=-119.8,35.9,-119.6,36.1"


@pytest.fixture(scope="module")
def _town(django_db_blocker: Any) -> Iterator[CountedTown]:
    with built(django_db_blocker, lambda: counted_town.counted(40, Random(5))) as made:
        yield made


@pytest.fixture
def ask(db: None, _town: CountedTown, client: Client, monkeypatch: pytest.MonkeyPatch) -> Any:
    """GET of an address as JSON or bytes; the public's pool would not see what the test has not committed."""
    monkeypatch.setattr(reader, "one_snapshot", access.of_public)

    def get(path: str) -> Any:
        answer = client.get(path, headers={"accept": "application/json"})
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return answer.status_code, body.decode()

    return get


def summary(ask: Any, more: str = "") -> dict[str, Any]:
    status, body = ask(f"/map/summary?{BOX}&z=13{more}")
    assert status == 200, body
    return json.loads(body)


def exported(ask: Any, filters: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(ask(f"/feeds/requests.csv?{filters}")[1])))


def test_map_list_and_files_tell_one_number(ask: Any) -> None:
    for filters in ("", "status=open", "service_code=pothole", "count=reports", "area=beat:beat-1"):
        found = summary(ask, f"&{filters}&draw=cells")
        rows = exported(ask, filters)
        features = json.loads(ask(f"/feeds/requests.geojson?{filters}")[1])["features"]
        assert found["total"] == len(rows) == len(features)
        assert found["on_map"] == sum(one["geometry"] is not None for one in features)
        assert found["on_map"] + found["off_map"] == found["total"]
        assert sum(n for *_at, n in found["units"]) == found["in_view"]


def test_a_drawn_cell_is_a_filter_of_list_and_export(ask: Any) -> None:
    for cell, _lon, _lat, n in summary(ask, "&draw=cells")["units"]:
        assert len(exported(ask, f"cells={cell}")) == n
        assert summary(ask, f"&cells={cell}")["total"] == n


def test_a_cluster_is_a_filter_of_list_map_and_export(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geoserver_app.published.summary.FEW", 0)
    found = summary(ask)
    assert (found["drawn"], sum(unit[3] for unit in found["units"])) == ("clusters", found["in_view"])
    for cells, _lon, _lat, n in found["units"]:
        assert len(exported(ask, f"cells={cells}")) == n
        assert f"<strong>{n}</strong>" in ask(f"/map/list?cells={cells}")[1]


def test_the_list_beside_the_map_counts_what_is_drawn(ask: Any) -> None:
    for filters in ("status=open", "service_code=pothole", "count=reports"):
        found = summary(ask, f"&{filters}")
        listed = ask(f"/map/list?{BOX}&z=13&{filters}")[1]
        assert f"<strong>{found['in_view']}</strong>" in listed
        newest = exported(ask, filters)
        on_map = [row["service_request_id"] for row in newest if row["long"]]
        assert re.findall(r'data-number="([^"]+)"', listed) == on_map[:20]


def test_lists_say_the_day_by_the_citys_clock(ask: Any) -> None:
    one_day = "requested_from=2026-10-31&requested_to=2026-10-31&status=all"
    assert exported(ask, one_day)
    for listed in (ask(f"/map/list?{BOX}&z=13&{one_day}")[1], ask(f"/requests/?{one_day}")[1]):
        assert "Oct. 31, 2026" in listed
        assert "Nov. 1, 2026" not in listed


def test_every_single_request_has_the_id_of_its_spot(ask: Any) -> None:
    one = summary(ask)["single"][0]
    assert one["service_request_id"] in {row["service_request_id"] for row in exported(ask, f"cells={one['cell']}")}


def test_a_card_opens_for_public_requests_alone(ask: Any) -> None:
    shown = exported(ask)[0]["service_request_id"]
    assert shown in ask(f"/map/card/{shown}")[1]
    hidden = ServiceRequest.objects.filter(is_public=False).first()
    assert hidden is not None
    assert ask(f"/map/card/{hidden.service_request_id}")[0] == 404


def test_the_list_beside_the_heat_map_counts_its_squares_at_any_zoom(ask: Any) -> None:
    lon, lat = next((float(one["long"]), float(one["lat"])) for one in exported(ask) if one["long"])
    # A view of the other end of the square that it stands in, where the cells that clusters are made of are empty.
    west, south, east, north = tile_bbox(18, *tile_at(lon, lat, 18))
    end = (west + 1e-5, west + 5e-5) if lon > (west + east) / 2 else (east - 5e-5, east - 1e-5)
    box = f"bbox={end[0]:.6f},{south + 1e-5:.6f},{end[1]:.6f},{north - 1e-5:.6f}"
    for zoom in (13, 16, 18):
        heat = json.loads(ask(f"/map/heat?{box}&z={zoom}")[1])
        status, part = ask(f"/map/list?{box}&z={zoom}&draw=heat")
        counted = re.search(r"<strong>([\d,]+)</strong>", part)
        assert status == 200
        assert counted
        assert int(counted[1].replace(",", "")) == heat["in_view"] > 0
        assert zoom == 13 or json.loads(ask(f"/map/summary?{box}&z={zoom}")[1])["in_view"] == 0


def test_squares_of_the_heat_map_are_what_the_list_counts(ask: Any) -> None:
    heat = json.loads(ask(f"/map/heat?{BOX}&z=14")[1])
    assert sum(square[2] for square in heat["squares"]) == heat["in_view"] == summary(ask)["on_map"]
    for x, y, n, *_rest in heat["squares"]:
        assert len(exported(ask, f"cells={heat['level']}.{x}.{y}")) == n


def test_classes_are_those_of_the_city_whatever_is_in_view(ask: Any) -> None:
    whole = json.loads(ask(f"/map/heat?{BOX}&z=14")[1])
    west, north = (whole["squares"][0][0] / 2 ** whole["level"] * 360 - 180, 36.1)
    part = json.loads(ask(f"/map/heat?bbox={west},35.9,{west + 0.001},{north}&z=14")[1])
    assert part["lows"] == whole["lows"]
    assert len(part["squares"]) < len(whole["squares"])


def test_two_times_are_compared_square_by_square(ask: Any) -> None:
    times = "requested_from=2026-01-01&against_from=2020-01-01&against_to=2025-12-31"
    found = json.loads(ask(f"/map/heat?{BOX}&z=14&{times}")[1])
    before = json.loads(ask(f"/map/heat?{BOX}&z=14&requested_from=2020-01-01&requested_to=2025-12-31")[1])
    assert found["drawn"] == "changes"
    assert sum(square[3] for square in found["squares"]) == before["in_view"]
    assert all(square[4] == square[2] - square[3] for square in found["squares"])


def test_a_tile_holds_what_the_list_has(ask: Any, client: Client) -> None:
    for zoom in (13, 17):
        numbers = 0
        for x, y in {tile_at(*spot, zoom) for spot in counted_town.SPOTS}:
            answer = client.get(f"/map/tiles/{zoom}/{x}/{y}.mvt?status=open")
            features = mapbox_vector_tile.decode(answer.content)["request"]["features"] if answer.content else []
            for one in features:
                assert len(exported(ask, f"status=open&cells={one['properties']['id']}")) >= one["properties"]["n"]
            inside = sum(one["properties"]["n"] for one in features)
            assert inside == len(exported(ask, f"status=open&cells={zoom}.{x}.{y}"))
            numbers += inside
        assert numbers


def test_a_crowded_tile_shows_the_cells_it_lies_in(ask: Any, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_tiles, "MOST_POINTS", 0)
    rows = exported(ask, "status=open")
    lon, lat = next((float(one["long"]), float(one["lat"])) for one in rows if one["long"])
    for zoom in (16, 20, 21, 22):
        x, y = tile_at(lon, lat, zoom)
        answer = client.get(f"/map/tiles/{zoom}/{x}/{y}.mvt?status=open")
        features = mapbox_vector_tile.decode(answer.content, default_options={"y_coord_down": True})["request"][
            "features"
        ]
        for one in features:
            assert len(exported(ask, f"status=open&cells={one['properties']['id']}")) == one["properties"]["n"]
        for values in zip(*features[0]["geometry"]["coordinates"][0], strict=True):
            assert max(values) - min(values) == {16: 256, 20: 4096, 21: 8192, 22: 16384}[zoom]
            assert zoom == 16 or (min(values) <= 0 and max(values) >= 4096)


@pytest.fixture
def _in_front(monkeypatch: pytest.MonkeyPatch, _forgotten: None) -> None:
    """What is read in front of Django sees what the test has not committed."""

    def rows(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        with access.of_public() as run:
            return run(statement, values)

    monkeypatch.setattr(reader, "rows", rows)


def test_in_front_of_django_a_tile_is_the_same(ask: Any, client: Client, _in_front: None) -> None:
    (lon, lat), found = counted_town.SPOTS[0], []
    for zoom in (13, 17):
        # The middle of the spot as everybody sees it.
        path = "/map/tiles/{}/{}/{}.mvt".format(zoom, *tile_at(lon + 0.00125, lat + 0.00025, zoom))
        for query in ("status=open", "requested_from=2026-10-20", "service_code=none", "area=beat:beat-1&area=beat:x"):
            status, headers, body = in_front(path, query)
            inside = client.get(f"{path}?{query}", headers={"accept": "application/json"})
            assert (status, body) == (inside.status_code, inside.content)
            assert status != 200 or headers.items() <= dict(inside.headers).items()
            found.append(status)
    assert found == [200, 200, 400, 400] * 2
    assert in_front("/map/tiles/13/9999/1.mvt", "")[0] == 400
    assert in_front("/map/tiles/13/x/1.mvt", "") == (0, {}, b"left to Django")


def test_in_front_of_django_a_view_is_the_same(ask: Any, _in_front: None, monkeypatch: pytest.MonkeyPatch) -> None:
    squares = f"{BOX}&z=13&draw=cells"
    left = (0, {}, b"left to Django")
    monkeypatch.setattr("geoserver_app.published.summary.FEW", 0)
    for query in (squares, f"{squares}&status=open&area=beat:beat-1", f"{BOX}&z=13&status=closed"):
        status, headers, body = in_front("/map/summary", query)
        assert (status, body.decode()) == ask(f"/map/summary?{query}")
        assert headers["Cache-Control"] == "public, max-age=10"
    monkeypatch.setattr("geoserver_app.published.summary.FEW", 150)
    for query in (f"{BOX}&z=13", f"{squares}&requested_from=2026-10-20", f"{squares}&lang=es", f"{BOX}&z=x"):
        assert in_front("/map/summary", query) == left


def test_what_was_drawn_is_drawn_again_only_when_a_count_changes(ask: Any, client: Client, _town: CountedTown) -> None:
    """What is remembered is told apart by all that it was made of: another moment gives the same, a change another."""
    x, y = tile_at(*counted_town.SPOTS[0], 13)
    path = f"/map/tiles/13/{x}/{y}.mvt"
    view = f"/map/summary?{BOX}&z=13&draw=cells"
    before, tile = json.loads(ask(view)[1]), client.get(path).content
    again = json.loads(ask(view)[1])
    assert client.get(path).content == tile != b""
    assert again.pop("as_of") >= before.pop("as_of")
    assert again == before
    draw = Random(0)
    for _ in range(10):
        _town.request(draw)
    after = json.loads(ask(view)[1])
    assert after["total"] > before["total"]
    assert sum(n for *_at, n in after["units"]) == after["in_view"]
    features = mapbox_vector_tile.decode(client.get(path).content)["request"]["features"]
    assert sum(one["properties"]["n"] for one in features) == len(exported(ask, f"cells=13.{x}.{y}"))


def in_front(path: str, query: str) -> tuple[int, dict[str, str], bytes]:
    """What the door before Django answers; 0 where it leaves an address to Django."""
    environ = {**RequestFactory().get("/").environ, "PATH_INFO": path, "QUERY_STRING": query}
    started: list[Any] = [("0", [])]
    door = fast.PublicDataDoor(lambda _environ, _start: [b"left to Django"])
    body = b"".join(door(environ, lambda status, headers: started.append((status, headers))))
    return int(started[-1][0].split()[0]), dict(started[-1][1]), body


@pytest.fixture
def _forgotten() -> Iterator[None]:
    """Codes and jurisdictions are kept for a second: those of another test are not this one's."""
    tiles.forget()
    request_tile.forget()
    yield
    tiles.forget()
    request_tile.forget()


def test_the_public_never_meets_what_is_not_public(ask: Any) -> None:
    hidden = set(ServiceRequest.objects.filter(is_public=False).values_list("service_request_id", flat=True))
    assert hidden
    everything = ask("/feeds/requests.csv?count=reports")[1] + ask("/feeds/requests.atom")[1] + ask("/requests/")[1]
    assert not [number for number in hidden if number in everything]


def test_the_list_goes_on_where_a_page_ends(ask: Any) -> None:
    numbers = [row["service_request_id"] for row in exported(ask)]
    first = ask("/requests/")[1]
    assert numbers[0] in first
    assert f"after={numbers[24]}" in first
    second = ask(f"/requests/?after={numbers[24]}")[1]
    assert numbers[25] in second
    assert numbers[3] not in second


def test_the_feed_is_atom_with_places(ask: Any) -> None:
    feed = ElementTree.fromstring(ask("/feeds/requests.atom?status=open")[1].encode())  # noqa: S314 - our own answer
    entries = feed.findall("{http://www.w3.org/2005/Atom}entry")
    assert len(entries) == len(exported(ask, "status=open"))
    assert feed.findall(".//{http://www.georss.org/georss}point")


def test_the_page_of_feeds_carries_the_filters_on(ask: Any) -> None:
    assert "/feeds/requests.csv?status=open" in ask("/feeds/?status=open")[1]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("z=13", "is no bbox"),
        (f"{BOX}&z=x", "is no zoom"),
        (f"{BOX}&z=18", "The bbox is too wide for z=18"),
        (f"{BOX}&z=13&service_code=pothol", "No service with code 'pothol'"),
        (f"{BOX}&z=13&status=shut", "one of open, closed, recent"),
        (f"{BOX}&z=13&area=beat:9", "names no area"),
        (f"{BOX}&z=13&cells=1.2", "is no cell"),
        (f"{BOX}&z=13&cells=13.1.1.g", "is no cell"),
        (f"{BOX}&z=13&requested_from=2026-13-01", "is no date"),
        (f"{BOX}&z=13&requested_from=2026-11-01T10:00:00", "has no time zone"),
        (f"{BOX}&z=13&requested_from=2026-11-02&requested_to=2026-11-01", "lies after requested_to"),
        (f"{BOX}&z=13&draw=hexagons", "one of clusters, cells"),
    ],
)
def test_what_cannot_be_meant_is_told_in_a_sentence(ask: Any, query: str, sentence: str) -> None:
    status, body = ask(f"/map/summary?{query}")
    assert status == 400
    assert sentence in json.loads(body)["error"]["message"]


def test_staff_filters_mean_nothing_to_the_public(ask: Any) -> None:
    assert summary(ask, "&state=assigned")["total"] == summary(ask)["total"]


def test_staff_count_what_they_may_see(ask: Any, client: Client, _town: CountedTown) -> None:
    client.force_login(_town.town.people["dispatcher"])
    answer = client.get(f"/console/map/summary?{BOX}&z=13")
    ordinary = ServiceRequest.objects.filter(leads=True, service__sensitive=False)
    assert answer.json()["total"] == ordinary.count()
    client.force_login(_town.town.people["liaison"])
    ordinary.filter(pk=ordinary.first().pk).update(department=_town.town.works)
    assert client.get(f"/console/map/summary?{BOX}&z=13").json()["total"] == 1
