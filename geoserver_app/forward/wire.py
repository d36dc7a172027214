"""Speaking to an endpoint over the network: bounded in time and size, only where one may, and never led elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

import requests
from django.conf import settings

from geoserver_app.editions.fetching import PUBLIC, NotFetched, addresses_of, parts_of

TIMEOUT_S = (5, 30)
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


class Speaker(Protocol):
    """Asks an address: over the network, or in tests where the test says."""

    def __call__(self, method: str, url: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> Heard: ...


def over_network(method: str, url: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> Heard:
    """The answer of an address. NoAnswer where there is none; NotFetched where we may not ask it."""
    check_may_ask(url)
    with requests.Session() as session:
        session.trust_env = False
        in_body = method == "POST"
        try:
            with session.request(
                method, url, headers={"User-Agent": AGENT, **headers}, timeout=TIMEOUT_S, allow_redirects=False,
                stream=True, data=fields if in_body else None, params=None if in_body else fields,
            ) as answer:  # fmt: skip
                named = {name.lower(): value for name, value in answer.headers.items()}
                return Heard(answer.status_code, _body(answer), named)
        except (requests.RequestException, OSError) as error:
            raise NoAnswer(f"{urlsplit(url).hostname} did not answer: {type(error).__name__}.") from error


def check_may_ask(url: str) -> None:
    """NotFetched for what is neither HTTPS in the open internet nor a host of the city's own network (by setting)."""
    parts = urlsplit(url)
    if parts.scheme in {"http", "https"} and parts.hostname in settings.OPEN311_INSIDE_HOSTS:
        return
    https = parts_of(url)
    addresses_of(https.hostname or "", https.port or 443, PUBLIC)


def _body(answer: requests.Response) -> bytes:
    body = b""
    for chunk in answer.iter_content(_CHUNK):
        body += chunk
        if len(body) > LARGEST_BYTES:
            raise NoAnswer(f"The answer has more than {LARGEST_BYTES:,} bytes.")
    return body


__all__ = ["Heard", "NoAnswer", "NotFetched", "Speaker", "check_may_ask", "over_network"]
