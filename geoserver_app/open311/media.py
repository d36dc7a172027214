"""Photos that come along: as files, as base64, or as addresses, which are kept and never fetched."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import urlsplit

from geoserver_app.intake.photos import LARGEST_BYTES, MOST_PHOTOS, BadPhoto, read_photo
from geoserver_app.intake.submission import Photo
from geoserver_app.open311.ask import Ask, plain
from geoserver_app.open311.errors import bad

_LONGEST_URL = 2000
_FIELDS = ("media", "media[]", "photo", "file")


def photos_of(ask: Ask) -> tuple[Photo, ...]:
    """The photos of a multipart form, made safe as those from the web are."""
    files = [file for name in _FIELDS for file in ask.http.FILES.getlist(name)]
    texts = [text for text in ask.sent.getlist("media") if text.strip()]
    if len(files) + len(texts) > MOST_PHOTOS:
        raise bad(f"Up to {MOST_PHOTOS} photos can be sent with a request.")
    sizes = [file for file in files if (file.size or 0) > LARGEST_BYTES]
    if sizes:
        raise bad(f"A photo has {(sizes[0].size or 0) / 1e6:.0f} MB; up to {LARGEST_BYTES / 1e6:.0f} MB can be sent.")
    contents = [file.read() for file in files] + [_decoded(text) for text in texts]
    return tuple(_safe(content) for content in contents)


def _safe(content: bytes) -> Photo:
    try:
        return read_photo(content)[0]
    except BadPhoto as wrong:
        raise bad(f"media: {wrong}") from wrong


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.partition("base64,")[2] or text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise bad("media is neither a file nor base64.") from error


def links_of(ask: Ask) -> tuple[str, ...]:
    """The addresses in ``media_url``, one or several."""
    urls = [plain(url).strip() for url in ask.sent.getlist("media_url")]
    given = tuple(dict.fromkeys(url for url in urls if url))
    if len(given) > MOST_PHOTOS:
        raise bad(f"Up to {MOST_PHOTOS} addresses of media can be sent with a request.")
    for url in given:
        _check(url)
    return given


def _check(url: str) -> None:
    try:
        parts = urlsplit(url)
        fine = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.password
    except ValueError:
        fine = False
    if not fine or len(url) > _LONGEST_URL or any(one.isspace() for one in url):
        raise bad(f"media_url '{url[:80]}' is no address: it must begin with https:// or http://.")
