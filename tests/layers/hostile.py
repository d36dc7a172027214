"""Files made to do harm: each is built small, and says what it would reach for."""

import json
import sqlite3
import zipfile
from pathlib import Path

import numpy as np
import shapely

from tests.layers.drawn import write
from tests.layers.town import feature, square

SQUARE = square(0, 0, 1, 1)


def geojson(path: Path, crs: object) -> Path:
    """GeoJSON whose old crs member says anything."""
    whole = {"type": "FeatureCollection", "crs": crs, "features": [feature(SQUARE, code="1")]}
    path.write_text(json.dumps(whole))
    return path


def kml(path: Path, head: str, name: str) -> Path:
    """KML with a head (a document type, say) before one placemark."""
    place = "<Placemark><name>" + name + "</name><Point><coordinates>-119.72,36</coordinates></Point></Placemark>"
    path.write_text(f'<?xml version="1.0"?>{head}<kml xmlns="http://www.opengis.net/kml/2.2">{place}</kml>')
    return path


def laughs() -> str:
    """Nine entities, each of ten of the one before: a thousand million laughs."""
    lines = ['<!ENTITY a "ha">'] + [
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    return f"<!DOCTYPE kml [{''.join(lines)}]>"


def workbook(path: Path, canary: Path) -> Path:
    """An Excel file whose sheet includes an outside file as an entity."""
    sheet = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY c SYSTEM "file://{canary}">]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>code</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>lon</t></is></c></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t>&c;</t></is></c><c r="B2"><v>1</v></c></row></sheetData></worksheet>'
    )
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packages = "http://schemas.openxmlformats.org/package/2006"
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{packages}/content-types"><Override PartName="/xl/workbook.xml" '
            f'ContentType="{main}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" '
            f'ContentType="{main}.worksheet+xml"/></Types>',
        )
        archive.writestr(
            "xl/workbook.xml",
            '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
            f'xmlns:r="{kinds}"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{packages}/relationships"><Relationship Id="rId1" Type="{kinds}/worksheet" '
            'Target="worksheets/sheet1.xml"/></Relationships>',
        )
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return path


def geopackage(path: Path, view: str) -> Path:
    """A GeoPackage whose layer is a view: any SELECT runs when it is read."""
    plain = write(path, [SQUARE], {"code": ["1"]}, driver="GPKG", layer="areas", geometry_type="Polygon")
    with sqlite3.connect(plain) as content:
        content.execute(f"create view swollen as {view}")
        content.execute(
            "insert into gpkg_contents (table_name, data_type, identifier, srs_id)"
            " values ('swollen', 'features', 'swollen', 4326)"
        )
        content.execute("insert into gpkg_geometry_columns values ('swollen', 'geom', 'POLYGON', 4326, 0, 0)")
    return plain


ENDLESS = (
    "with recursive n(x) as (select 1 union all select x + 1 from n) select a.fid, a.code || n.x as code, a.geom "
    "from areas a, n where n.x < 0"
)


def long_polygon(vertices: int) -> shapely.Polygon:
    """A circle of so many vertices."""
    turn = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    return shapely.Polygon(np.column_stack((-119.72 + 0.01 * np.cos(turn), 36.0 + 0.01 * np.sin(turn))))


def star(corners: int) -> shapely.Polygon:
    """A ring of corners drawn by lot: it crosses itself about corners * corners / 5 times."""
    return shapely.Polygon(np.random.default_rng(311).random((corners, 2)) * 0.01 + (-119.72, 36.0))


def combs(teeth: int) -> list[shapely.Polygon]:
    """Two sound outlines that cross each other teeth * teeth times."""
    corner = np.array((-119.72, 36.0))
    along, across = np.arange(teeth) / teeth, np.arange(teeth) % 2
    one = np.vstack((np.column_stack((along, across)), ((1, -0.1), (0, -0.1)))) * 0.01
    return [shapely.Polygon(one + corner), shapely.Polygon(one[:, ::-1] + corner)]
