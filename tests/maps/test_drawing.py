"""The server's own picture, as a browser without scripts, a printer or a stand-alone file gets it."""

import math
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import shapely
from django.test import Client

from geoserver_app.maps.drawing.furniture import scale_bar
from geoserver_app.maps.drawing.letters import broken, text_width
from geoserver_app.maps.drawing.marks import WIDE, aside
from geoserver_app.maps.drawing.painting import png
from geoserver_app.maps.drawing.paths import path_data
from geoserver_app.maps.drawing.placing import Room, along
from geoserver_app.maps.mercator import frame_at
from layers.models import Jurisdiction
from tests.layers.town import at

NS = "{http://www.w3.org/2000/svg}"


def drawn(client: Client, query: str = "", zoom: float = 16) -> ET.Element:
    frame = frame_at(*at(5, 5), zoom, 640, 480)
    box = ",".join(f"{number:.7f}" for number in frame.bbox)
    answer = client.get(f"/map.svg?bbox={box}&size=640x480{query}")
    assert answer.status_code == 200, answer.content
    assert answer.headers["Content-Type"] == "image/svg+xml"
    return ET.fromstring(answer.content)  # noqa: S314 (our own)


def words(picture: ET.Element) -> list[str]:
    return ["".join(text.itertext()) for text in picture.iter(f"{NS}text")]


def test_the_picture_shows_the_street_and_the_park_by_name(client: Client, town: Jurisdiction) -> None:
    said = words(drawn(client))
    assert "Almond Street" in said
    assert "Parque & Sol" in said  # escaped once, no more


def test_it_says_whose_map_it_is_how_old_and_how_large(client: Client, town: Jurisdiction) -> None:
    said = words(drawn(client))
    assert any(text.startswith("City of Encinar GIS · editions as of") for text in said)
    assert {"200 m", "500 ft"} <= set(said)


def test_areas_switched_on_are_drawn_with_a_legend(client: Client, town: Jurisdiction) -> None:
    assert "Park" not in words(drawn(client))
    assert "Park" in words(drawn(client, "&areas=park"))
    assert "Parques" in words(drawn(client, "&areas=park&lang=es"))


def test_a_pin_stands_where_it_was_put(client: Client, town: Jurisdiction) -> None:
    lon, lat = at(5, 5)
    picture = drawn(client, f"&pin={lon},{lat}")
    moves = [group.get("transform") for group in picture.iter(f"{NS}g")]
    assert "translate(304.0 199.0)" in moves  # its tip at 320, 240


def test_the_picture_needs_nothing_from_outside(client: Client, town: Jurisdiction) -> None:
    text = ET.tostring(drawn(client, "&areas=park"), encoding="unicode")
    assert text.count("url(data:font/woff2") == 2
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


def test_an_unchanged_picture_is_not_sent_again(client: Client, town: Jurisdiction) -> None:
    address = "/map.svg?bbox=-119.72,36.0,-119.71,36.006&size=640x480"
    tag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    Jurisdiction.objects.filter(pk=town.pk).update(epoch=town.epoch + 1)
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    "query",
    ["", "bbox=1,2,3&size=640x480", "bbox=3,2,1,4&size=640x480", "bbox=-119.72,36,-119.71,36.01&size=9000x9000",
     "bbox=-120,30,-100,50&size=640x480", "bbox=-119.7200,36,-119.71999,36.00001&size=640x480",
     "bbox=a,b,c,d&size=640x480"],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused(client: Client, town: Jurisdiction, query: str) -> None:
    assert client.get(f"/map.svg?{query}").status_code == 400


def test_paths_go_in_tenths_of_a_pixel_from_point_to_point() -> None:
    square = shapely.Polygon([(0, 0), (10, 0), (10, 10), (0, 10)])
    assert path_data([square]) == "M0 0l100 0 0 100-100 0z"
    assert path_data([shapely.LineString([(1.5, 2), (0, -1)])]) == "M15 20l-15-30"
    assert path_data([shapely.Point(1, 1), shapely.Polygon()]) == ""


def test_holes_are_drawn_as_rings_of_their_own() -> None:
    ring = shapely.box(0, 0, 10, 10).difference(shapely.box(2, 2, 4, 4))
    assert path_data([ring]).count("z") == 2


def test_no_name_is_written_over_another_or_outside() -> None:
    room = Room(100, 100)
    assert room.take((10, 10, 40, 20))
    assert not room.take((30, 15, 60, 25))
    assert not room.take((80, 80, 110, 90))
    assert room.take((41, 10, 60, 20))


def test_a_name_runs_along_its_street_upright_from_left_to_right() -> None:
    place = next(along(shapely.LineString([(200, 200), (0, 0)]), 60, 12))
    assert place.angle == pytest.approx(45)
    assert place.curve is None
    bent = shapely.LineString([(0, 0), (60, 4), (120, 16), (200, 40)])
    assert next(along(bent, 100, 12)).curve is not None


def test_a_street_round_a_corner_or_too_short_carries_no_name_there() -> None:
    corner = shapely.LineString([(0, 0), (50, 0), (50, 50)])
    assert list(along(corner, 80, 12)) == []
    assert list(along(shapely.LineString([(0, 0), (50, 0)]), 80, 12)) == []


def test_texts_are_measured_and_broken_at_spaces() -> None:
    assert text_width("W", 10) > text_width("i", 10) > 0
    assert broken("Almendra Creek Greenway", 15) == ["Almendra Creek", "Greenway"]


def test_the_scale_is_true() -> None:
    frame = frame_at(-119.72, 36.0, 16, 640, 480)
    assert 200 / frame.metres_per_pixel < 130
    bar = scale_bar(frame, "ft", "mi")
    assert f"H{14 + 200 / frame.metres_per_pixel:.1f}V" in bar


def test_a_painted_picture_has_its_letters() -> None:
    """Painters know no variable letters: once every name was missing from the maps in mails."""
    empty = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30" font-family="{}"><text y="20">{}</text></svg>'
    )
    family = "&quot;Public Sans&quot;, system-ui, sans-serif"
    assert len(png(empty.format(family, "Olive Avenue"))) > 2 * len(png(empty.format(family, "")))


def test_a_painter_leaves_no_files_behind(tmp_path: Path) -> None:
    paint = """
import os
from geoserver_app.maps.drawing.painting import png
png('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
print(len(os.listdir(os.environ["TMPDIR"])))
"""
    surroundings = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", paint], env=surroundings, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"
    assert not list(tmp_path.iterdir())


def test_marks_that_would_cover_each_other_stand_aside() -> None:
    places = aside([(100.0, 100.0)] * 5 + [(300.0, 100.0)])
    assert places[0] == (100.0, 100.0)
    assert places[-1] == (300.0, 100.0)
    gaps = [math.dist(one, other) for n, one in enumerate(places) for other in places[:n]]
    assert min(gaps) >= WIDE
