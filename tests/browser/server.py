"""The product's own server with a database of its own, so that a browser meets what a resident would meet."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import psycopg
from django.conf import settings
from psycopg import sql

from tests.browser.beside import Beside

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60


@dataclass(frozen=True)
class Served:
    """Where the server answers, and the process beside it."""

    address: str
    beside: Beside


@contextmanager
def running(
    folder: Path, *, name: str = "web", fill: Sequence[Sequence[str]] | None = None, **own: str
) -> Iterator[Served]:
    """Copies the (empty) test database, fills it, collects static files and serves.

    ``fill`` are commands of Python, one after the other; without them the town of Encinar is made. ``own`` are
    variables of the environment that are others than the town's.
    """
    migrated = settings.DATABASES["default"]["NAME"]
    own_environment = environment(folder, f"{migrated}_{name}") | own
    beside = Beside(own_environment, folder / "beside.log")
    with _database(f"{migrated}_{name}", migrated):
        try:
            for arguments in fill or ():
                subprocess.run([sys.executable, *arguments], cwd=ROOT, env=own_environment, check=True)
            if fill is None:
                beside.do("town", str(folder))
            beside.do("collect")
            with serving(own_environment, folder) as address:
                yield Served(address, beside)
        finally:
            beside.end()


def environment(folder: Path, name: str) -> dict[str, str]:
    """The environment of the tests with the other database in its addresses, and without a demo banner's log-ins."""
    changed = dict(os.environ)
    for variable in ("DATABASE_URL", "OWNER_DATABASE_URL", "PUBLISHED_DATABASE_URL"):
        before, _, query = changed[variable].partition("?")
        changed[variable] = before.rsplit("/", 1)[0] + f"/{name}" + (f"?{query}" if query else "")
    own = {
        "STATIC_ROOT": str(folder / "static"),
        "DATA_DIR": str(folder),
        "DEFAULT_JURISDICTION": "encinar",
        "ALLOWED_HOSTS": "127.0.0.1",
        "DEMO": "0",
        "HTTPS": "0",
        "LOG_LEVEL": "ERROR",
        # Every window of every test has the same address.
        "REPORTS_PER_ADDRESS": "1000",
        "PHOTOS_PER_ADDRESS": "1000",
        "ONEMAP_AS_OWNER": "1",
    }
    return changed | own


@contextmanager
def _database(name: str, template: str) -> Iterator[None]:
    config = settings.DATABASES["default"]
    own = {"host": config["HOST"], "port": config["PORT"], "user": config["USER"], "password": config["PASSWORD"]}
    given = {key: value for key, value in own.items() if value}
    with psycopg.connect(dbname="postgres", autocommit=True, **given) as connection:
        drop = sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
        connection.execute(drop)
        connection.execute(
            sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template))
        )
        try:
            yield
        finally:
            connection.execute(drop)


@contextmanager
def serving(environment: dict[str, str], folder: Path, *, workers: int = 1) -> Iterator[str]:
    """The product's server on a free port while the block runs; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
               "--workers", str(workers), "--blocking-threads", "4", "geoserver_app.wsgi:application"]  # fmt: skip
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            _wait(f"http://127.0.0.1:{port}/healthz", process, folder)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait(address: str, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5)  # noqa: S310 (our own loopback address)
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("The server did not start: " + (folder / "server.log").read_text(errors="replace")[-2000:])
