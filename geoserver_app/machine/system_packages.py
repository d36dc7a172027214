"""Debian and Ubuntu packages that the product needs, and installing those that are missing."""

import ctypes
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from geoserver_app.machine import postgresql
from geoserver_app.machine.errors import CommandFailed, MachineError
from geoserver_app.machine.say import say, step

CREATECLUSTER = Path("/etc/postgresql-common/createcluster.conf")
NO_DEFAULT_CLUSTER = """\
# Written before PostgreSQL was installed for One Map City Hall, which starts a cluster of its own.
create_main_cluster = false
"""
# What WeasyPrint sets type with, and the library of each package.
PRINTING = (
    ("libpango-1.0-0", "libpango-1.0.so.0"),
    ("libpangoft2-1.0-0", "libpangoft2-1.0.so.0"),
    ("libharfbuzz-subset0", "libharfbuzz-subset.so.0"),
)
BROWSERS = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")


@dataclass(frozen=True)
class Need:
    """A package that is missing, and what it is for."""

    package: str
    why: str


def missing(python: Path, *, database: bool, tests: bool, program: bool = True) -> list[Need]:
    """What has to be installed; an empty list where everything is there, however it came."""
    needs = []
    if database and not postgresql.installed():
        needs.append(Need("postgresql-postgis", "the database with its geographic types"))
    if program and not _makes_environments(python):
        needs.append(Need("python3-venv", "the program's own Python packages, apart from the system's"))
    if program:
        needs += [Need(package, "printed sheets (PDF)") for package, name in PRINTING if not _has_library(name)]
    if not Path("/usr/share/zoneinfo/America/Los_Angeles").exists():
        needs.append(Need("tzdata", "cities' time zones"))
    if tests and not find_browser():
        needs.append(Need("chromium", "the tests that look at pages as a person does"))
        needs.append(Need("fonts-dejavu-core", "letters on those pages"))
    if tests and not _has_library("libatomic.so.1"):
        needs.append(Need("libatomic1", "what drives the browser in those tests"))
    return needs


