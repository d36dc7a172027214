"""Ten formats come in, each with its oddities; every other one is refused by its name."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyogrio import raw

from layers import files
from layers.source import SourceTable, read
from tests.layers.drawn import csv, write, zipped
from tests.layers.test_files import COLUMNS, SQUARES, codes_in, refusal
from tests.layers.town import feature


def table_of(path: Path, **options: str) -> SourceTable:
    with files.opened(path, **options) as source:
        return read(source)


def geometries(table: SourceTable) -> list[shapely.Geometry]:
    return list(shapely.from_wkb(table.wkb))


@pytest.mark.parametrize("driver", ["GeoJSONSeq", "FlatGeobuf", "LIBKML"])
def test_a_layer_of_one_file_is_read_plain_and_zipped(tmp_path: Path, driver: str) -> None:
    plain = write(tmp_path / "areas", SQUARES, COLUMNS, driver=driver)
    table = table_of(plain)
    found = dict(zip(table.columns["code"], geometries(table), strict=True))  # FlatGeobuf has an order of its own
    assert found.keys() == {"1", "2"}
    assert shapely.equals(shapely.force_2d(found["1"]), SQUARES[0])
    assert sorted(codes_in(zipped(tmp_path / "areas.zip", plain))) == ["1", "2"]


def test_a_sequence_with_record_separators_over_several_lines_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "areas.seq"
    path.write_text("".join("\x1e" + json.dumps(feature(one, code="7"), indent=1) + "\n" for one in SQUARES))
    assert codes_in(path) == ["7", "7"]


def test_geojson_in_utf_16_is_read(tmp_path: Path) -> None:
    path = tmp_path / "areas.geojson"
    whole = {"type": "FeatureCollection", "features": [feature(SQUARES[0], code="Peñón")]}
    path.write_bytes(json.dumps(whole, ensure_ascii=False).encode("utf-16"))
    assert codes_in(path) == ["Peñón"]


def topology(code: str) -> dict[str, object]:
    """Two quantized triangles that share an arc, as TopoJSON has them."""
    shared, one, other = (
        [[0, 0], [1000, 1000]],
        [[1000, 1000], [-1000, 0], [0, -1000]],
        [[1000, 1000], [0, -1000], [-1000, 0]],
    )
    areas = [
        {"type": "Polygon", "arcs": [[0, 1]], "properties": {"code": code}},
        {"type": "Polygon", "arcs": [[0, 2]], "properties": {"code": "2"}},
    ]
    return {
        "type": "Topology",
        "transform": {"scale": [0.00001, 0.00001], "translate": [-119.72, 36.0]},
        "arcs": [shared, one, other],
        "objects": {"areas": {"type": "GeometryCollection", "geometries": areas}},
    }


def test_topojson_is_read_in_degrees(tmp_path: Path) -> None:
    path = tmp_path / "areas.topojson"
    path.write_text(json.dumps(topology("1")))
    table = table_of(path)
    assert table.columns["code"] == ["1", "2"]
    assert table.crs is not None
    assert table.crs.to_epsg() == 4326
    assert shapely.total_bounds(geometries(table)) == pytest.approx((-119.72, 36.0, -119.71, 36.01))


def geodatabase(tmp_path: Path) -> Path:
    """A File Geodatabase of two layers, as a folder."""
    path = write(tmp_path / "city", SQUARES, COLUMNS, driver="OpenFileGDB", layer="beats", geometry_type="MultiPolygon")
    return write(path, SQUARES[:1], {"code": ["W"]}, driver="OpenFileGDB", layer="wards", append=True,
                 geometry_type="MultiPolygon")  # fmt: skip


@pytest.mark.parametrize("folder", ["city.gdb/", "data/city.gdb/", ""])
def test_a_file_geodatabase_is_read_as_folder_and_out_of_a_zip(tmp_path: Path, folder: str) -> None:
    path = geodatabase(tmp_path)
    (path / "editor.lock").write_text("somebody works on it")
    packed = tmp_path / "city.gdb.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for part in sorted(path.iterdir()):
            archive.write(part, f"{folder}{part.name}")
    assert codes_in(path, layer="beats") == ["1", "2"]
    assert codes_in(packed, layer="wards") == ["W"]
    assert "holds 2 layers. Say --layer with one of: beats, wards" in refusal(packed)


def test_kmz_is_read_with_its_extended_data(tmp_path: Path) -> None:
    plain = write(tmp_path / "doc", SQUARES, COLUMNS, driver="LIBKML")
    assert codes_in(zipped(tmp_path / "areas.kmz", plain)) == ["1", "2"]


def test_the_links_of_a_kml_to_others_are_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "areas.kml"
    path.write_text(
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>a</name><NetworkLink><Link>'
        "<href>http://127.0.0.1/other.kml</href></Link></NetworkLink></Document></kml>"
    )
    assert len(table_of(path)) == 0


def workbook(path: Path, columns: dict[str, list[object]]) -> Path:
    """An Excel file of one sheet."""
    fields = [np.array(values, dtype=object if isinstance(values[0], str) else None) for values in columns.values()]
    raw.write(path, geometry=None, field_data=fields, fields=list(columns), driver="XLSX", geometry_type=None, crs=None)
    return path


def test_an_excel_file_is_a_table_with_places(tmp_path: Path) -> None:
    path = workbook(tmp_path / "lights.xlsx", {"code": ["007", "8"], "lon": [-119.71, -119.70], "lat": [36.01, 36.0]})
    assert table_of(path).columns == {"code": ["007", "8"], "lon": [-119.71, -119.70], "lat": [36.01, 36.0]}
    assert codes_in(zipped(tmp_path / "lights.zip", path)) == ["007", "8"]


def test_an_excel_file_of_texts_alone_has_its_first_line_as_header(tmp_path: Path) -> None:
    path = workbook(tmp_path / "names.xlsx", {"code": ["a", "b"], "wkt": ["POINT (1 2)", "POINT (3 4)"]})
    assert table_of(path).columns["code"] == ["a", "b"]


def test_a_shapefile_without_its_index_is_read_and_it_is_said(tmp_path: Path) -> None:
    plain = write(tmp_path / "areas", SQUARES, COLUMNS, driver="ESRI Shapefile")
    plain.with_suffix(".shx").unlink()
    table = table_of(plain)
    assert table.columns["code"] == ["1", "2"]
    assert "There is no .shx beside it: the index was made anew." in table.notices
    assert not plain.with_suffix(".shx").exists()


def test_parts_of_a_shapefile_may_differ_in_case(tmp_path: Path) -> None:
    plain = write(tmp_path / "areas", SQUARES, COLUMNS, driver="ESRI Shapefile")
    packed = tmp_path / "areas.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for part in plain.parent.glob("areas.*"):
            archive.write(part, f"Data\\{part.name.upper() if part.suffix == '.dbf' else part.name}")
    assert codes_in(packed) == ["1", "2"]


def text_table(tmp_path: Path, text: bytes, *, cpg: str | None, language: int = 0) -> SourceTable:
    """A Shapefile whose table holds bytes as they are, with or without a word about their encoding."""
    plain = write(
        tmp_path / "areas", SQUARES, {"code": ["1", "2"], "name": ["#" * len(text)] * 2}, driver="ESRI Shapefile"
    )
    table = plain.with_suffix(".dbf")
    content = bytearray(table.read_bytes().replace(b"#" * len(text), text))
    content[29] = language
    table.write_bytes(bytes(content))
    plain.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg:
        plain.with_suffix(".cpg").write_text(cpg)
    return table_of(plain)


@pytest.mark.parametrize(
    ("encoding", "cpg", "language", "told"),
    [
        ("utf-8", "UTF-8", 0, ""),
        ("utf-8", None, 0, "its text is UTF-8"),
        ("cp1252", None, 0, "read as Windows-1252"),
        ("cp1252", None, 0x57, "read as Windows-1252"),
        ("cp1252", "UTF-8", 0, "but it is not"),
        ("latin-1", "ISO-8859-1", 0, ""),
        ("cp850", None, 0x02, ""),
        ("cp1252", "1252", 0, ""),
    ],
)
def test_text_of_a_shapefile_is_read_in_its_encoding_whatever_it_says(
    tmp_path: Path, encoding: str, cpg: str | None, language: int, told: str
) -> None:
    table = text_table(tmp_path, "Peñón de San Martín".encode(encoding), cpg=cpg, language=language)
    assert table.columns["name"][0] == "Peñón de San Martín"
    assert told in " ".join(table.notices)
    assert bool(table.notices) == bool(told)


REFUSED: list[tuple[str, bytes, str]] = [
    ("areas.gml", b'<ogr:FeatureCollection xmlns:gml="http://www.opengis.net/gml"/>', "a GML file"),
    ("areas.gpx", b'<?xml version="1.0"?><gpx version="1.1"></gpx>', "a GPX file"),
    ("areas.vrt", b"<OGRVRTDataSource/>", "a virtual layer (VRT)"),
    ("areas.geojson", b"<!DOCTYPE html><html><body>Log in</body></html>", "a web page"),
    ("areas.json", b'{"geometryType": "esriGeometryPolygon", "features": []}', "ESRI JSON"),
    ("areas.parquet", b"PAR1" + bytes(8), "a Parquet file"),
    ("areas.tab", b"!table\n!version 300\n", "a MapInfo table"),
    ("areas.mif", b"Version 300\nCharset", "a MapInfo exchange file"),
    ("areas.dwg", b"AC1032" + bytes(8), "an AutoCAD drawing (.dwg)"),
    ("areas.dxf", b"  0\nSECTION\n  2\nHEADER", "an AutoCAD drawing (.dxf)"),
    ("areas.e00", b"EXP  0 AREAS.E00", "an ARC/INFO export file"),
    ("areas.mdb", b"\x00\x01\x00\x00Standard Jet DB\x00", "an Access database"),
    ("areas.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel"),
    ("areas.pdf", b"%PDF-1.7", "a PDF"),
    ("areas.tif", b"II*\x00" + bytes(8), "a picture (TIFF)"),
    ("areas.mbtiles", b"SQLite format 3\x00" + bytes(52) + b"MPBX" + bytes(40), "an MBTiles archive"),
    ("areas.sqlite", b"SQLite format 3\x00" + bytes(100), "a SQLite or SpatiaLite database"),
    ("areas.pmtiles", b"PMTiles\x03", "a PMTiles archive"),
    ("areas.osm.pbf", b"\x00\x00\x00\x0d\x0a\x09OSMHeader", "an OpenStreetMap extract"),
    ("areas.7z", b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    ("areas.rar", b"Rar!\x1a\x07", "a RAR archive"),
    ("areas.dbf", b"\x03" + bytes(40), "the table of a Shapefile"),
    ("areas.qgs", b"<qgis projectname='x'></qgis>", "a QGIS project"),
]


@pytest.mark.parametrize(("name", "content", "told"), REFUSED, ids=[name for name, _, _ in REFUSED])
def test_other_formats_are_refused_by_their_name(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert told in refusal(path)
    assert "Accepted: Shapefile" in refusal(path)


Make = Callable[[Path], Path]


def _document(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return path


def _nested(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("beats.zip", b"PK\x05\x06" + bytes(18))
    return path


@pytest.mark.parametrize(
    ("make", "told"), [(_document, "a Word or PowerPoint file"), (_nested, "It holds archives (beats.zip): unpack it")]
)
def test_zips_without_a_layer_say_what_they_hold(tmp_path: Path, make: Make, told: str) -> None:
    assert told in refusal(make(tmp_path / "areas.zip"))


def test_a_text_that_is_no_table_is_refused(tmp_path: Path) -> None:
    assert "is no table" in refusal(csv(tmp_path / "licence.txt", "This data is free", "for everybody"))
