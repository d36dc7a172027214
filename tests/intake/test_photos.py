"""Photos are made safe at once: type by content, bounded, re-encoded, nothing of the original's words left in them."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from geoserver_app.intake import photos, private_store
from geoserver_app.intake.photos import BadPhoto, read_photo
from layers.errors import NotFound


def picture(size: tuple[int, int] = (640, 480), kind: str = "JPEG", **given: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (120, 90, 60)).save(buffer, kind, **given)
    return buffer.getvalue()


def exif(orientation: int = 1, *, placed: bool = False) -> Image.Exif:
    made = Image.Exif()
    made[0x0112] = orientation
    made[0x010F] = "PhoneMaker 3000 of Rosalinda"
    if placed:
        made.get_ifd(0x8825).update(
            {
                1: "N",
                2: (36.0, 30.0, 0.0),
                3: "W",
                4: (119.0, 45.0, 36.0),
            }
        )
    return made


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_every_accepted_type_becomes_a_jpeg_with_a_thumbnail(kind: str) -> None:
    made, position = read_photo(picture(kind=kind))
    assert Image.open(io.BytesIO(made.content)).format == "JPEG"
    assert max(Image.open(io.BytesIO(made.thumbnail)).size) == photos.THUMBNAIL_SIDE
    assert (made.width, made.height, position) == (640, 480, None)


def test_the_position_is_read_and_every_word_about_the_camera_is_gone() -> None:
    words = {"exif": exif(placed=True), "comment": b"Rosalinda took it", "xmp": b"<x:xmpmeta>Rosalinda</x:xmpmeta>"}
    made, position = read_photo(picture(**words))
    assert position is not None
    assert (position.lon, position.lat) == (pytest.approx(-119.76), pytest.approx(36.5))
    for content in (made.content, made.thumbnail):
        assert b"Rosalinda" not in content
        assert not Image.open(io.BytesIO(content)).getexif()


def test_a_picture_taken_sideways_stands_upright() -> None:
    made, _ = read_photo(picture((640, 480), exif=exif(orientation=6)))
    assert (made.width, made.height) == (480, 640)


def test_a_large_picture_is_made_smaller() -> None:
    made, _ = read_photo(picture((4000, 3000)))
    assert (made.width, made.height) == (1600, 1200)
    assert Image.open(io.BytesIO(made.content)).size == (1600, 1200)


@pytest.mark.parametrize(
    "gps",
    [
        {2: (0.0, 0.0, 0.0), 4: (0.0, 0.0, 0.0)},  # a telephone that knows nothing says zero
        {2: (99.0, 0.0, 0.0)},
    ],
)
def test_a_position_that_makes_no_sense_is_none(gps: dict[int, Any]) -> None:
    made = Image.Exif()
    made.get_ifd(0x8825).update({1: "N", 2: (36.0, 0.0, 0.0), 3: "W", 4: (119.0, 0.0, 0.0), **gps})
    assert read_photo(picture(exif=made))[1] is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7 a document",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<html><script>alert(1)</script>",
        b"\xff\xd8\xff\xe0" + b"cut off",
        picture(kind="BMP"),
        picture(kind="TIFF"),
        picture()[:200],
    ],
)
def test_what_is_no_photo_is_refused_in_a_sentence(content: bytes) -> None:
    with pytest.raises(BadPhoto, match="no photo we can read"):
        read_photo(content)


def test_a_bomb_of_pixels_is_refused_by_its_header() -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", len(header)) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    with pytest.raises(BadPhoto, match=r"60000 x 60000 pixels|no photo we can read"):
        read_photo(b"\x89PNG\r\n\x1a\n" + chunk)


def test_too_many_bytes_are_refused_before_they_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "LARGEST_BYTES", 1000)
    with pytest.raises(BadPhoto, match="MB can be sent"):
        read_photo(b"\xff" * 2000)


def test_the_store_keeps_both_pictures_under_names_that_cannot_be_guessed(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    made, _ = read_photo(picture())
    first, second = private_store.keep(made), private_store.keep(made)
    assert first.file != second.file
    assert len(Path(first.file).stem) == 32
    assert private_store.content(first.file) == made.content
    assert private_store.content(first.thumbnail) == made.thumbnail
    assert not list(tmp_path.rglob("*.part"))
    (tmp_path / "photos" / first.file).unlink()
    with pytest.raises(NotFound):
        private_store.content(first.file)