def _has_library(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def install(needs: list[Need]) -> None:
    """Install packages in one go: one `apt-get update`, one `apt-get install`, nothing recommended."""
    if not needs:
        return
    say("Missing on this machine:")
    for need in needs:
        say(f"  {need.package}: {need.why}")
    prefix = _as_root(needs)
    with step("refreshing the list of packages"):
        updated = _run([*prefix, "apt-get", "update", "-q"])
    names = [name for need in needs for name in _package_names(need)]
    if any(name.startswith("postgresql-") for name in names):
        _keep_default_cluster_away(prefix)
    with step(f"installing {' '.join(names)}"):
        result = _run([*prefix, "env", "DEBIAN_FRONTEND=noninteractive", *_INSTALL, *names])
    if result.returncode:
        raise CommandFailed(
            f"Installing {' '.join(names)} failed. Put it right (often: sudo dpkg --configure -a, or a package source "
            "that cannot be reached) and start again.",
            (updated.stderr if updated.returncode else "") + result.stdout[-2000:] + result.stderr,
        )


_INSTALL = (
    "apt-get", "install", "--yes", "--no-install-recommends", "-q",
    "-o", "DPkg::Lock::Timeout=300",  # another installation may be under way: wait for it
    "-o", "Dpkg::Options::=--force-confold",
)  # fmt: skip


def find_browser() -> str | None:
    """A Chromium or Chrome that a test can drive: CHROMIUM, else one on the path that is not a snap."""
    named = os.environ.get("CHROMIUM", "")
    if named:
        if not os.access(named, os.X_OK):
            raise MachineError(f"CHROMIUM={named} is not a program. Name a Chromium or Chrome, or unset CHROMIUM.")
        return named
    paths = (shutil.which(name) for name in BROWSERS)
    return next((path for path in paths if path and not is_snap(Path(path))), None)


def is_snap(program: Path) -> bool:
    """Whether a program is a snap or Ubuntu's stand-in for one: those cannot be driven from a test."""
    real = program.resolve()
    if "/snap" in str(real) or real.name == "snap":
        return True
    with real.open("rb") as stream:
        start = stream.read(4096)
    return start.startswith(b"#!") and b"/snap/" in start


def _makes_environments(python: Path) -> bool:
    return subprocess.run([python, "-c", "import ensurepip, venv"], capture_output=True, check=False).returncode == 0


def _as_root(needs: Iterable[Need]) -> list[str]:
    """How to become root: nothing as root, else sudo; MachineError with the command for an administrator."""
    names = " ".join(need.package for need in needs)
    tests = " --tests" if "chromium" in names or "libatomic1" in names else ""
    command = f"python3 -m geoserver_app.machine install-system{tests}"
    if not shutil.which("apt-get"):
        raise MachineError(
            f"This machine has no apt-get, and these are missing: {names} (PostgreSQL 15 or newer with PostGIS 3.3 or "
            "newer). ./run installs on Debian 12 or newer and Ubuntu 24.04 or newer; "
            "elsewhere use docker/ or your own database server (docs/operator/own-database.md)."
        )
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        raise MachineError(
            f"These system packages are missing: {names}, and this user cannot install them (no sudo). "
            f"Ask an administrator to run, as root in this folder: {command}"
        )
    say("sudo is used for the installation only.")
    if subprocess.run(["sudo", "--validate"], check=False).returncode:
        raise MachineError(
            f"These system packages are missing: {names}, and sudo did not let this user install them. "
            f"Ask an administrator to run, as root in this folder: {command}"
        )
    return ["sudo"]


def _package_names(need: Need) -> list[str]:
    """The packages behind a need on this release: PostgreSQL's name has its version in it."""
    if need.package == "postgresql-postgis":
        major = _offered_postgresql()
        return [f"postgresql-{major}", f"postgresql-{major}-postgis-3"]
    if need.package == "chromium" and not _candidate("chromium"):
        raise MachineError(
            "This release offers Chromium as a snap only, which tests cannot drive. Install Google Chrome's .deb, "
            'or name a browser (CHROMIUM=/path ./run test), or leave those tests out: ./run test -m "not browser"'
        )
    return [need.package]


def _offered_postgresql() -> int:
    """The release's own major version of PostgreSQL, if it comes with PostGIS; else the newest that does."""
    depends = _run(["apt-cache", "depends", "postgresql"]).stdout
    default = [int(major) for major in re.findall(r"postgresql-(\d+)", depends)]
    listed = _run(["apt-cache", "--names-only", "search", "^postgresql-[0-9]+-postgis-3$"]).stdout
    offered = sorted({int(major) for major in re.findall(r"postgresql-(\d+)-postgis-3", listed)}, reverse=True)
    usable = [major for major in (*default, *offered) if major in offered and major >= postgresql.OLDEST]
    if not usable:
        raise MachineError(
            f"The package sources of this machine offer no PostgreSQL {postgresql.OLDEST} or newer with PostGIS "
            f"(found: {offered or 'none'}). Debian 12 and Ubuntu 24.04 have it: check the package sources, "
            "or use your own database server (docs/operator/own-database.md)."
        )
    return usable[0]


def _candidate(package: str) -> bool:
    """Whether apt could install a package as a real one (Ubuntu's chromium-browser is only a pointer to a snap)."""
    found = re.search(r"Candidate: (\S+)", _run(["apt-cache", "policy", package]).stdout)
    return bool(found) and found is not None and found.group(1) != "(none)"


def _keep_default_cluster_away(prefix: list[str]) -> None:
    """Tell Debian's packaging not to start a cluster on port 5432; a file that is there already is respected."""
    if CREATECLUSTER.exists():
        return
    subprocess.run([*prefix, "mkdir", "-p", CREATECLUSTER.parent], check=True)
    subprocess.run(
        [*prefix, "tee", CREATECLUSTER], input=NO_DEFAULT_CLUSTER, text=True, stdout=subprocess.DEVNULL, check=True
    )


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
