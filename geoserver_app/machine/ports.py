"""The address to serve on, and who holds it if it is taken."""

import errno
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from geoserver_app.machine.errors import MachineError, PortTaken
from geoserver_app.machine.say import say

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
TRIES = 20


@dataclass(frozen=True)
class Address:
    """Host and port that the server listens on."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """The address for a browser on this machine; all interfaces (0.0.0.0) are reached by the loopback one."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104  (it is not listened on here)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"


class Reservation:
    """A port that no other ./run of this machine takes, held until closed or until this process ends.

    The server lets several processes listen on one port, so that a second one would be let in without an error; what
    keeps it out is an abstract socket (unix(7)) named after the port: taken at once or not at all, and gone with
    its holder.
    """

    def __init__(self, address: Address, token: socket.socket) -> None:
        self.address = address
        self._token = token

    def close(self) -> None:
        """Give the port back."""
        self._token.close()


def reserve(environ: Mapping[str, str]) -> Reservation:
    """HOST and PORT if they are free; without PORT the next free one from 8000; PortTaken says who has it."""
    host, named = environ.get("HOST") or DEFAULT_HOST, environ.get("PORT")
    if named:
        port = _port_number(named)
        reserved = _try(Address(host, port))
        if not reserved:
            raise PortTaken(f"Port {port} of {host} is in use{_by(port)}. {_way_on(port)}")
        return reserved
    for port in range(DEFAULT_PORT, DEFAULT_PORT + TRIES):
        reserved = _try(Address(host, port))
        if reserved:
            if port != DEFAULT_PORT:
                say(f"- port {DEFAULT_PORT} is in use{_by(DEFAULT_PORT)}: taking {port}")
            return reserved
    raise PortTaken(f"The ports {DEFAULT_PORT} to {DEFAULT_PORT + TRIES - 1} are all in use. {_way_on(DEFAULT_PORT)}")


def _try(address: Address) -> Reservation | None:
    if not free(address):
        return None
    token = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        token.bind(f"\0onemap-port-{address.port}")
    except OSError:
        token.close()
        return None
    return Reservation(address, token)


def free(address: Address) -> bool:
    """Whether a server could listen there; MachineError where the host or port cannot be used at all."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
            probe.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise MachineError(
                f"HOST={address.host} PORT={address.port} cannot be listened on: {error.strerror or error}. "
                "Leave HOST out to serve on 127.0.0.1, and take a PORT of 1024 or more."
            ) from error
    return True


def holder(port: int) -> str | None:
    """The program that listens on a TCP port, as `name (process N)`; None where that cannot be seen."""
    inodes = _listening_inodes(port)
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and inodes & _open_files(process):
            return f"{(process / 'comm').read_text().strip()} (process {process.name})"
    return None


def _open_files(process: Path) -> set[str]:
    """What a process's descriptors point to; nothing where it is another user's, or has just ended."""
    found = set()
    try:
        for entry in (process / "fd").iterdir():
            with suppress(OSError):  # closed since it was listed
                found.add(str(entry.readlink()))
    except OSError:
        return set()
    return found


def _listening_inodes(port: int) -> set[str]:
    found = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        for row in table.read_text().splitlines()[1:] if table.exists() else []:
            fields = row.split()
            local, state, inode = fields[1], fields[3], fields[9]
            if state == "0A" and int(local.rpartition(":")[2], 16) == port:  # 0A: listening
                found.add(f"socket:[{inode}]")
    return found


def _port_number(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise MachineError(f"PORT={text} is not a port: give a number from 1024 to 65535.")
    return int(text)


def _by(port: int) -> str:
    found = holder(port)
    return f" by {found}" if found else ""


def _way_on(port: int) -> str:
    return f"Stop that program, or take another port: PORT={port + 1} ./run"
