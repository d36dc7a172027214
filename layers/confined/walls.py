"""Shutting the running process in: limits, no network, no files but those named. For Linux; each wall where it is.

Landlock (kernel 5.13 and later) shuts out the file system, from 6.7 on TCP too; a network namespace of its own shuts
out every network. A machine that grants neither still has the limits and GDAL without its other drivers. The numbers
are those of the kernel's include/uapi/linux/landlock.h, prctl.h and sched.h.
"""

import ctypes
import os
import resource
import signal
import struct
from collections.abc import Iterable
from dataclasses import dataclass

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_VERSION_FLAG = 1
_PATH_BENEATH = 1
_NO_NEW_PRIVS = 38
_NEW_USER, _NEW_NET = 0x10000000, 0x40000000
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
# Rights over files that each version of the interface knows (execute, write, read ... then refer, truncate, ioctl).
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
_ALL_LATER = 16
_TCP = 0b11  # bind and connect
_SCOPES = 0b11  # abstract sockets and signals
_MAY_MAKE = (1 << 1) | (1 << 8)  # write a file, make one
_TRUNCATE = 1 << 14


@dataclass(frozen=True)
class Limits:
    """How much a reading may take: seconds of computing, seconds of any kind, bytes of address space and of a file."""

    cpu_s: int
    wall_s: int
    memory: int
    file_size: int


# What each wall keeps a reading from, by the names that ``shut`` returns.
ALL = ("network", "files")


def shut(*, readable: Iterable[str], writable: str) -> list[str]:
    """Shuts this process in for good and returns the names of the walls that stand.

    ``readable`` are files and folders that may be read, ``writable`` a folder that may be written in too.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    walls = []
    if libc.unshare(_NEW_USER | _NEW_NET) == 0:
        walls.append("network")
    if _landlock(libc, readable, writable):
        walls.append("files")
    return walls


def limit(limits: Limits) -> None:
    """Sets limits, at which the kernel ends this process; they can be lowered later, not raised."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(limits.wall_s)
    for what, most in (
        (resource.RLIMIT_CPU, limits.cpu_s),
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_FSIZE, limits.file_size),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        _soft, hard = resource.getrlimit(what)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, least))


def _landlock(libc: ctypes.CDLL, readable: Iterable[str], writable: str) -> bool:
    """True where the file system is shut out; False on a kernel that has no Landlock."""
    version = libc.syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG)
    if version < 1:
        return False
    handled = (1 << _RIGHTS.get(version, _ALL_LATER)) - 1
    asked = struct.pack("=QQQ", handled, _TCP, _SCOPES)[: 8 if version < 4 else 16 if version < 6 else 24]
    ruleset = libc.syscall(_CREATE_RULESET, asked, len(asked), 0)
    if ruleset < 0:
        return False
    for path in readable:
        _allow(libc, ruleset, path, _READ_FILE | _READ_DIR)
    _allow(libc, ruleset, writable, (_READ_FILE | _READ_DIR | _MAY_MAKE | _TRUNCATE) & handled)
    libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
    refused: int = libc.syscall(_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
    return refused == 0


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    """Allows rights beneath a folder, or of a file itself (which has no right to be listed)."""
    if os.path.isdir(path):  # noqa: PTH112  this runs where pathlib need not be loaded
        flags = os.O_PATH | os.O_DIRECTORY
    else:
        flags, rights = os.O_PATH, rights & ~_READ_DIR
    beneath = os.open(path, flags | os.O_CLOEXEC)
    libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, beneath), 0)
    os.close(beneath)
