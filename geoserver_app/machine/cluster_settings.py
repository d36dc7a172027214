"""The settings of the private PostgreSQL cluster, written anew at every start so that an upgrade reaches them."""

import os
from pathlib import Path

from geoserver_app.machine.place import Place

FILE = "onemap.conf"
MIB = 1024 * 1024
SOCKET_ONLY = "# By password, over the socket.\nlocal all all scram-sha-256\n"
FROM_CONTAINERS = "host onemap onemap_owner,onemap_app,published_reader samenet scram-sha-256\n"


def include(folder: Path) -> None:
    """Have a new cluster read our file, and let nobody in without a password, over the socket alone."""
    with (folder / "postgresql.conf").open("a") as stream:
        stream.write(f"\ninclude_if_exists = '{FILE}'\n")
    (folder / "pg_hba.conf").write_text(SOCKET_ONLY)


def open_to_network(folder: Path) -> None:
    """Let the roles in from other containers too, by password; the superuser stays at home."""
    (folder / "pg_hba.conf").write_text(SOCKET_ONLY + FROM_CONTAINERS)


def write(folder: Path, place: Place, version: int) -> None:
    """Write the settings for this machine's memory and this clone's socket."""
    lines = (f"{name} = '{value}'\n" for name, value in settings(place, memory_bytes(), version).items())
    place.account.write(folder / FILE, "# Written by ./run at every start.\n" + "".join(lines))


def settings(place: Place, memory: int, version: int) -> dict[str, str]:
    """The settings by name; `memory` in bytes, `version` of the server: 15."""
    return {
        "listen_addresses": "",
        "unix_socket_directories": str(place.sockets),
        "unix_socket_permissions": "0700",
        "password_encryption": "scram-sha-256",
        "max_connections": "80",
        "shared_buffers": f"{_between(64, memory // MIB // 8, 512)}MB",
        "effective_cache_size": f"{_between(256, memory // MIB // 2, 16384)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": f"{_between(64, memory // MIB // 32, 256)}MB",
        "random_page_cost": "1.1",
        # Our statements take milliseconds: compiling them, or starting helpers for them, costs more than it saves.
        "jit": "off",
        "max_parallel_workers_per_gather": "0",
        "wal_level": "minimal",  # no replica and no base backup of a private cluster: loading writes half as much
        "max_wal_senders": "0",
        "wal_compression": "lz4" if version >= 15 else "on",  # far quicker than its own packing
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "autovacuum_naptime": "15s",  # the queue of the map's counts is read by every answer: little of it may be dead
        "timezone": "UTC",
        "log_timezone": "UTC",
        "logging_collector": "on",
        "log_directory": str(place.logs / "postgresql"),
        "log_filename": "postgresql-%a.log",
        "log_rotation_age": "1d",
        "log_truncate_on_rotation": "on",  # a week of logs, then over again
        "log_line_prefix": "%m [%p] %u@%d ",
        "log_min_error_statement": "panic",  # a statement can hold a resident's words
        "log_parameter_max_length_on_error": "0",
    }


def memory_bytes() -> int:
    """The machine's memory, or its container's share of it."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
    except OSError:
        return total
    return min(total, int(limit)) if limit.isdigit() else total


def _between(least: int, value: int, most: int) -> int:
    return max(least, min(value, most))
