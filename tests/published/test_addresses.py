"""The tile addresses over HTTP: versions, caching, encodings, whose jurisdiction, and what goes wrong."""

import gzip
import json
from typing import Any

import pytest
from django.db.models import F
from django.test import Client, RequestFactory

from geoserver_app.maps import fast, tiles
from geoserver_app.org.models import CityHall
from geoserver_app.published import reader, served
from geoserver_app.wsgi import application as door
from layers.models import Jurisdiction
from tests import factories as make
from tests.published.conftest import X, Y, Z, empty_tables, tile_box

TILE = f"/tiles/areas-beat/{Z}/{X}/{Y}.mvt"


@pytest.fixture
def place() -> Jurisdiction:
    found = make.jurisdiction(outline=tile_box(-8192, -8192, 12288, 12288))
    make.area(make.kind(found, "beat", on_map=True), "B1", tile_box(100, 100, 900, 900), "Beat 1")
    return found


def get(address: str, **headers: str) -> Any:
    return Client().get(address, headers=headers)


def sentence(response: Any) -> str:
    return str(json.loads(response.content)["error"]["message"])


def test_tile_is_a_vector_tile_for_everybody(place: Jurisdiction) -> None:
    response = get(TILE)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in response
    assert int(response["Content-Length"]) == len(response.content)


def test_current_version_is_kept_for_ever(place: Jurisdiction) -> None:
    for version in (str(place.epoch), tiles.version(place.epoch)):
        assert get(f"{TILE}?v={version}")["Cache-Control"] == "public, max-age=31536000, immutable"


def test_no_version_is_kept_for_a_minute_and_asked_again_by_etag(place: Jurisdiction) -> None:
    response = get(TILE)
    assert response["Cache-Control"] == "public, max-age=60"
    again = get(TILE, if_none_match=response["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == response["ETag"]


def test_old_version_answers_the_present_tile_for_a_minute(place: Jurisdiction) -> None:
    old = get(f"{TILE}?v=1")
    make.area(place.kinds.get(), "B2", tile_box(1000, 1000, 1900, 1900))
    Jurisdiction.objects.update(epoch=F("epoch") + 1)
    served.forget()  # instead of waiting for the second that it may be old
    answer = get(f"{TILE}?v=1")
    assert answer["Cache-Control"] == "public, max-age=60"
    assert answer.content != old.content
    assert get(f"{TILE}?v=2").content == answer.content


def test_a_version_newer_than_what_is_remembered_is_looked_up_at_once(place: Jurisdiction) -> None:
    get(TILE)
    make.area(place.kinds.get(), "B2", tile_box(1000, 1000, 1900, 1900))
    Jurisdiction.objects.update(epoch=F("epoch") + 1)
    answer = get(f"{TILE}?v=2")
    assert "immutable" in answer["Cache-Control"]
    assert b"B2" in answer.content


def test_equal_ground_keeps_its_etag_over_editions(place: Jurisdiction) -> None:
    before = get(TILE)["ETag"]
    Jurisdiction.objects.update(epoch=F("epoch") + 1)
    served.forget()
    assert get(TILE)["ETag"] == before


def test_gzip_is_given_to_who_asks_and_not_to_who_refuses(place: Jurisdiction) -> None:
    plain, packed = get(TILE), get(TILE, accept_encoding="br, gzip;q=0.8")
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert "Content-Encoding" not in plain
    assert "Content-Encoding" not in get(TILE, accept_encoding="gzip;q=0, identity")
    assert plain["Vary"] == packed["Vary"] == "Accept-Encoding"


def test_head_has_the_headers_of_get_and_no_body(place: Jurisdiction) -> None:
    full, head = get(TILE), Client().head(TILE)
    assert head.content == b""
    assert head["Content-Length"] == full["Content-Length"]


def test_only_reading_is_allowed(place: Jurisdiction) -> None:
    assert Client().post(TILE).status_code == 405


def test_empty_tile_is_no_content(place: Jurisdiction) -> None:
    assert get(f"/tiles/areas-beat/{Z}/{X + 1}/{Y}.mvt").status_code == 204


def test_ground_outside_of_the_map_is_no_content(place: Jurisdiction) -> None:
    assert get(f"/tiles/basemap/{Z}/0/0.mvt").status_code == 204


@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        (f"/tiles/areas-nothing/{Z}/{X}/{Y}.mvt", 404, "/tiles/catalog.json lists them"),
        ("/tiles/areas-nothing.json", 404, "/tiles/catalog.json lists them"),
        (f"/tiles/areas-beat/18/{X}/{Y}.mvt", 404, "zooms 10 to 16"),
        (f"/tiles/areas-beat/9/{X}/{Y}.mvt", 404, "zooms 10 to 16"),
        (f"/tiles/areas-beat/{Z}/{1 << Z}/{Y}.mvt", 400, "from 0 to 16383"),
        (f"/tiles/areas-beat/{Z}/{X}/-1.mvt", 404, "catalog.json"),
        ("/tiles/areas-beat/a/b/c.mvt", 404, "catalog.json"),
        ("/tiles/", 404, "catalog.json"),
        (f"{TILE}?jurisdiction=atlantis", 404, "there are: almendra"),
    ],
)
def test_a_bad_address_is_told_what_is_wrong(place: Jurisdiction, address: str, status: int, says: str) -> None:
    response = get(address)
    assert (response.status_code, response["Content-Type"]) == (status, "application/json")
    assert says in sentence(response)


