"""The pages of an area over HTTP: page, picture, sheet, PDF and the file for a room without network."""

import re
import zlib
from typing import Any

import pytest
from django.test import Client
from weasyprint.urls import FatalURLFetchingError

from geoserver_app.brief import sheet
from geoserver_app.published import reader
from tests.density.counted_town import CountedTown

PLACES = ["/neighborhoods/neighborhood-1/", "/block-watch/block_watch-1/"]


@pytest.mark.parametrize("path", PLACES)
def test_the_page_counts_what_its_links_list(client: Client, town: CountedTown, path: str) -> None:
    page = client.get(path + "?since=2026-11-01")
    opened, _closed, standing = (int(one) for one in re.findall(r"<dd>(\d+)</dd>", page.content.decode())[:3])
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/requests/\?[^"]+)"', page.content.decode())]
    assert [client.get(link).context["listed_total"] for link in links] == [standing, opened]
    assert standing > 0


def test_the_list_of_groups_leads_to_each_of_them(get: Any) -> None:
    status, page = get("/block-watch/")
    assert status == 200
    assert {f"/block-watch/block_watch-{n}/" for n in range(3)} <= set(re.findall(r'href="([^"?]+)', page))


def test_the_liaison_and_the_meeting_are_told_in_the_pages_language(get: Any) -> None:
    assert "third Thursday" in get(PLACES[1])[1]
    assert "tercer jueves" in get(PLACES[1] + "?lang=es")[1]
    assert "tel:+15595550137" in get(PLACES[1])[1]


@pytest.mark.parametrize("ending", ["", "map.svg", "brief.html", "brief.pdf", "brief.map.html"])
def test_a_slug_that_is_none_is_not_found(get: Any, ending: str) -> None:
    assert get(f"/block-watch/nobody/{ending}")[0] == 404


def test_a_day_that_is_none_is_refused(get: Any) -> None:
    status, page = get(PLACES[0] + "?since=yesterday")
    assert status == 400
    assert "since=yesterday does not fit" in page


def test_the_picture_marks_what_the_list_numbers(client: Client, town: CountedTown) -> None:
    page = client.get(PLACES[0]).content.decode()
    picture = client.get(PLACES[0] + "map.svg").content.decode()
    listed = page.split('class="keys"')[0]
    on_map = {number for lost, number in re.findall(r'mark-number( mark-none)?">(\d+)<', listed) if not lost}
    assert set(re.findall(r'fill="#fff">(\d+)</text>', picture)) == on_map
    assert on_map


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_sheet_is_one_page_that_loads_nothing(
    client: Client, town: CountedTown, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"{PLACES[1]}brief.html?lang={language}"
    document = client.get(path).content.decode()
    assert re.findall(r'(?:src|href)="(?!data:)', document) == []
    monkeypatch.setattr(sheet, "png", lambda svg: svg.encode())  # painting takes a second, and is not what is tested
    said: list[str] = []
    monkeypatch.setattr(sheet, "pdf", lambda paper: said.append(paper) or b"%PDF-")
    printed = client.get(f"{PLACES[1]}brief.pdf?lang={language}")
    assert printed["Content-Type"] == "application/pdf"
    assert re.findall(r'(?:src|href)="(?!data:)', said[0]) == []
    assert sheet.pages(said[0].replace("data:image/png", "data:image/svg+xml")) == 1


def test_the_printed_sheet_is_a_tagged_pdf(client: Client, town: CountedTown) -> None:
    content = client.get(f"{PLACES[1]}brief.pdf").content
    assert content.startswith(b"%PDF-")
    inside = [
        zlib.decompress(one) for one in re.findall(rb"/FlateDecode.*?stream\n(.*?)\nendstream", content, re.DOTALL)
    ]
    assert any(b"/StructTreeRoot" in one for one in [content, *inside])


def test_a_sheet_that_would_load_something_is_not_printed(db: None) -> None:
    with pytest.raises(FatalURLFetchingError, match="Error fetching"):
        sheet.pdf('<html lang="en"><title>x</title><img src="https://example.org/x.png" alt="x">')


def test_the_file_for_a_room_without_network_names_no_address(client: Client, town: CountedTown) -> None:
    answer = client.get(PLACES[0] + "brief.map.html")
    text = answer.content.decode()
    assert answer["Content-Disposition"].startswith("attachment;")
    assert re.findall(r'(?:src|href)\s*=\s*["\'](?!data:|#)[^"\']*', text.split("<script>")[0]) == []
    assert re.findall(r"url\((?!['\"]?(?:data:|#))[^)]*\)", text.split("<script>")[0]) == []
    assert "default-src 'none'" in text
    assert "user-scalable=no" not in text


def test_what_takes_too_long_is_refused_with_a_sentence(get: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: Any, **__: Any) -> Any:
        raise reader.TooMuch(reader.TOO_MUCH)

    monkeypatch.setattr("geoserver_app.brief.pages.facts", slow)
    status, page = get(PLACES[0])
    assert status == 400
    assert "shorter range" in page
