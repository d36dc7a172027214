"""Which files are let in, and what is said of those that are not."""

import gzip
import json
import zipfile
from pathlib import Path

import pytest

from layers import archives, files
from layers.errors import BadFile
from layers.faults import Refused
from layers.source import read
from tests.layers.conftest import Loader
from tests.layers.drawn import csv, write, zipped
from tests.layers.town import feature, square
from tests.layers.town import write as write_geojson

SQUARES = [square(0, 0, 1, 1), square(1, 0, 2, 1)]
COLUMNS = {"code": ["1", "2"], "name": ["One", "Two"]}


def codes_in(path: Path, **options: str) -> list[str]:
    with files.opened(path, **options) as source:
        return list(read(source).columns["code"])


def refusal(path: Path | str, layer: str | None = None) -> str:
    with pytest.raises(BadFile) as caught, files.opened(path, layer=layer) as source:
        read(source)
    return str(caught.value)


@pytest.mark.parametrize("driver", ["ESRI Shapefile", "GPKG", "GeoJSON"])
def test_a_layer_is_read_plain_and_zipped(tmp_path: Path, driver: str) -> None:
    plain = write(tmp_path / "areas", SQUARES, COLUMNS, driver=driver)
    assert codes_in(plain) == ["1", "2"]
    assert codes_in(zipped(tmp_path / "areas.zip", plain)) == ["1", "2"]
    assert codes_in(zipped(tmp_path / "deep.zip", plain, folder="a/b/")) == ["1", "2"]


def test_the_content_says_the_format_not_the_name(tmp_path: Path) -> None:
    written = write(tmp_path / "areas", SQUARES, COLUMNS, driver="GPKG")
    assert codes_in(written.rename(tmp_path / "areas.dat")) == ["1", "2"]


def test_gzip_of_geojson_and_csv(tmp_path: Path) -> None:
    areas = write_geojson(tmp_path / "areas.geojson", [feature(SQUARES[0], code="7")])
    table = csv(tmp_path / "points.csv", "code,lon,lat", "9,-119.7,36.0")
    for plain, code in ((areas, "7"), (table, "9")):
        packed = tmp_path / f"{plain.name}.gz"
        packed.write_bytes(gzip.compress(plain.read_bytes()))
        assert codes_in(packed) == [code]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_csv_is_read_in_the_encodings_that_offices_save(tmp_path: Path, encoding: str) -> None:
    path = csv(tmp_path / "points.csv", "code;name", "1;Peñón", encoding=encoding)
    with files.opened(path) as source:
        table = read(source)
    assert table.columns["name"] == ["Peñón"]
    assert bool(table.notices) == (encoding == "cp1252")


def test_csv_codes_keep_their_leading_zeros(tmp_path: Path) -> None:
    assert codes_in(csv(tmp_path / "points.csv", "code,lon,lat", "007,-119.7,36.0")) == ["007"]


def test_a_zip_with_several_layers_asks_which(tmp_path: Path) -> None:
    beats = write(tmp_path / "beats", SQUARES, COLUMNS, driver="ESRI Shapefile")
    wards = write(tmp_path / "wards", SQUARES[:1], {"code": ["W"]}, driver="GeoJSON")
    both = zipped(tmp_path / "both.zip", beats, wards)
    assert "2 layers" in refusal(both)
    assert "beats.shp" in refusal(both)
    assert codes_in(both, layer="wards") == ["W"]
    assert codes_in(both, layer="beats.shp") == ["1", "2"]
    assert "no layer 'parks'" in refusal(both, "parks")


def test_a_geopackage_with_several_layers_asks_which(tmp_path: Path) -> None:
    path = write(tmp_path / "city", SQUARES, COLUMNS, driver="GPKG", layer="beats")
    write(tmp_path / "city", SQUARES[:1], {"code": ["W"]}, driver="GPKG", layer="wards", append=True)
    assert "beats, wards" in refusal(path)
    assert codes_in(path, layer="WARDS") == ["W"]
    assert codes_in(zipped(tmp_path / "city.zip", path), layer="wards") == ["W"]
    assert codes_in(zipped(tmp_path / "city.zip", path), layer="city:wards") == ["W"]


def test_only_the_parts_of_a_shapefile_are_taken(tmp_path: Path) -> None:
    plain = write(tmp_path / "areas", SQUARES, COLUMNS, driver="ESRI Shapefile")
    plain.with_suffix(".dbf~").write_bytes(b"an editor's backup")
    plain.with_suffix(".xml").write_text("<!DOCTYPE a SYSTEM 'file:///etc/hostname'>")
    assert codes_in(plain) == ["1", "2"]


def test_a_shapefile_without_its_table_is_refused(tmp_path: Path) -> None:
    plain = write(tmp_path / "areas", SQUARES, COLUMNS, driver="ESRI Shapefile")
    plain.with_suffix(".dbf").unlink()
    assert "no .dbf" in refusal(plain)


VRT = (
    '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>'
    "</OGRVRTDataSource>"
)


@pytest.mark.parametrize("name", ["areas.vrt", "areas.geojson", "areas.csv", "areas.shp", "areas.gpkg"])
def test_a_file_that_names_other_files_is_refused_under_any_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(VRT)
    assert "no accepted format" in refusal(path)