class TestWithTwoJurisdictions:
    @pytest.fixture(autouse=True)
    def _second(self, place: Jurisdiction, settings: Any) -> None:
        settings.DEFAULT_JURISDICTION = ""
        settings.ALLOWED_HOSTS = ["*"]
        second = make.jurisdiction("lynwood", outline=tile_box(-8192, -8192, 12288, 12288))
        make.area(make.kind(second, "beat"), "L1", tile_box(100, 100, 900, 900))
        CityHall.objects.create(
            jurisdiction=second, telephone="(559) 555-0132", languages=["en"], host_names=["maps.lynwood.example"]
        )

    def test_the_name_decides(self) -> None:
        assert b"L1" in get(f"{TILE}?jurisdiction=lynwood").content

    def test_the_host_name_decides_where_none_is_named(self) -> None:
        assert b"L1" in Client().get(TILE, headers={"host": "maps.lynwood.example:8000"}).content

    def test_the_default_decides_where_no_host_name_does(self, settings: Any) -> None:
        settings.DEFAULT_JURISDICTION = "almendra"
        assert b"B1" in get(TILE).content

    def test_nothing_decides_is_refused_with_the_list(self) -> None:
        response = get(TILE)
        assert response.status_code == 400
        assert "almendra, lynwood" in sentence(response)

    def test_a_foreign_host_name_is_refused(self, settings: Any) -> None:
        settings.ALLOWED_HOSTS = ["maps.lynwood.example"]
        assert Client().get(TILE, headers={"host": "elsewhere.example"}).status_code == 400


def test_tilejson_gives_the_versioned_address(place: Jurisdiction) -> None:
    document = get("/tiles/areas-beat.json").json()
    assert document["tilejson"] == "3.0.0"
    (template,) = document["tiles"]
    assert f"v={place.epoch}" in template
    assert "immutable" in get(template.format(z=Z, x=X, y=Y))["Cache-Control"]
    west, south, east, north = document["bounds"]
    assert west < document["center"][0] < east
    assert south < document["center"][1] < north
    assert [layer["id"] for layer in document["vector_layers"]] == ["area", "area_label"]
    assert (document["minzoom"], document["maxzoom"]) == (10, 16)


def test_bounds_reach_to_the_neighbors(place: Jurisdiction) -> None:
    make.area(make.kind(place, "municipality"), "M1", tile_box(12288, 0, 20480, 4096), "Next door")
    _, _, east, _ = get("/tiles/basemap.json").json()["bounds"]
    assert east == pytest.approx(tile_box(12288, 0, 20480, 4096).extent[2])


