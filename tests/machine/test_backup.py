"""A backup of a real cluster, restored over what was lost."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from geoserver_app.machine import backup
from geoserver_app.machine.cli import main
from geoserver_app.machine.cluster import Cluster
from geoserver_app.machine.settings_environment import Secrets

Owner = Callable[[], psycopg.Connection[tuple[object, ...]]]


@pytest.fixture
def owner(cluster: Cluster, passwords: Secrets) -> Owner:
    """Opens a session of the role that owns the tables."""

    def session() -> psycopg.Connection[tuple[object, ...]]:
        where = {"host": str(cluster.place.sockets), "dbname": "onemap"}
        return psycopg.connect(**where, user="onemap_owner", password=passwords.owner_password, autocommit=True)

    return session


def test_what_was_lost_is_back_with_its_rights(
    cluster: Cluster, passwords: Secrets, owner: Owner, tmp_path: Path
) -> None:
    with owner() as before:
        before.execute("create table kept (place postgis.geometry(point, 4326))")
        before.execute("insert into kept values (st_setsrid(st_point(-119.72, 36), 4326))")
        before.execute("create view published.shown as select place from kept")
    backup._dump(cluster, passwords, tmp_path / "database.dump")
    with owner() as lost:
        lost.execute("drop view published.shown")
        lost.execute("drop table kept")
    backup._load(cluster, passwords, tmp_path / "database.dump")
    with psycopg.connect(
        host=str(cluster.place.sockets), dbname="onemap", user="published_reader", password=passwords.reader_password
    ) as reader:
        row = reader.execute("select st_astext(place) from shown").fetchone()
    assert row == ("POINT(-119.72 36)",)
    with owner() as after:
        after.execute("drop view published.shown")
        after.execute("drop table kept")


def test_only_their_maker_reads_backups(cluster: Cluster, passwords: Secrets, tmp_path: Path) -> None:
    backup._dump(cluster, passwords, tmp_path / "database.dump")
    assert (tmp_path / "database.dump").stat().st_mode & 0o777 == 0o600


def test_a_backup_is_never_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / backup.DUMP).touch()
    assert main(["backup", str(tmp_path)]) == 1
    assert "holds a backup already" in capsys.readouterr().err


def test_a_folder_that_is_no_backup_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["restore", str(tmp_path), "--yes"]) == 1
    assert "is not a backup: database.dump, files.tar is not in it" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["backup"], ["backup", "a", "b"], ["restore"], ["restore", "--yes"]])
def test_wrong_usage(words: list[str]) -> None:
    assert main(words) == 2
