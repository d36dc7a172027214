"""The process that waits, warm, and forks a reading for every file: started by ``door`` with an empty environment.

It loads GDAL and numpy once, because that takes longer than most files. It has one thread, so that forking is safe.
For each request it forks a keeper, which forks the reading, waits for its end and says how it ended: the server hears
of a crash, whatever happens to the reading.
"""

import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pyogrio

from layers.confined import frames, reading, walls


def main() -> NoReturn:
    """Serves requests, each on a socket of its own that comes over standard input, until the server goes away."""
    control = socket.socket(fileno=0)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # keepers are not waited for
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the server, and its going away ends this
    nothing = os.open(os.devnull, os.O_RDWR)
    control.sendall(b"r")
    while True:
        _told, sockets, _flags, _address = socket.recv_fds(control, 1, 1)
        if not sockets:
            sys.exit(0)
        if os.fork() == 0:
            # Standard input stays open, on nothing: SQLite puts no file where it should be, and could not open this.
            os.dup2(nothing, 0)
            _keep(socket.socket(fileno=sockets[0]))
        os.close(sockets[0])


def _keep(to: socket.socket) -> NoReturn:
    """Forks the reading, waits for it, and sends the signal or status it ended with."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    child = os.fork()
    if child == 0:
        _serve(to)
    _pid, status = os.waitpid(child, 0)
    try:
        frames.send_json(to, os.waitstatus_to_exitcode(status), frames.ENDED)
    except OSError:
        os._exit(1)  # the server no longer listens
    os._exit(0)


def _serve(to: socket.socket) -> NoReturn:
    """Shuts itself in with the folder that it is told first, then answers requests until the server has enough."""
    try:
        _kind, folder = frames.receive(to)
        standing = walls.shut(readable=_own_folders(), writable=json.loads(folder))
        while True:
            _kind, request = frames.receive(to)
            asked: dict[str, Any] = json.loads(request)
            if asked["task"] == "walls":
                frames.send_json(to, standing)
                continue
            walls.limit(walls.Limits(**asked["limits"]))
            reading.answer(asked, to)
    except frames.Torn:
        os._exit(0)
    except MemoryError:
        os._exit(frames.NO_MEMORY)
    except (OSError, KeyError, ValueError):
        os._exit(1)


def _own_folders() -> list[str]:
    """Where GDAL, PROJ and Python find their own data: the installed packages and the libraries."""
    packages = Path(pyogrio.__file__).parents[1]
    own = [packages / "pyogrio", packages / "pyogrio.libs", Path(np.__file__).parent, Path(os.__file__).parent]
    # glibc's tables of character sets: a .cpg may name any of them.
    own += [*Path("/usr/lib").glob("*/gconv"), Path("/usr/lib/gconv")]
    return [str(folder) for folder in own if folder.is_dir()]