def test_catalog_lists_what_there_is(place: Jurisdiction) -> None:
    make.kind(place, "asset:street_light", "asset", "point", position=200)
    make.kind(place, "parcel", "parcel")
    document = get("/tiles/catalog.json").json()
    assert [entry["id"] for entry in document["tilesets"]] == ["basemap", "areas-beat", "assets-street_light"]
    assert [entry["on_map"] for entry in document["tilesets"]] == [True, True, False]
    assert get(document["tilesets"][1]["tilejson"]).status_code == 200


def test_a_code_with_a_colon_is_addressed_with_a_dot(place: Jurisdiction) -> None:
    make.kind(place, "district:school")
    assert get("/tiles/areas-district.school.json").status_code == 200


def test_a_database_that_is_down_is_said_so(
    place: Jurisdiction, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    get(TILE)
    tiles.forget()
    reader.close()
    monkeypatch.setattr(reader, "WAIT_S", 0.2)
    settings.PUBLISHED_DATABASE_URL = "postgresql://published_reader:wrong@127.0.0.1:9/onemap"
    response = get(TILE)
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "Try again" in sentence(response)
    assert response["Cache-Control"] == "no-store"


def test_a_jurisdiction_loaded_anew_is_found_under_its_new_id(place: Jurisdiction) -> None:
    get("/tiles/areas-beat.json")
    empty_tables()
    anew = make.jurisdiction(outline=tile_box(-8192, -8192, 12288, 12288))
    make.area(make.kind(anew, "beat"), "NEW", tile_box(100, 100, 900, 900))
    assert b"NEW" in get(TILE).content


class TestInFrontOfDjango:
    """The door that the server runs gives the same answers as the one inside of Django."""

    def ask(self, path: str, query: str = "", method: str = "GET", **more: str) -> tuple[str, dict[str, str], bytes]:
        environ = {**RequestFactory().get("/").environ, "PATH_INFO": path, "QUERY_STRING": query, **more}
        environ["REQUEST_METHOD"] = method
        started: list[Any] = []
        body = b"".join(door(environ, lambda status, headers: started.append((status, dict(headers)))))
        return started[0][0], started[0][1], body

    @pytest.mark.parametrize("path", [TILE, "/tiles/areas-beat.json", "/tiles/nothing.json", "/tiles/catalog.json"])
    def test_same_status_headers_and_body(self, place: Jurisdiction, path: str) -> None:
        inside = get(path)
        status, headers, body = self.ask(path)
        assert (int(status.split()[0]), body) == (inside.status_code, inside.content)
        assert headers.items() <= dict(inside.headers).items()

    def test_version_and_jurisdiction_are_read_from_the_query(self, place: Jurisdiction) -> None:
        _, headers, _ = self.ask(TILE, "v=1&jurisdiction=almendra")
        assert "immutable" in headers["Cache-Control"]

    def test_head_has_no_body(self, place: Jurisdiction) -> None:
        status, headers, body = self.ask(TILE, method="HEAD")
        assert (status, body) == ("200 OK", b"")
        assert int(headers["Content-Length"]) > 0

    def test_foreign_host_name_is_refused(self, place: Jurisdiction) -> None:
        status, _, body = self.ask(TILE, HTTP_HOST="elsewhere.example")
        assert status == "400 Bad Request"
        assert b"ALLOWED_HOSTS" in body

    def test_everything_else_is_left_to_django(self) -> None:
        assert self.ask("/healthz")[2] == b"ok\n"
        assert self.ask(TILE, method="POST")[0].startswith("405")

    def test_plain_http_is_left_to_django_where_https_is_on(self, settings: Any) -> None:
        settings.SECURE_SSL_REDIRECT = True
        seen: list[str] = []
        fast.PublicDataDoor(lambda environ, _start: seen.append(environ["PATH_INFO"]) or [])(
            {"PATH_INFO": TILE, "REQUEST_METHOD": "GET"}, lambda *_: None
        )
        assert seen == [TILE]
