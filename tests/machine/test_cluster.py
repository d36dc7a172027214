"""The private cluster after whatever can happen to it: made for real, killed for real."""

import os
import signal
from pathlib import Path

import psycopg
import pytest

from geoserver_app.machine import disk, processes
from geoserver_app.machine.cluster import Cluster, choose_installation, complaints, postmaster
from geoserver_app.machine.cluster_settings import settings
from geoserver_app.machine.errors import MachineError, NoSpace, WrongDatabaseVersion
from geoserver_app.machine.place import Place
from geoserver_app.machine.postgresql import Installation, installed
from geoserver_app.machine.settings_environment import Secrets

MIB = 1024 * 1024


def ask(cluster: Cluster, passwords: Secrets, statement: str) -> object:
    where = {"host": str(cluster.place.sockets), "dbname": "onemap"}
    with psycopg.connect(**where, user="onemap_app", password=passwords.app_password) as session:
        row = session.execute(statement).fetchone()
    return row[0] if row else None


def kill(cluster: Cluster) -> processes.Identity:
    main = postmaster(cluster.folder)
    assert main
    main.send(signal.SIGKILL)
    processes.wait_gone([main], 10)
    return main


def test_killed_cluster_starts_again_and_kept_its_data(cluster: Cluster, passwords: Secrets) -> None:
    kill(cluster)
    assert not cluster.running()
    cluster.start()
    assert ask(cluster, passwords, "select count(*) from pg_extension where extname = 'postgis'") == 1


def test_pid_file_with_a_number_of_another_program_is_stale(cluster: Cluster, passwords: Secrets) -> None:
    kill(cluster)
    written = (cluster.folder / "postmaster.pid").read_text().split("\n", 1)[1]
    (cluster.folder / "postmaster.pid").write_text(f"{os.getpid()}\n{written}")
    cluster.start()
    assert ask(cluster, passwords, "select 1") == 1


def test_vanished_socket_is_noticed_and_made_again(cluster: Cluster, passwords: Secrets) -> None:
    (cluster.place.sockets / ".s.PGSQL.5432").unlink()
    cluster.start()
    assert ask(cluster, passwords, "select 1") == 1


def test_starting_a_running_cluster_does_nothing(cluster: Cluster) -> None:
    before = postmaster(cluster.folder)
    cluster.start()
    assert postmaster(cluster.folder) == before


def test_stop_ends_every_process(cluster: Cluster) -> None:
    cluster.stop()
    assert processes.working_in(cluster.folder) == []
    cluster.start()


def test_there_is_no_network_listener(cluster: Cluster, passwords: Secrets) -> None:
    assert ask(cluster, passwords, "select current_setting('listen_addresses')") == ""


def test_passwords_are_needed_and_kept_by_scram(cluster: Cluster) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(host=str(cluster.place.sockets), dbname="onemap", user="onemap_app", password="wrong")


def test_socket_folder_is_closed_to_others(cluster: Cluster) -> None:
    assert cluster.place.sockets.stat().st_mode & 0o077 == 0


def test_services_do_not_run_as_root(cluster: Cluster) -> None:
    main = postmaster(cluster.folder)
    assert main
    assert Path(f"/proc/{main.pid}").stat().st_uid == cluster.place.account.uid != 0


def test_half_finished_first_run_is_begun_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = place.cluster.with_suffix(".new")
    draft.mkdir(parents=True)
    (draft / "left over").touch()
    new = Cluster(place, installed()[0])
    monkeypatch.setattr(new, "_initdb", lambda folder, _: (folder / "postgresql.conf").touch())
    new.create("password")
    assert place.cluster.is_dir()
    assert not draft.exists()
    assert not (place.cluster / "left over").exists()


def test_too_small_a_disk_is_said_before_anything_is_made(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "NEW_CLUSTER", 10**18)
    with pytest.raises(NoSpace, match=r"MB free, a new database needs .* Make room"):
        Cluster(place, installed()[0]).create("password")
    assert not place.cluster.exists()


def test_disk_that_fills_up_is_named_as_the_reason(tmp_path: Path) -> None:
    told = 'FATAL:  could not write lock file "postmaster.pid": No space left on device'
    with pytest.raises(NoSpace, match="Make room on it and start again"):
        disk.refuse_if_full(told, tmp_path, "starting the database")


def test_data_of_another_major_version_is_refused_with_three_ways_on(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("15\n")
    newer = [Installation(17, Path("/programs/17"))]
    with pytest.raises(WrongDatabaseVersion, match=r"PostgreSQL 15.* has 17.*postgresql-15 .*upgrading\.md.*reset"):
        choose_installation(tmp_path, newer)


def test_data_keeps_its_major_version_where_a_newer_one_is_installed_too(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("15\n")
    both = [Installation(17, Path("/programs/17")), Installation(15, Path("/programs/15"))]
    assert choose_installation(tmp_path, both).major == 15
    assert choose_installation(tmp_path / "none yet", both).major == 17


def test_no_postgresql_at_all_is_said(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match=r"not installed\. Run \./run"):
        choose_installation(tmp_path, [])


def test_postgresql_without_postgis_or_too_old_does_not_count(tmp_path: Path) -> None:
    for major in ("14", "15", "16"):
        programs, extensions = tmp_path / "lib" / major / "bin", tmp_path / "share" / major / "extension"
        programs.mkdir(parents=True)
        (programs / "initdb").touch()
        extensions.mkdir(parents=True)
        for name in ("postgis", "btree_gist", "pg_trgm", "unaccent", "fuzzystrmatch"):
            if (major, name) != ("16", "postgis"):
                (extensions / f"{name}.control").touch()
    assert [one.major for one in installed(tmp_path / "lib", tmp_path / "share")] == [15]


@pytest.mark.parametrize(("memory_mib", "shared_buffers"), [(256, "64MB"), (2048, "256MB"), (65536, "512MB")])
def test_shared_buffers_follow_the_memory_modestly(place: Place, memory_mib: int, shared_buffers: str) -> None:
    assert settings(place, memory_mib * MIB, 15)["shared_buffers"] == shared_buffers


def test_the_log_of_writes_is_packed_as_the_server_can(place: Place) -> None:
    assert [settings(place, MIB, version)["wal_compression"] for version in (14, 15)] == ["on", "lz4"]


def test_only_what_went_wrong_is_shown_of_a_log(tmp_path: Path) -> None:
    (tmp_path / "old.log").write_text("FATAL:  long ago\n")
    os.utime(tmp_path / "old.log", (0, 0))
    (tmp_path / "new.log").write_text("LOG:  starting\nFATAL:  lock file exists\nHINT:  remove it\n")
    assert complaints(tmp_path) == "FATAL:  lock file exists\nHINT:  remove it"
