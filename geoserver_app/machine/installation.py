"""Brings a clone from whatever state it is in to one that can run: every step is skipped where it is done already."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from geoserver_app.machine import (
    code_copy,
    disk,
    leases,
    own_server,
    postgresql,
    roles,
    settings_environment,
    system_packages,
    virtual_environment,
)
from geoserver_app.machine.account import Account, caller, service_account
from geoserver_app.machine.cluster import Cluster, choose_installation
from geoserver_app.machine.errors import CommandFailed
from geoserver_app.machine.place import Place, find_place, make_folders
from geoserver_app.machine.say import step
from geoserver_app.machine.stamps import Stamp, digest


@dataclass(frozen=True)
class Installation:
    """A clone that is ready to run commands: its folders, and the settings that processes get."""

    place: Place
    settings: dict[str, str]
    cluster: Cluster | None  # None: the city's own database server

    def environ(self, runner: Account) -> dict[str, str]:
        """The environment of a process run by a user."""
        return settings_environment.for_process(runner, self.place, self.settings)

    def manage(self, *words: str) -> None:
        """Run a Django command as the service user, its output passed on; CommandFailed where it fails."""
        command = self.place.account.command(self.place.python, "manage.py", *words, dies_with_parent=True)
        environ = self.environ(self.place.account)
        if subprocess.run(command, env=environ, cwd=self.place.code, check=False).returncode:
            raise CommandFailed(f"The command `./run manage {' '.join(words)}` failed; it says above why.")


Preparation = Callable[[Installation], None]


@contextmanager
def ready(clone: Path, *, tests: bool = False, prepare: Preparation | None = None) -> Iterator[Installation]:
    """A clone set up as far as its database; a private cluster runs during the block, and stops after its last user.

    `prepare` is called with the set-up lock still held: no other ./run of this clone is at the same work.
    """
    variables = own_server.configuration(clone)
    private = not own_server.uses_own_server(variables)
    account = service_account()
    python = virtual_environment.choose_python(account)
    system_packages.install(system_packages.missing(python, database=private, tests=tests))
    place = find_place(clone, account)
    with readable_by_others():
        make_folders(place)
    with ExitStack() as held:
        with leases.setting_up(place), readable_by_others():
            _bring_up_code(place, python, tests=tests)
            installation = _private(place, variables, held) if private else _own(place, variables)
            if prepare:
                prepare(installation)
        yield installation


@contextmanager
def readable_by_others() -> Iterator[None]:
    """What we make must be readable by the service user, whatever the caller's umask; what is secret says so itself."""
    mask = os.umask(0o022)
    try:
        yield
    finally:
        os.umask(mask)


def _bring_up_code(place: Place, python: Path, *, tests: bool) -> None:
    if not place.python.exists():
        disk.require_free(place.venv.parent, disk.FIRST_SET_UP, "the first set-up")
    virtual_environment.install(place, python, tests=tests)
    code_copy.refresh(place)


def _private(place: Place, variables: dict[str, str], held: ExitStack) -> Installation:
    secrets = settings_environment.load_secrets(place.env_file)
    cluster = Cluster(place, choose_installation(place.cluster, postgresql.installed()))
    held.enter_context(leases.using(cluster))
    cluster.create(secrets.superuser_password)
    cluster.start()
    roles.make(cluster, secrets)
    return Installation(place, settings_environment.private_variables(place, secrets, variables), cluster)


def _own(place: Place, variables: dict[str, str]) -> Installation:
    named = settings_environment.named_settings(variables)
    return Installation(place, {"DATA_DIR": str(place.data), "STATIC_ROOT": str(place.static), **named}, None)


def migrate(installation: Installation) -> None:
    """Bring tables and views to this version of the program, where it or the database changed since the last time."""
    place = installation.place
    stamp = migrated(place)
    key = digest(_schema_files(place.clone), installation.settings["OWNER_DATABASE_URL"], _born(place.cluster))
    if stamp.fresh(key):
        return
    with step("bringing the database's tables up to date"):
        installation.manage("migrate", "--no-input", "--verbosity=0")
    stamp.set(key)


def migrated(place: Place) -> Stamp:
    """The mark that the tables are up to date."""
    return Stamp(place.stamps, "migrated")


def collect_static(installation: Installation) -> None:
    """Collect style sheets, scripts and fonts under names with their hash, where one changed."""
    place = installation.place
    stamp = Stamp(place.stamps, "static")
    files = [file for file in _static_files(place.clone) if file.is_file()]
    key = digest(files, *(str(file) for file in files), virtual_environment.requirements_key(place, place.python))
    if stamp.fresh(key):
        return
    with step("collecting style sheets, scripts and fonts"):
        installation.manage("collectstatic", "--no-input", "--clear", "--verbosity=0")
    stamp.set(key)


def load_demo_city(installation: Installation) -> None:
    """Load the invented city and its history where they, or the way they are made, changed since the last time."""
    place = installation.place
    stamp = Stamp(place.stamps, "demo-city")
    files = [file for file in (place.clone / "fixtures").rglob("*") if file.is_file() and file.suffix != ".pyc"]
    key = digest(files, *(str(file) for file in files), _born(place.cluster))
    if stamp.fresh(key):
        return
    with step("loading the demo city"):
        installation.manage("load_demo_city")
    with step("inventing its history"):
        installation.manage("seed_demo")
    stamp.set(key)


def hand_over_data(place: Place) -> None:
    """Give files that root's commands left in the data folder to the service user.

    By folder handle, never through a link, and no file with a second name: the folder belongs to the service user, who
    must not get at root's files by it.
    """
    if place.account.is_caller or not place.data.exists():
        return
    for _folder, subfolders, names, handle in os.fwalk(place.data):
        for name in (*subfolders, *names):
            found = os.stat(name, dir_fd=handle, follow_symlinks=False)
            if found.st_uid == caller().uid and (name in subfolders or found.st_nlink == 1):
                os.chown(name, place.account.uid, place.account.gid, dir_fd=handle, follow_symlinks=False)


def _schema_files(clone: Path) -> list[Path]:
    apps = (clone / "layers", clone / "geoserver_app")
    found = [file for app in apps for pattern in ("**/migrations/*.py", "**/*.sql") for file in app.glob(pattern)]
    return [*found, clone / "requirements.txt"]


def _static_files(clone: Path) -> list[Path]:
    return [file for folder in (clone / "geoserver_app").rglob("static") for file in folder.rglob("*")]


def _born(cluster: Path) -> str:
    """What tells a cluster from a later one in the same place."""
    version = cluster / "PG_VERSION"
    return str(version.stat().st_ctime_ns) if version.exists() else ""
