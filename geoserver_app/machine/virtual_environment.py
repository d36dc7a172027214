"""The program's own Python packages, from pinned and hashed requirements."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from geoserver_app.machine.account import Account, caller
from geoserver_app.machine.disk import refuse_if_full
from geoserver_app.machine.errors import CommandFailed, MachineError
from geoserver_app.machine.place import Place
from geoserver_app.machine.say import step
from geoserver_app.machine.stamps import Stamp, digest


def choose_python(account: Account) -> Path:
    """A Python that the service user can run too: the one that runs this, else the system's.

    A Python under root's home (pyenv, for one) is closed to the service user.
    """
    for python in (Path(sys.executable), Path("/usr/bin/python3")):
        real = Path(os.path.realpath(python))
        if real.exists() and account.can("-x", real) and account.can("-r", _library(real)):
            return real
    raise MachineError(
        f"The user {account.name} cannot run {sys.executable}, and there is no /usr/bin/python3. "
        "Install the system's Python (apt-get install python3)."
    )


def install(place: Place, python: Path, *, tests: bool) -> None:
    """Make the environment where it is missing or broken, and bring its packages to the pinned versions."""
    files = [place.clone / "requirements.txt"]
    _bring_up(place, python, "packages", files)
    if tests:
        _bring_up(place, python, "test packages", [*files, place.clone / "tests" / "requirements.txt"])


def requirements_key(place: Place, python: Path) -> str:
    """A hash that changes with the pinned packages and with the Python they are installed for."""
    return digest([place.clone / "requirements.txt"], _python_id(python))


def _bring_up(place: Place, python: Path, name: str, files: list[Path]) -> None:
    key = digest(files, _python_id(python))
    stamp = Stamp(place.venv / "stamps", name.replace(" ", "-"))
    if stamp.fresh(key) and _works(place.python):
        return
    if not _works(place.python):
        with step(f"making the virtual environment {place.venv}"):
            _make(place, python)
    with step(f"installing the Python {name}"):
        _pip_install(place, files)
    stamp.set(key)


def _make(place: Place, python: Path) -> None:
    """A fresh environment; a half-finished one, or one whose Python is gone, is thrown away first."""
    shutil.rmtree(place.venv, ignore_errors=True)
    made = subprocess.run([python, "-m", "venv", place.venv], capture_output=True, text=True, check=False)
    if made.returncode:
        refuse_if_full(made.stdout + made.stderr, place.venv, "making the virtual environment")
        raise CommandFailed(f"The virtual environment {place.venv} could not be made.", made.stdout + made.stderr)


def _pip_install(place: Place, files: list[Path]) -> None:
    options = [word for file in files for word in ("-r", str(file))]
    pip = (place.python, "-m", "pip", "install", "--require-hashes", "--no-input", "--quiet")
    command = caller().command(*pip, *options, dies_with_parent=True)  # two must never write at once
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | quiet
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, umask=0o022)
    if done.returncode:
        refuse_if_full(done.stdout + done.stderr, place.venv, "installing Python packages")
        raise CommandFailed(
            "The Python packages could not be installed. If the network was the reason, start again when it is back. "
            "Behind a proxy, or with certificates or a mirror of your own, set pip's variables "
            "(HTTPS_PROXY, PIP_CERT, PIP_INDEX_URL).",
            done.stdout + done.stderr,
        )


def _works(python: Path) -> bool:
    if not python.exists():
        return False
    return subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


def _python_id(python: Path) -> str:
    version = subprocess.run([python, "--version"], capture_output=True, text=True, check=True).stdout
    return f"{python} {version.strip()} {sysconfig.get_platform()}"


def _library(python: Path) -> Path:
    """The folder of the standard library of a Python, which must be readable as well."""
    code = "import os; print(os.path.dirname(os.__file__))"
    done = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=False)
    return Path(done.stdout.strip() or "/nonexistent")