@pytest.mark.parametrize(
    "address",
    [
        "/vsicurl/http://127.0.0.1/areas.geojson",
        "http://127.0.0.1/areas.geojson",
        "/vsizip/areas.zip/areas.shp",
        "PG:dbname=onemap",
        "<OGRVRTDataSource/>",
        "GeoJSON:areas.geojson",
    ],
)
def test_addresses_of_other_places_are_no_files(address: str) -> None:
    assert "There is no file" in refusal(address)


@pytest.mark.parametrize(
    "content",
    [
        b'{"type": "Topology", "objects": {"a": {"type": "Polygon"}}}',
        b'{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline"}',
        b'{"stac_version": "1.0.0", "assets": {"a": {"href": "http://127.0.0.1/"}}}',
        b"not json at all",
        b"",
        b"\x00" * 100,
    ],
)
def test_other_json_and_rubbish_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "areas.geojson"
    path.write_bytes(content)
    assert "areas.geojson" in refusal(path)


def test_features_one_after_the_other_in_no_lines_are_refused_rather_than_read_in_part(tmp_path: Path) -> None:
    path = tmp_path / "areas.geojson"
    path.write_text("\n".join(json.dumps(feature(one, code="1"), indent=1) for one in SQUARES))
    assert "one FeatureCollection" in refusal(path)


def test_a_plain_sqlite_file_is_no_geopackage(tmp_path: Path) -> None:
    path = tmp_path / "areas.sqlite"
    path.write_bytes(b"SQLite format 3\x00" + b"\x00" * 200)
    assert "no GeoPackage" in refusal(path)


@pytest.mark.parametrize("name", ["../out.geojson", "/etc/out.geojson", "a/../../out.geojson", "..\\out.geojson"])
def test_a_zip_that_points_out_of_itself_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "areas.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, json.dumps({"type": "FeatureCollection", "features": []}))
    assert "points out of the archive" in refusal(path)
    assert not (tmp_path.parent / "out.geojson").exists()


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "areas.zip"
    info = zipfile.ZipInfo("areas.geojson")
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    assert "link" in refusal(path)


def test_a_zip_bomb_stops_at_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_BYTES", 100_000)
    path = tmp_path / "areas.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("areas.geojson", b"{" + b" " * 10_000_000)
    assert "unpacks to more" in refusal(path)


@pytest.mark.parametrize("content", [b"PK\x05\x06" + b"\x00" * 18, b"PK\x03\x04 cut off"])
def test_an_empty_or_broken_zip_is_said_to_be_one(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "areas.zip"
    path.write_bytes(content)
    assert "areas.zip" in refusal(path)


def test_a_broken_gzip_is_said_to_be_one(tmp_path: Path) -> None:
    path = tmp_path / "areas.geojson.gz"
    path.write_bytes(gzip.compress(b"{}" * 1000)[:30])
    assert "cannot be unpacked" in refusal(path)


@pytest.mark.parametrize("driver", ["GPKG", "GeoJSON"])
def test_a_file_cut_off_gives_a_sentence_without_our_folders(tmp_path: Path, driver: str) -> None:
    plain = write(tmp_path / "areas", SQUARES, COLUMNS, driver=driver)
    data = plain.read_bytes()
    plain.write_bytes(data[: len(data) * 2 // 3])
    assert "onemap-load" not in refusal(plain)


def test_a_shapefile_cut_off_has_features_without_geometry(tmp_path: Path, load_file: Loader) -> None:
    plain = write(tmp_path / "areas", SQUARES, COLUMNS, driver="ESRI Shapefile")
    plain.write_bytes(plain.read_bytes()[:300])
    with pytest.raises(Refused, match="no geometry"):
        load_file(plain)


def test_where_chooses_and_a_wrong_expression_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "areas", SQUARES, COLUMNS, driver="GeoJSON")
    with files.opened(path) as source:
        assert read(source, where="name = 'Two' AND code > '1'").columns["code"] == ["2"]
        assert read(source, where="name = 'Two'").total == 2
        with pytest.raises(BadFile, match="cannot be read"):
            read(source, where="colour = 'red'")


def test_columns_hold_what_the_file_says(tmp_path: Path) -> None:
    path = write_geojson(
        tmp_path / "areas.geojson",
        [feature(SQUARES[0], code="1", n=5, f=1.5, t=True, none=None, many=["a", "b"]), feature(SQUARES[1], code="2")],
    )
    with files.opened(path) as source:
        columns = read(source).columns
    assert columns["n"] == [5, None]
    assert columns["f"] == [1.5, None]
    assert columns["many"][0] == ["a", "b"]
    assert columns["none"] == [None, None]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (("code,lon,lat", "1,-119.7"), "line 2: 2 values under 3 columns"),
        (("code,lon,lat", "1,-119.7,36,5"), "line 2: 4 values under 3 columns"),
        (("code,,lat", "1,-119.7,36"), "names every column"),
        (("code,x,x", "1,-119.7,36"), "several columns called x"),
        (("code,lon", '1,"-119.7'), "line 2"),
    ],
)
def test_a_table_with_uneven_rows_is_refused(tmp_path: Path, rows: tuple[str, ...], told: str) -> None:
    assert told in refusal(csv(tmp_path / "points.csv", *rows))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_table_may_have_any_usual_separator(tmp_path: Path, separator: str) -> None:
    path = csv(tmp_path / "points.csv", separator.join(("code", "lon", "lat")), separator.join(("1", "-119.7", "36")))
    assert codes_in(path) == ["1"]
