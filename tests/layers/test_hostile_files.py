"""Files made to do harm: bounded, refused with a sentence, nothing read outside, nothing sent, nothing written."""

import ctypes
import gzip
import os
import signal
import socket
import sqlite3
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from layers import archives, files, source
from layers.confined import door
from layers.confined.walls import Limits
from layers.errors import BadFile
from layers.faults import Refused
from layers.models import Edition, StagedFeature
from tests.layers import hostile
from tests.layers.conftest import Loader
from tests.layers.drawn import csv, write, zipped
from tests.layers.test_files import COLUMNS, SQUARES, codes_in, refusal

CANARY = "the canary sings"


def landlock() -> bool:
    return int(ctypes.CDLL(None).syscall(444, None, 0, 1)) > 0


needs_landlock = pytest.mark.skipif(
    not landlock(), reason="this kernel has no Landlock, so that files are not shut out"
)


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A file outside that nobody may read: a table, so that a driver that got at it would show what it says."""
    return csv(tmp_path / "canary.csv", "code,lon,lat", f"{CANARY},-119.72,36")


@contextmanager
def listener() -> Iterator[tuple[int, list[str]]]:
    """A port on the loopback and the list of those who called."""
    calls: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        stop = threading.Event()

        def listen() -> None:
            while not stop.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                calls.append("called")
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield server.getsockname()[1], calls
        stop.set()
        thread.join()


def reader_pid() -> int:
    """The process that waits to read, of the one reading there is (begun after ``nothing_is_read``)."""
    warden = door._warden._process
    assert warden is not None
    (keeper,) = children(warden.pid)
    (reading,) = children(keeper)
    return reading


def nothing_is_read() -> None:
    """Waits until the readings of earlier tests have ended: they hear of it by their socket, a moment later."""
    warden = door._warden._process
    until = time.monotonic() + 60
    while warden is not None and warden.poll() is None and living(warden.pid):
        assert time.monotonic() < until, "a reading does not end"
        time.sleep(0.01)


def children(pid: int) -> list[int]:
    """Children of a process that live, once it has any."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if found := living(pid):
            return found
        time.sleep(0.01)
    raise AssertionError(f"process {pid} has no child")


