"""Places for the machine's tests: real folders, and one real private cluster that the cluster's tests share."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from geoserver_app.machine import postgresql, roles
from geoserver_app.machine.account import caller, service_account
from geoserver_app.machine.cluster import Cluster
from geoserver_app.machine.place import Place, make_folders
from geoserver_app.machine.settings_environment import Secrets, load_secrets


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A place whose services run as whoever runs the tests."""
    clone = tmp_path / "clone"
    clone.mkdir()
    return Place(clone, clone / ".onemap", clone / ".venv", tmp_path / "sockets", caller(), copied=False)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A private cluster of its own, made, started and given its roles; run by the service user where we are root."""
    # Not pytest's folder: the service user cannot reach that one, and a socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="onemap-test-", dir="/var/tmp"))
    folder.chmod(0o755)
    account = service_account()
    own = Place(folder, folder / "state", folder / "venv", folder / "sockets", account, copied=False)
    make_folders(own)
    made = Cluster(own, postgresql.installed()[0])
    made.create(load_secrets(own.env_file).superuser_password)
    made.start()
    roles.make(made, load_secrets(own.env_file))
    yield made
    made.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def passwords(cluster: Cluster) -> Secrets:
    """The secrets of the shared cluster."""
    return load_secrets(cluster.place.env_file)
