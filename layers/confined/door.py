"""The server's side: asks the warden for a reading of a file, and hears what it finds or why it could not."""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.confined import frames, walls
from layers.confined.walls import Limits
from layers.errors import BadFile, OneMapError

_ROOT = Path(__file__).resolve().parents[2]
# Appended, not put first: no module of ours may stand in for one of Python's.
_START = "import sys; sys.path.append(sys.argv[1]); from layers.confined.warden import main; main()"
# Nothing of the server's environment goes in: it holds the secrets. One thread, because the warden forks.
_ENVIRONMENT = {"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
_START_S = 60
_SECOND = 1024**2  # bytes of a file that earn it one more second of computing
MEMORY = 4 * 1024**3
FILE_SIZE = 1024**3


class NoReader(OneMapError):
    """The process that reads files does not start."""

    status = 503


class _Warden:
    """The one warden of this process, started when the first file comes and again where it died."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._owner = 0
        self._ready = False

    def _running(self) -> socket.socket:
        alive = self._owner == os.getpid() and self._process is not None and self._process.poll() is None
        if not alive or self._control is None:
            ours, theirs = socket.socketpair()
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-c", _START, str(_ROOT)],
                stdin=theirs.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_ENVIRONMENT, cwd="/",
            )  # fmt: skip
            theirs.close()
            ours.settimeout(_START_S)
            self._control, self._owner = ours, os.getpid()
            self._ready = False
        return self._control

    def begin(self) -> None:
        """Starts it where it does not run, and does not wait: it gets ready while others get ready."""
        with self._lock:
            self._running()

    def reading(self) -> socket.socket:
        """A socket to a new reading."""
        with self._lock:
            for _attempt in range(2):
                control = self._running()
                try:
                    return self._asked(control)
                except OSError:
                    self._stop()
        raise NoReader("The process that reads files does not start. Look at the server's memory and at doctor.")

    def _asked(self, control: socket.socket) -> socket.socket:
        if not self._ready:
            if control.recv(1) != b"r":
                raise ConnectionError
            self._ready = True
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(control, [b"f"], [theirs.fileno()])
        return ours

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None and self._owner == os.getpid():
            self._process.kill()
            self._process.wait()
        self._control = self._process = None

    def end(self) -> None:
        """Ends it; the next file starts another one."""
        with self._lock:
            self._stop()


_warden = _Warden()
atexit.register(_warden.end)
begin, end = _warden.begin, _warden.end


def limits_for(size: int) -> Limits:
    """What a reading of a file of so many bytes may take."""
    cpu_s = 60 + size // _SECOND
    return Limits(cpu_s=cpu_s, wall_s=5 * cpu_s, memory=MEMORY, file_size=FILE_SIZE)


class Answers:
    """The frames of one reading, in turn. BadFile where it ends before its time, saying how."""

    def __init__(self, source: socket.socket, limits: Limits, name: str, folder: str) -> None:
        self._source, self._limits, self._name, self._folder = source, limits, name, folder

    def json(self) -> Any:
        return json.loads(self._next(frames.JSON))

    def numbers(self) -> NDArray[Any]:
        return self.numbers_of(self.json())

    def numbers_of(self, name: Any) -> NDArray[Any]:
        """An array whose type has been told already."""
        dtype = np.dtype(str(name))
        if dtype.kind not in "iufb":
            raise BadFile(f"{self._name} cannot be read: its reader answers nonsense.")
        return np.frombuffer(self._next(frames.BYTES), dtype=dtype)

    def whole(self) -> bytearray:
        return self._next(frames.BYTES)

    def warnings(self) -> list[str]:
        """What GDAL warned of; the last thing that a reading says."""
        return [self._clean(one) for one in self.json()["warnings"]]

    def _next(self, wanted: bytes) -> bytearray:
        try:
            kind, payload = frames.receive(self._source)
        except (frames.Torn, OSError) as error:
            raise BadFile(f"{self._name} cannot be read: its reader went away.") from error
        if kind == wanted:
            return payload
        raise BadFile(f"{self._name} cannot be read: {self._why(kind, payload)}")

    def _why(self, kind: bytes, payload: bytearray) -> str:
        if kind == frames.FAILED:
            told = json.loads(payload)
            return f"{self._clean(told['error'])}{'. Split it.' if told['limit'] else ''}"
        if kind == frames.ENDED:
            return _ending(json.loads(payload), self._limits)
        return "its reader answers nonsense."

    def _clean(self, text: str) -> str:
        """Words of GDAL without the folder that our own copy lies in."""
        return " ".join(text.split()).replace(self._folder + os.sep, "").replace(self._folder, "")


def _ending(code: int, limits: Limits) -> str:
    if code in (-signal.SIGXCPU, -signal.SIGALRM, -signal.SIGKILL):
        return f"reading it takes longer than {limits.cpu_s} s. Split it, or save it in another format."
    memory = f"{limits.memory / 1024**3:.0f} GiB"
    if code == frames.NO_MEMORY:
        return f"reading it takes more than {memory} of memory. Split it."
    return f"it is damaged, or takes more than {memory} of memory. Save it anew, in another format, or split it."


class Session:
    """One reading, in a process that sees nothing but ``folder``; it answers one request after the other."""

    def __init__(self, source: socket.socket, folder: Path) -> None:
        self._source, self._folder = source, str(folder)
        self._source.settimeout(_START_S)
        frames.send_json(source, self._folder)

    def ask(self, name: str, size: int, request: dict[str, Any]) -> Answers:
        """The answers to a request. ``name`` is the file's for messages, ``size`` its bytes, for how long it may take.

        NoReader where the process has gone.
        """
        limits = limits_for(size)
        self._source.settimeout(limits.wall_s + _START_S)
        try:
            frames.send_json(self._source, request | {"limits": asdict(limits)})
        except OSError as error:
            raise NoReader(f"{name} cannot be read: its reader went away.") from error
        return Answers(self._source, limits, name, self._folder)


@contextmanager
def session(folder: Path) -> Iterator[Session]:
    """A reading of what stands in a folder, or will when it is first asked."""
    with _warden.reading() as source:
        yield Session(source, folder)


def missing_walls() -> list[str]:
    """The walls (walls.ALL) that this machine does not grant a reading. NoReader, BadFile where none starts at all."""
    with tempfile.TemporaryDirectory(prefix="walls-") as folder, session(Path(folder)) as reading:
        standing = reading.ask("the walls", 0, {"task": "walls"}).json()
    return [wall for wall in walls.ALL if wall not in standing]
