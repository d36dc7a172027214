"""Speaking to an endpoint over the network: bounded in time and size, only where one may, and never led elsewhere."""

from __future__ import annotations

import io
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

import requests
from django.conf import settings
from urllib3.exceptions import HTTPError

from geoserver_app.editions.fetching import PUBLIC, NotFetched, addresses_of, parts_of

TIMEOUT_S = (5, 30)
LONGEST_SENDING_S = 60
LONGEST_ANSWER_S = 60
LARGEST_BYTES = 10_000_000
_CHUNK = 65_536
AGENT = "one-map-city-hall (Open311)"


class NoAnswer(Exception):
    """Nobody answered, or not in a way that can be read; the same may succeed later."""


@dataclass(frozen=True)
class Heard:
    """What an endpoint answered. ``headers`` have lower-case names."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class File:
    """A file that goes along with a POST: the field that it is in, its name, its bytes and their type."""

    field: str
    name: str
    content: bytes
    media_type: str
    photo: int = 0  # the id of ours that it is


class Speaker(Protocol):
    """Asks an address: over the network, or in tests where the test says. With files a POST is a multipart form."""

    def __call__(
        self,
        method: str,
        url: str,
        fields: Mapping[str, str],
        headers: Mapping[str, str],
        files: Sequence[File] = (),
    ) -> Heard: ...


def over_network(
    method: str, url: str, fields: Mapping[str, str], headers: Mapping[str, str], files: Sequence[File] = ()
) -> Heard:
    """The answer of an address. NoAnswer where there is none; NotFetched where we may not ask it."""
    check_may_ask(url)
    form, in_body = _form(url, fields, files), method == "POST"
    with requests.Session() as session:
        session.trust_env = False
        try:
            with session.request(
                method, url, headers={"User-Agent": AGENT, **form.headers, **headers}, timeout=TIMEOUT_S, stream=True,
                allow_redirects=False, data=form.data if in_body else None, params=None if in_body else fields,
            ) as answer:  # fmt: skip
                named = {name.lower(): value for name, value in answer.headers.items()}
                return Heard(answer.status_code, _body(answer), named)
        except (requests.RequestException, HTTPError, OSError) as error:
            raise NoAnswer(f"{urlsplit(url).hostname} did not answer: {type(error).__name__}.") from error


def check_may_ask(url: str) -> None:
    """NotFetched for what is neither HTTPS in the open internet nor a host of the city's own network (by setting)."""
    parts = urlsplit(url)
    if parts.scheme in {"http", "https"} and parts.hostname in settings.OPEN311_INSIDE_HOSTS:
        return
    https = parts_of(url)
    addresses_of(https.hostname or "", https.port or 443, PUBLIC)


@dataclass(frozen=True)
class _Form:
    """What a POST carries, and the headers that say in which form."""

    data: Mapping[str, str] | io.BytesIO
    headers: Mapping[str, str] = field(default_factory=dict)


def _form(url: str, fields: Mapping[str, str], files: Sequence[File]) -> _Form:
    """Urlencoded; with files a multipart form (RFC 7578)."""
    if not files:
        return _Form(fields)
    parts = [(one.field, (one.name, one.content, one.media_type)) for one in files]
    made = requests.Request("POST", url, data=fields, files=parts).prepare()
    body = made.body if isinstance(made.body, bytes) else b""
    return _Form(_Outgoing(body), {"Content-Type": made.headers["Content-Type"]})


class _Outgoing(io.BytesIO):
    """A body read piece by piece: each has the line's time limit to itself, all together LONGEST_SENDING_S."""

    def __init__(self, body: bytes) -> None:
        super().__init__(body)
        self._end = time.monotonic() + LONGEST_SENDING_S

    def read(self, size: int | None = -1, /) -> bytes:
        if time.monotonic() > self._end:
            raise TimeoutError(f"They did not take it within {LONGEST_SENDING_S} seconds.")
        return super().read(size)


def _body(answer: requests.Response) -> bytes:
    """The whole of it, as it comes: who sends a byte at a time holds nobody up for longer than LONGEST_ANSWER_S."""
    body, ends = b"", time.monotonic() + LONGEST_ANSWER_S
    while chunk := answer.raw.read1(_CHUNK, decode_content=True):
        body += chunk
        if len(body) > LARGEST_BYTES:
            raise NoAnswer(f"The answer has more than {LARGEST_BYTES:,} bytes.")
        if time.monotonic() > ends:
            raise NoAnswer(f"The answer took longer than {LONGEST_ANSWER_S} seconds.")
    return body


__all__ = ["File", "Heard", "NoAnswer", "NotFetched", "Speaker", "check_may_ask", "over_network"]
