"""Servers that a benchmark starts and ends itself, and two clients that ask them, or the database, without a pause."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.report import ROOT

CLIENTS = 2
_TOOLS = {"wrk": "wrk", "pgbench": "postgresql", "nginx": "nginx"}
_ASIDE = "/usr/sbin"  # where Debian has what only root is meant to start; nobody else has it on the path


@dataclass(frozen=True)
class Bench:
    """What one run needs: a folder for scripts and logs, and the seconds of a round."""

    folder: Path
    seconds: int


def tool(name: str) -> str:
    """The program of a tool; ends with how to get it where it is missing."""
    found = shutil.which(name) or shutil.which(name, path=_ASIDE)
    return found or sys.exit(f"This benchmark needs {name}: apt-get install {_TOOLS[name]}.")


def free_port() -> int:
    """A port of the loopback that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def server(bench: Bench, which: str, path: str) -> Iterator[str]:
    """An application of tile_server.py, started like ./run starts the product's; its address, once ``path`` answers."""
    port = free_port()
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "2", "--blocking-threads", "4", "--no-access-log", "tests.bench.tile_server:application",
    ]  # fmt: skip
    with started(bench, which, command, port, path, environment(ONEMAP_BENCH_APP=which)) as url:
        yield url


@contextmanager
def started(
    bench: Bench, name: str, command: Sequence[str], port: int, path: str, env: dict[str, str], where: Path = ROOT
) -> Iterator[str]:
    """Any server of the loopback while the block runs; its address."""
    url = f"http://127.0.0.1:{port}"
    with (bench.folder / f"{name}.log").open("w") as log:
        process = subprocess.Popen(command, cwd=where, env=env, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait_until_it_answers(f"{url}{path}", process, bench.folder / f"{name}.log")
        yield url
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(url, timeout=60):  # noqa: S310 - an address of our own
                return
        except urllib.error.HTTPError as error:
            sys.exit(f"The benchmark's server answered {error.code} to {url}.\n{log.read_text()[-2000:]}")
        except OSError:
            if process.poll() is not None:
                sys.exit(f"The benchmark's server ended at once:\n{log.read_text()[-2000:]}")
            time.sleep(0.1)
    sys.exit(f"The benchmark's server did not answer within a minute:\n{log.read_text()[-2000:]}")


def environment(**more: str) -> dict[str, str]:
    """This process's environment with the database that is measured in all its addresses."""
    from django.conf import settings
    from django.db import connection
    from psycopg import conninfo

    parameters = connection.get_connection_params()
    reader = conninfo.conninfo_to_dict(settings.PUBLISHED_DATABASE_URL)
    name = connection.settings_dict["NAME"]
    return {
        **os.environ,
        "OWNER_DATABASE_URL": _url(parameters, name),
        "DATABASE_URL": _url(parameters, name),
        "PUBLISHED_DATABASE_URL": _url(reader, name),
        **more,
    }


def _url(parameters: dict[str, object], name: str) -> str:
    user, password = parameters["user"], parameters.get("password", "")
    where = "&".join(f"{key}={parameters[key]}" for key in ("host", "port") if key in parameters)
    return f"postgresql://{user}:{password}@/{name}?{where}"


def requests_per_s(
    bench: Bench, url: str, paths: Sequence[str], *, seconds: int | None = None, gzip: bool = True
) -> float:
    """Requests per second of two clients that ask for one address after the other, as browsers do: gzipped."""
    script = bench.folder / "paths.lua"
    listed = ",\n".join(f'"{path}"' for path in paths)
    script.write_text(
        f"local paths = {{{listed}}}\nlocal i = 0\n"
        + ('wrk.headers["Accept-Encoding"] = "gzip"\n' if gzip else "")
        + "request = function() i = i % #paths + 1; return wrk.format(nil, paths[i]) end\n"
    )
    command = [tool("wrk"), "-t1", f"-c{CLIENTS}", f"-d{seconds or bench.seconds}s", "-s", str(script), url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        sys.exit(f"Some requests of the benchmark failed:\n{said}")
    return number(r"Requests/sec:\s+([\d.]+)", said)


def pgbench_per_s(bench: Bench, statement: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> float:
    """Answers per second out of a statement by pgbench, as the map's reader with its session settings.

    ``columns`` are the names of psycopg's parameters that differ from one answer to the next, each with its type
    ("z::int"); ``rows`` are their values, one of which is taken at random each time.
    """
    from geoserver_app.published.reader import SESSION

    names = [column.partition("::")[0] for column in columns]
    listed = ", ".join(f"({n}, {', '.join(map(str, row))})" for n, row in enumerate(rows))
    typed = "\n".join(line for line in statement.splitlines() if not line.strip().startswith("--"))
    for column, name in zip(columns, names, strict=True):
        typed = typed.replace(f"%({name})s", f":{column}")
    script = bench.folder / "statement.sql"
    script.write_text(
        f"\\set i random(0, {len(rows) - 1})\n"
        f"select {', '.join(names)} from (values {listed}) t (i, {', '.join(names)}) where i = :i \\gset\n{typed};\n"
    )
    env = {**environment(), "PGOPTIONS": SESSION}
    command = [
        tool("pgbench"), "-n", "-M", "prepared", "-c", str(CLIENTS), "-T", str(bench.seconds), "-f", str(script),
        env["PUBLISHED_DATABASE_URL"],
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    if done.returncode:
        sys.exit(f"pgbench failed:\n{done.stderr[-2000:]}")
    return number(r"tps = ([\d.]+)", done.stdout)


def number(pattern: str, text: str) -> float:
    """The first group of a pattern in what a tool said, as a number."""
    found = re.search(pattern, text)
    if not found:
        sys.exit(f"No figure in what the tool said:\n{text}")
    return float(found[1])
