"""`./run backup` and `./run restore`: the private database and the files of one clone, as a folder with two files."""

import os
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

from geoserver_app.machine import installation as steps
from geoserver_app.machine import roles, serve
from geoserver_app.machine.cluster import SUPERUSER, Cluster
from geoserver_app.machine.disk import refuse_if_full
from geoserver_app.machine.errors import CommandFailed, MachineError
from geoserver_app.machine.installation import Installation
from geoserver_app.machine.place import Place
from geoserver_app.machine.say import say, step
from geoserver_app.machine.settings_environment import DATABASE, Secrets, load_secrets

DUMP = "database.dump"
FILES = "files.tar"


def backup(clone: Path, folder: Path) -> int:
    """Write the database and the files into a folder (0700), which may not hold a backup yet."""
    if any((folder / name).exists() for name in (DUMP, FILES)):
        raise MachineError(f"{folder} holds a backup already. Name another folder; nothing was written.")
    with steps.ready(clone) as ready:
        cluster = _private_cluster(ready)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with step(f"writing the database to {folder / DUMP}"):
            _dump(cluster, load_secrets(ready.place.env_file), folder / DUMP)
        with step(f"writing the files to {folder / FILES}"), tarfile.open(folder / FILES, "w") as archive:
            archive.add(ready.place.data, arcname="data")
    return 0


def restore(clone: Path, folder: Path, *, confirmed: bool) -> int:
    """Replace the database and the files by those of a backup; the server must be stopped."""
    missing = [name for name in (DUMP, FILES) if not (folder / name).is_file()]
    if missing:
        raise MachineError(f"{folder} is not a backup: {', '.join(missing)} is not in it.")
    if serve.running_address(clone):
        raise MachineError("The server is running. Stop it first: ./run stop")
    if not confirmed:
        raise MachineError("This replaces the database and the files of this clone by the backup's. To do so: --yes")
    with steps.ready(clone) as ready:
        cluster = _private_cluster(ready)
        with step("restoring the database"):
            _load(cluster, load_secrets(ready.place.env_file), folder / DUMP)
            steps.migrated(ready.place).clear()
        with step("restoring the files"):
            _unpack(ready.place, folder / FILES)
    say("Restored. ./run migrates what is older than this version, and serves.")
    return 0


def _private_cluster(ready: Installation) -> Cluster:
    if ready.cluster is None:
        raise MachineError("The database is on your own server: back it up there (docs/operator/backup.md).")
    return ready.cluster


def _dump(cluster: Cluster, secrets: Secrets, target: Path) -> None:
    draft = target.with_suffix(".new")
    _client(cluster, secrets, "pg_dump", "--format=custom", f"--file={draft}", DATABASE)
    draft.chmod(0o600)
    draft.replace(target)


def _load(cluster: Cluster, secrets: Secrets, dump: Path) -> None:
    psql = ("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", "postgres")
    _client(cluster, secrets, *psql, "-c", f"drop database if exists {DATABASE} with (force)")
    _client(cluster, secrets, *psql, "-c", f"create database {DATABASE} owner onemap_owner template template0")
    _client(cluster, secrets, "pg_restore", "--exit-on-error", f"--dbname={DATABASE}", str(dump))
    roles.run_dba_script(cluster.place, cluster.installation, secrets, with_tests=True)


def _client(cluster: Cluster, secrets: Secrets, program: str, *words: str) -> None:
    environ = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "PGHOST": str(cluster.place.sockets),
        "PGUSER": SUPERUSER,
        "PGPASSWORD": secrets.superuser_password,
    }
    command = [str(cluster.installation.program(program)), *words]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, umask=0o077)
    if done.returncode:
        refuse_if_full(done.stderr, cluster.folder, program)
        raise CommandFailed(f"{program} failed; a backup that was being written is not complete.", done.stderr)


def _unpack(place: Place, archive: Path) -> None:
    with tarfile.open(archive) as files:
        if hasattr(tarfile, "data_filter"):
            files.extractall(place.state, filter="data")
        else:
            # Python before 3.11.4, Debian 12's own, knows no filters.
            files.extractall(place.state, members=_plain_members(files, place.state))  # noqa: S202 each is looked at
    steps.hand_over_data(place)


def _plain_members(files: tarfile.TarFile, into: Path) -> Iterator[tarfile.TarInfo]:
    """Files and folders that stay inside, with nobody else's rights; CommandFailed for links and for what leads out."""
    for member in files:
        target = (into / member.name).resolve()
        if not (member.isfile() or member.isdir()) or not target.is_relative_to(into.resolve()):
            raise CommandFailed(f"The backup holds {member.name!r}, which is no file of ours: nothing more is read.")
        member.mode &= 0o755
        member.uid = member.gid = os.getuid()
        member.uname = member.gname = ""
        yield member
