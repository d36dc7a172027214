"""Fetching a file from outside: over HTTPS from public addresses alone, or from one folder; within limits.

Whoever names an address could otherwise have the server ask its own neighbors. So the name is resolved here, every
address that it has must be a public one, and the connection is made to the very address that was looked at: a name
that answers otherwise a moment later (DNS rebinding) gains nothing. The same for every redirect. Proxies of the
environment are not used, because they would resolve the name again.
"""

from __future__ import annotations

import http.client
import ipaddress
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias
from urllib.parse import SplitResult, urljoin, urlsplit

from layers.errors import BadFile

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
MOST_REDIRECTS = 5
CALM_S = 20  # without a byte
_CHUNK = 65_536
_REDIRECTS = (301, 302, 303, 307, 308)
# Networks in which an IPv4 address hides, of whatever kind that one is.
_CARRIERS = tuple(ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))


class NotFetched(BadFile):
    """A file could not be fetched, or may not be."""

    status = 502


def is_public(address: Address) -> bool:
    """Whether an address is one of the open internet: not private, local, shared, reserved, multicast or a carrier."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if any(address in net for net in _CARRIERS):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


@dataclass(frozen=True)
class Gate:
    """Where may be asked, and by which certificates a server is believed. There is one for use: PUBLIC."""

    may_ask: Callable[[Address], bool] = is_public
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)


PUBLIC = Gate()


@dataclass(frozen=True)
class Limits:
    """How much is taken, and how long it may last, redirects included."""

    bytes: int
    seconds: float


@dataclass(frozen=True)
class Answer:
    """What was fetched: ``chunks`` is None where it is the same as before (its ETag)."""

    chunks: Iterator[bytes] | None
    etag: str = ""


@contextmanager
def fetched(url: str, *, etag: str = "", limits: Limits, gate: Gate = PUBLIC) -> Iterator[Answer]:
    """The answer of an HTTPS address, to be read inside. NotFetched with the reason, TooLong included."""
    ends = time.monotonic() + limits.seconds
    for _hop in range(MOST_REDIRECTS + 1):
        parts = parts_of(url)
        with closing(_connection(parts, gate, ends)) as connection, _watched(connection, ends):
            answer = _asked(connection, parts, etag)
            if answer.status in _REDIRECTS:
                url = urljoin(url, answer.getheader("Location") or "")
                continue
            yield _read(answer, limits, ends)
            return
    raise NotFetched(f"{parts.hostname} leads on more than {MOST_REDIRECTS} times.")


def parts_of(url: str) -> SplitResult:
    """An HTTPS address in its parts. NotFetched for anything else."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotFetched(f"'{url[:200]}' is no address.") from error
    if parts.scheme != "https" or not parts.hostname or port == 0:
        raise NotFetched(f"'{url[:200]}' is no address that is fetched from: it must begin with https://.")
    if parts.username or parts.password:
        raise NotFetched("An address with a name and a password in it is not used: it would be shown and logged.")
    return parts


def addresses_of(host: str, port: int, gate: Gate) -> list[Address]:
    """The addresses of a host, all of which may be asked. NotFetched where one may not, or there is none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotFetched(f"There is no host '{host}'.") from error
    addresses = list(dict.fromkeys(ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found))
    closed = [one for one in addresses if not gate.may_ask(one)]
    if closed or not addresses:
        raise NotFetched(f"'{host}' is not in the open internet ({closed[0] if closed else 'no address'}): not asked.")
    return addresses


def _connection(parts: SplitResult, gate: Gate, ends: float) -> http.client.HTTPSConnection:
    host, port = parts.hostname or "", parts.port or 443
    connection = http.client.HTTPSConnection(host, port, context=gate.context)
    problem: OSError | None = None
    for address in addresses_of(host, port, gate):
        try:
            raw = socket.create_connection((str(address), port), timeout=_patience(ends))
            connection.sock = gate.context.wrap_socket(raw, server_hostname=host)
        except OSError as error:
            problem = error
        else:
            return connection
    raise NotFetched(f"{host} cannot be reached: {problem}.") from problem


def _patience(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise NotFetched("It took too long and was broken off.")
    return min(left, CALM_S)


@contextmanager
def _watched(connection: http.client.HTTPSConnection, ends: float) -> Iterator[None]:
    """Shuts the connection when the time is over, however slowly single bytes come in."""
    # Held here: where the server says that it closes afterwards, the connection forgets it once the head is read.
    held = connection.sock

    def shut() -> None:
        with suppress(OSError):  # it may just have ended by itself
            held.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, ends - time.monotonic()), shut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException) as error:
        if time.monotonic() >= ends:
            raise NotFetched("It took too long and was broken off.") from error
        raise NotFetched(f"{connection.host} broke off: {type(error).__name__}.") from error
    finally:
        timer.cancel()


def _asked(connection: http.client.HTTPSConnection, parts: SplitResult, etag: str) -> http.client.HTTPResponse:
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"User-Agent": "one-map-city-hall", "Accept": "*/*", "Accept-Encoding": "identity"}
    if etag:
        headers["If-None-Match"] = etag
    connection.request("GET", path, headers=headers)
    return connection.getresponse()


def _read(answer: http.client.HTTPResponse, limits: Limits, ends: float) -> Answer:
    if answer.status == 304:
        return Answer(None)
    if answer.status != 200:
        raise NotFetched(f"The server answers {answer.status} {answer.reason}.")
    said = answer.getheader("Content-Length") or ""
    if said.isdigit() and int(said) > limits.bytes:
        raise NotFetched(f"The file is {int(said):,} bytes, more than the {limits.bytes:,} that are taken.")
    return Answer(_chunks(answer, ends), answer.getheader("ETag") or "")


def _chunks(answer: http.client.HTTPResponse, ends: float) -> Iterator[bytes]:
    while chunk := answer.read(_CHUNK):
        _patience(ends)
        yield chunk
    if answer.length:
        raise NotFetched("The connection broke off before the end of the file.")


def in_folder(folder: Path, name: str) -> Path:
    """A file below the folder that files are fetched from. NotFetched for anything else, and links that lead out."""
    if not str(folder) or not folder.is_dir():
        raise NotFetched("There is no folder to fetch files from: PULL_DIR names none.")
    home = folder.resolve()
    found = (home / name).resolve()
    if not found.is_relative_to(home) or not found.is_file():
        raise NotFetched(f"There is no file '{name[:200]}' in the folder that files are fetched from.")
    return found


def chunks_of(path: Path) -> Iterator[bytes]:
    """The bytes of a file; one that has become a link meanwhile is not followed."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
