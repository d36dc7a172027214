"""The same steps for containers, one at a time: what docker/ builds and starts."""

import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from typing import NoReturn

from geoserver_app.machine import cluster_settings, postgresql, roles, serve, system_packages, virtual_environment
from geoserver_app.machine.account import caller, service_account
from geoserver_app.machine.cluster import SUPERUSER, Cluster, choose_installation
from geoserver_app.machine.errors import MachineError, WrongUsage
from geoserver_app.machine.place import CLONE, Place, find_place, make_folders
from geoserver_app.machine.ports import Address
from geoserver_app.machine.say import say
from geoserver_app.machine.settings_environment import DATABASE, Secrets, for_process, load_secrets, new_secrets

PASSWORDS = {
    "owner_password": "ONEMAP_OWNER_PASSWORD",
    "app_password": "ONEMAP_APP_PASSWORD",
    "reader_password": "ONEMAP_READER_PASSWORD",
}
ADDRESS = Address("0.0.0.0", 8000)  # noqa: S104  (all of the container's own network)
PARTS = {"--database", "--program", "--tests"}


def install_system(words: list[str]) -> int:
    """Install system packages and make the service user, as root; without a part, all that ./run needs."""
    if not set(words) <= PARTS:
        raise WrongUsage(f"install-system takes {' and '.join(sorted(PARTS))} or nothing, not {' '.join(words)!r}.")
    account = service_account()
    python = virtual_environment.choose_python(account)
    whole = not {"--database", "--program"} & set(words)
    needs = system_packages.missing(
        python,
        database=whole or "--database" in words,
        program=whole or "--program" in words,
        tests="--tests" in words,
    )
    system_packages.install(needs)
    return 0


def install_program(words: list[str]) -> int:
    """Install the program's own Python packages beside it."""
    _no_words(words)
    place = find_place(CLONE, caller())
    virtual_environment.install(place, virtual_environment.choose_python(place.account), tests=False)
    return 0


def print_secrets(words: list[str]) -> int:
    """Print fresh passwords and a secret key as NAME=value lines, for docker/.env."""
    _no_words(words)
    fresh = new_secrets()
    say(f"SECRET_KEY={fresh.secret_key}")
    for field, name in PASSWORDS.items():
        say(f"{name}={getattr(fresh, field)}")
    return 0


def database(words: list[str]) -> int:
    """Make the cluster and roles where they are missing, then become PostgreSQL, open to the containers' network."""
    _no_words(words)
    place = find_place(CLONE, caller())
    make_folders(place)
    cluster = Cluster(place, choose_installation(place.cluster, postgresql.installed()))
    secrets = _secrets_from_environment(place)
    cluster.create(secrets.superuser_password)
    cluster.start()
    try:
        roles.make(cluster, secrets, with_tests=False)
    finally:
        cluster.stop()
    cluster_settings.open_to_network(cluster.folder)
    program = str(cluster.installation.program("postgres"))
    command = [program, "-D", str(cluster.folder), "-c", "listen_addresses=*", "-c", "logging_collector=off"]
    os.execv(program, command)  # noqa: S606  (no shell is wanted)


def migrate(words: list[str]) -> int:
    """Bring the tables and the static files up to date: run once before the server and the worker of a new version."""
    _no_words(words)
    place = find_place(CLONE, caller())
    for command in (["migrate", "--no-input"], ["collectstatic", "--no-input", "--verbosity=0"]):
        done = subprocess.run([place.python, CLONE / "manage.py", *command], env=_environ(place), check=False)
        if done.returncode:
            return 1
    return 0


def server(words: list[str]) -> int:
    """Become the server, on all addresses of the container."""
    _no_words(words)
    place = find_place(CLONE, caller())
    _become(place, serve.server_command(place, ADDRESS))


def worker(words: list[str]) -> int:
    """Become the worker."""
    _no_words(words)
    place = find_place(CLONE, caller())
    _become(place, serve.worker_command(place))


def database_answers(words: list[str]) -> int:
    """0 where the database of this container takes connections."""
    _no_words(words)
    place = find_place(CLONE, caller())
    program = choose_installation(place.cluster, postgresql.installed()).program("pg_isready")
    return subprocess.run([program, "-q", "-h", place.sockets], check=False).returncode


def database_dump(words: list[str]) -> int:
    """Write the database of this container to standard output, in PostgreSQL's custom format."""
    _no_words(words)
    place = find_place(CLONE, caller())
    program = choose_installation(place.cluster, postgresql.installed()).program("pg_dump")
    password = load_secrets(place.env_file).superuser_password
    environ = {"PGHOST": str(place.sockets), "PGUSER": SUPERUSER, "PGPASSWORD": password}
    return subprocess.run([program, "--format=custom", DATABASE], env=environ, check=False).returncode


def server_answers(words: list[str]) -> int:
    """0 where the server of this container answers."""
    _no_words(words)
    return 0 if serve.answers(ADDRESS) else 1


def django(words: list[str]) -> int:
    """Become a Django command, with the settings of the container's environment."""
    place = find_place(CLONE, caller())
    _become(place, [str(place.python), str(CLONE / "manage.py"), *words])


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "install-system": install_system,
    "install-program": install_program,
    "new-secrets": print_secrets,
    "database": database,
    "migrate": migrate,
    "server": server,
    "worker": worker,
    "database-answers": database_answers,
    "database-dump": database_dump,
    "server-answers": server_answers,
    "django": django,
}


def _secrets_from_environment(place: Place) -> Secrets:
    """The roles' passwords that the other containers know too; the superuser's stays in this one."""
    given = {field: os.environ.get(name, "") for field, name in PASSWORDS.items()}
    missing = [PASSWORDS[field] for field, value in given.items() if not value]
    if missing:
        raise MachineError(
            f"{', '.join(missing)} is not set. "
            "Make docker/.env: python3 -m geoserver_app.machine new-secrets > docker/.env"
        )
    return replace(load_secrets(place.env_file), **given)


def _environ(place: Place) -> dict[str, str]:
    return for_process(place.account, place, {})


def _become(place: Place, command: list[str]) -> NoReturn:
    os.chdir(CLONE)
    os.execve(command[0], command, _environ(place))  # noqa: S606  (no shell is wanted)


def _no_words(words: list[str]) -> None:
    if words:
        raise WrongUsage(f"this command takes no arguments, not {' '.join(words)!r}. See ./run help")
