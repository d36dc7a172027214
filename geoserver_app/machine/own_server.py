"""A city's own database server: named by DATABASE_URL, in the environment or in `onemap.env` beside `run`."""

import os
from collections.abc import Mapping
from pathlib import Path

from geoserver_app.machine.errors import MachineError

FILE = "onemap.env"
NEEDED = ("DATABASE_URL", "OWNER_DATABASE_URL", "PUBLISHED_DATABASE_URL", "SECRET_KEY")


def configuration(clone: Path, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables of `onemap.env`, overridden by the environment's; empty values count as not there."""
    return {**read_variables(clone / FILE), **{name: value for name, value in environ.items() if value.strip()}}


def read_variables(path: Path) -> dict[str, str]:
    """NAME=value lines of a file as a dict; blank lines and # comments are passed over, quotes round values dropped."""
    if not path.exists():
        return {}
    variables = {}
    for number, raw in enumerate(path.read_text().splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.removeprefix("export ").partition("=")
        if not equals or not name.strip().isidentifier():
            raise MachineError(f"{path}, line {number}: {line[:40]!r} is not NAME=value. Correct the line.")
        variables[name.strip()] = _unquoted(value.strip())
    return variables


def uses_own_server(variables: Mapping[str, str]) -> bool:
    """Whether the city brings its own database server; MachineError where it names it by halves."""
    if not variables.get("DATABASE_URL"):
        return False
    missing = [name for name in NEEDED if not variables.get(name)]
    if missing:
        raise MachineError(
            f"DATABASE_URL names your own database server, but {', '.join(missing)} is not set. "
            "docs/operator/own-database.md says what each one is. "
            "Unset DATABASE_URL to use a private database instead."
        )
    if variables.get("DEMO", "0") != "0":
        raise MachineError(
            "DEMO=1 makes log-ins whose passwords everybody knows; it works with the private database only. Unset DEMO."
        )
    return True


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value