def living(pid: int) -> list[int]:
    """Children of a process at this moment."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@needs_landlock
@pytest.mark.parametrize("driver", ["CSV", "GeoJSON"])
def test_a_reading_sees_nothing_but_its_own_folder(tmp_path: Path, canary: Path, driver: str) -> None:
    own = tmp_path / "own"
    own.mkdir()
    inside = csv(own / "layer.csv", "code,lon,lat", "inside,1,2")
    with door.session(own) as session:
        allowed = session.ask("a", 1, {"task": "layers", "driver": "CSV", "address": str(inside), "options": {}})
        assert allowed.json() == [["layer", None]]
    (own / "link.csv").symlink_to(canary)
    for address in (canary, own / "link.csv", "/etc/passwd", "/proc/self/environ"):
        with door.session(own) as session, pytest.raises(BadFile, match="cannot be read") as refused:
            session.ask("a", 1, {"task": "layers", "driver": driver, "address": str(address), "options": {}}).json()
        assert CANARY not in str(refused.value)


def test_a_reading_reaches_no_network(tmp_path: Path) -> None:
    with listener() as (port, calls):
        address = f"http://127.0.0.1:{port}/areas.geojson"
        with door.session(tmp_path) as session, pytest.raises(BadFile):
            request = {"task": "layers", "driver": "GeoJSON", "address": f"/vsicurl/{address}", "options": {}}
            session.ask("a", 1, request).json()
        for crs in (
            {"type": "link", "properties": {"href": address, "type": "ogcwkt"}},
            {"type": "url", "properties": {"url": address}},
            {"type": "name", "properties": {"name": address}},
        ):
            with files.opened(hostile.geojson(tmp_path / "areas.geojson", crs)) as opened:
                source.read(opened)
        assert calls == []


def test_the_process_that_reads_knows_no_secret(tmp_path: Path) -> None:
    nothing_is_read()
    with door.session(tmp_path):
        warden = door._warden._process
        assert warden is not None
        for pid in (warden.pid, reader_pid()):
            environment = Path(f"/proc/{pid}/environ").read_text()
            assert "SECRET_KEY" not in environment
            assert "DATABASE_URL" not in environment


def test_only_the_driver_of_the_format_is_there(tmp_path: Path, canary: Path) -> None:
    with door.session(tmp_path) as session, pytest.raises(BadFile, match="not recognized"):
        session.ask("a", 1, {"task": "layers", "driver": "GPKG", "address": str(canary), "options": {}}).json()


@pytest.mark.parametrize("killed_by", [signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS])
def test_a_crash_of_the_reader_is_a_sentence_and_the_next_file_is_read(tmp_path: Path, killed_by: int) -> None:
    path = write(tmp_path / "areas", SQUARES, COLUMNS, driver="GPKG")
    nothing_is_read()
    with files.laid_out(path) as (laid, _inner):
        os.kill(reader_pid(), killed_by)
        with pytest.raises(BadFile, match=r"damaged"):
            files.layers_in(laid)
    assert codes_in(path) == ["1", "2"]


def test_the_warden_is_started_again_where_it_died(tmp_path: Path) -> None:
    path = write(tmp_path / "areas", SQUARES, COLUMNS, driver="GPKG")
    assert codes_in(path) == ["1", "2"]
    warden = door._warden._process
    assert warden is not None
    warden.kill()
    warden.wait()
    assert codes_in(path) == ["1", "2"]


def tight(monkeypatch: pytest.MonkeyPatch, **limits: int) -> None:
    given = {"cpu_s": 60, "wall_s": 120, "memory": 4 * 1024**3, "file_size": 1024**3} | limits
    monkeypatch.setattr(door, "limits_for", lambda _size: Limits(**given))


def test_a_geopackage_that_computes_for_ever_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tight(monkeypatch, cpu_s=1)
    path = hostile.geopackage(tmp_path / "areas", hostile.ENDLESS)
    assert "takes longer than 1 s" in refusal(path, "swollen")


def test_a_reading_that_waits_for_ever_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tight(monkeypatch, wall_s=1)
    path = hostile.geopackage(tmp_path / "areas", hostile.ENDLESS)
    assert "takes longer than" in refusal(path, "swollen")


def test_a_file_that_needs_too_much_memory_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tight(monkeypatch, memory=200 * 1024**2)
    assert "memory" in refusal(write(tmp_path / "areas", SQUARES * 20_000, {"code": ["1"] * 40_000}, driver="GeoJSON"))


@pytest.mark.parametrize(
    ("limit", "value", "told"),
    [
        ("MAX_VERTICES", 1000, "one geometry of about"),
        ("MAX_FEATURES", 1, "2 features, more than may be read"),
        ("MAX_BYTES", 1000, "more than may be read"),
        ("MAX_COLUMNS", 1, "2 columns, more than may be read"),
    ],
)
@pytest.mark.parametrize("driver", ["GPKG", "GeoJSON"])
def test_a_layer_beyond_a_limit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, told: str, driver: str
) -> None:
    monkeypatch.setattr(source, limit, value)
    shapes = [hostile.long_polygon(2000), SQUARES[1]]
    message = refusal(write(tmp_path / "areas", shapes, COLUMNS, driver=driver))
    assert told in message
    assert message.endswith("Split it.")


@pytest.mark.slow
def test_ten_million_vertices_are_refused(tmp_path: Path, load_file: Loader) -> None:
    shape = hostile.long_polygon(10_000_000)
    path = write(tmp_path / "areas", [shape], {"code": ["1"]}, driver="GPKG")
    with pytest.raises(BadFile, match="one geometry of about 10000"):
        load_file(path)
    assert not Edition.objects.exists()


def test_an_outline_tangled_beyond_measure_is_not_repaired(tmp_path: Path, load_file: Loader) -> None:
    path = write(tmp_path / "areas", [hostile.star(3000)], {"code": ["1"]}, driver="GeoJSON")
    began = time.process_time()
    with pytest.raises(Refused, match="cannot be repaired"):
        load_file(path, invalid=["repair"])
    assert time.process_time() - began < 10


def test_combs_that_cross_in_a_million_places_are_not_united(tmp_path: Path, load_file: Loader) -> None:
    path = write(tmp_path / "areas", hostile.combs(5000), {"code": ["1", "1"]}, driver="GeoJSON")
    crosswalk = tmp_path / "areas.yaml"
    crosswalk.write_text("code: code\nmerge: true\n")
    with pytest.raises(Refused, match="duplicate_code"):
        load_file(path, crosswalk=crosswalk)


def test_a_geopackage_left_open_by_its_editor_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "areas", SQUARES, COLUMNS, driver="GPKG")
    with sqlite3.connect(path) as content:
        content.execute("pragma journal_mode = wal")
    content.close()
    assert codes_in(path) == ["1", "2"]


@pytest.mark.parametrize(
    "head", [hostile.laughs(), '<!DOCTYPE kml SYSTEM "http://127.0.0.1/a.dtd">', '<!DOCTYPE kml [<!ENTITY i "x">]>']
)
def test_xml_that_declares_entities_is_not_read(tmp_path: Path, head: str) -> None:
    assert "declares a document type" in refusal(hostile.kml(tmp_path / "areas.kml", head, "&i;"))


def test_an_excel_file_includes_no_other(tmp_path: Path, canary: Path) -> None:
    path = hostile.workbook(tmp_path / "areas.xlsx", canary)
    try:
        with files.opened(path) as opened:
            values = str(source.read(opened).columns)
    except BadFile as error:
        values = str(error)
    assert CANARY not in values


@pytest.mark.parametrize(
    "view",
    [
        "select 1 as fid, readfile('{canary}') as code, null as geom",
        "select 1 as fid, load_extension('{canary}') as code, null as geom",
        "select 1 as fid, gdal_get_layer_pixel_value('{canary}', 1, 'georef', 1, 2) as code, null as geom",
        "select 1 as fid, code, null as geom from VirtualOGR('{canary}')",
    ],
)
def test_the_sql_of_a_geopackage_reads_no_other_file(tmp_path: Path, canary: Path, view: str) -> None:
    path = hostile.geopackage(tmp_path / "areas", view.format(canary=canary))
    try:
        with files.opened(path, layer="swollen") as opened:
            values = str(source.read(opened).columns)
    except BadFile as error:
        values = str(error)
    assert CANARY not in values


@pytest.mark.parametrize("grids", ["/etc/passwd", "../grids/us.gsb", "\\\\host\\grids.gsb", "https://127.0.0.1/us.gsb"])
def test_a_system_that_names_a_file_is_not_believed(tmp_path: Path, grids: str) -> None:
    path = write(tmp_path / "areas", SQUARES, COLUMNS, driver="ESRI Shapefile")
    path.with_suffix(".prj").write_text(
        'PROJCS["a",GEOGCS["b",DATUM["c",SPHEROID["d",6378137,298.257]],PRIMEM["e",0],UNIT["f",0.0174532925199433]],'
        f'PROJECTION["Mercator_1SP"],UNIT["metre",1],EXTENSION["PROJ4","+proj=merc +nadgrids={grids} +wktext"]]'
    )
    assert "coordinate system that is not known" in refusal(path)


def test_a_part_of_a_shapefile_that_is_a_link_is_refused(tmp_path: Path, canary: Path) -> None:
    path = write(tmp_path / "areas", SQUARES, COLUMNS, driver="ESRI Shapefile")
    path.with_suffix(".prj").unlink()
    path.with_suffix(".prj").symlink_to(canary)
    assert "areas.prj is a link" in refusal(path)


def test_links_in_the_folder_of_a_geodatabase_are_left_behind(tmp_path: Path, canary: Path) -> None:
    path = write(tmp_path / "city", SQUARES, COLUMNS, driver="OpenFileGDB", layer="beats", geometry_type="MultiPolygon")
    (path / "a0000000f.gdbtable").symlink_to(canary)
    assert codes_in(path, layer="beats") == ["1", "2"]


def test_names_in_a_zip_never_name_our_files(tmp_path: Path) -> None:
    packed = tmp_path / "areas.zip"
    plain = write(tmp_path / "areas", SQUARES, COLUMNS, driver="GeoJSON")
    for name in ("x" * 4000 + ".geojson", "a?b=c.zip.geojson", "CSV:passwd.geojson", "con\n.geojson"):
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(f"in/{name}", plain.read_bytes())
        assert codes_in(packed) == ["1", "2"]


def test_a_zip_that_lies_about_its_sizes_is_damaged(tmp_path: Path) -> None:
    plain = write(tmp_path / "areas", SQUARES, COLUMNS, driver="GeoJSON")
    packed = zipped(tmp_path / "areas.zip", plain)
    size = plain.stat().st_size.to_bytes(4, "little")
    packed.write_bytes(packed.read_bytes().replace(size, (10).to_bytes(4, "little")))
    assert "damaged" in refusal(packed)


@pytest.mark.parametrize("suffix", ["gz", "xlsx"])
def test_bombs_of_every_packing_stop_at_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    monkeypatch.setattr(archives, "MAX_BYTES", 100_000)
    monkeypatch.setattr(files, "_WORKBOOK_BYTES", 100_000)
    path = tmp_path / f"areas.{suffix}"
    if suffix == "gz":
        path.write_bytes(gzip.compress(b"{" + b" " * 10_000_000))
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/workbook.xml", b" " * 10_000_000)
    assert "unpacks to more than may be (0.1 MiB)" in refusal(path)


@pytest.mark.parametrize("text", ["[" * 200_000, '{"type": "Feature", "a": ' + "[" * 200_000])
def test_json_nested_without_end_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "areas.geojson"
    path.write_text(text)
    assert "areas.geojson" in refusal(path)


def test_a_table_of_too_many_columns_is_refused(tmp_path: Path) -> None:
    header = ",".join(f"c{number}" for number in range(3000))
    assert "3000 columns" in refusal(csv(tmp_path / "areas.csv", header))


def test_a_refusal_writes_nothing(tmp_path: Path, load_file: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    tight(monkeypatch, cpu_s=1)
    path = hostile.geopackage(tmp_path / "areas", hostile.ENDLESS)
    with pytest.raises(BadFile):
        load_file(path, layer="swollen")
    assert not Edition.objects.exists()
    assert not StagedFeature.objects.exists()
