"""Roles, database, schemas and extensions of the private cluster: dba.sql, as a city's own administrator runs it."""

import os
import subprocess
from pathlib import Path

from geoserver_app.machine.cluster import SUPERUSER, Cluster
from geoserver_app.machine.errors import CommandFailed
from geoserver_app.machine.place import CLONE, Place
from geoserver_app.machine.postgresql import Installation
from geoserver_app.machine.say import step
from geoserver_app.machine.settings_environment import DATABASE, Secrets
from geoserver_app.machine.stamps import Stamp, digest

MACHINE = CLONE / "geoserver_app" / "machine"
SCRIPT = MACHINE / "dba.sql"


def make(cluster: Cluster, secrets: Secrets, *, with_tests: bool = True) -> None:
    """Run dba.sql where it, the secrets or the installed PostgreSQL and PostGIS changed since the last time."""
    place, installation = cluster.place, cluster.installation
    stamp = Stamp(place.stamps, "roles")
    postgis = Path(f"/usr/share/postgresql/{installation.major}/extension/postgis.control")
    created = str((place.cluster / "PG_VERSION").stat().st_ctime_ns)
    key = digest([SCRIPT, MACHINE / "dba_schemas.sql", postgis], secrets.lines(), created)
    if stamp.fresh(key):
        return
    with step("making the database, its roles and schemas"):
        run_dba_script(place, installation, secrets, with_tests=with_tests)
    stamp.set(key)


def run_dba_script(place: Place, installation: Installation, secrets: Secrets, *, with_tests: bool) -> None:
    """Run dba.sql as the superuser over the private socket; CommandFailed with what psql said."""
    command: list[str | Path] = [installation.program("psql"), "-X", "-d", "postgres", "-f", SCRIPT]
    variables = ["-v", f"database={DATABASE}", "-v", f"with_tests={int(with_tests)}"]
    environ = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "LANG": "C.UTF-8",
        "PGHOST": str(place.sockets),
        "PGUSER": SUPERUSER,
        "PGPASSWORD": secrets.superuser_password,
        "ONEMAP_OWNER_PASSWORD": secrets.owner_password,
        "ONEMAP_APP_PASSWORD": secrets.app_password,
        "ONEMAP_READER_PASSWORD": secrets.reader_password,
    }
    done = subprocess.run([*command, *variables], env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CommandFailed(
            "The database's roles and schemas could not be made. If the file with the passwords was lost, "
            "start anew: ./run reset",
            done.stderr,
        )
