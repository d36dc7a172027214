"""Every file of the real data is loaded, or refused with a sentence and not one row; the page of it is in the docs."""

from pathlib import Path

import pytest

from layers.models import Jurisdiction
from tests import factories
from tests.realdata.every_file import Attempt, Row, candidates, page

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/gis/every-file.md"
HEAD = """# Every file tried

Real files from cities, newspapers and the test data of libraries, each tried as `load_layer FILE --kind test
--geometry any --code-field auto --invalid invalid=repair --invalid wrong_type=repair --invalid null_geometry=drop`
for the city that it is of (those of no city: for the whole world). `(+3)` counts the parts of a Shapefile beside its
`.shp`. Nothing was written by any refusal. `tests/realdata/test_every_file.py` makes this page and holds it true.
"""
# Where the files of a folder belong: west, south, east, north in degrees, by the longest beginning of their names.
HOMES = {
    "": (-180, -85, 180, 85),
    "cambridge": (-71.17, 42.34, -71.06, 42.41),
    "losangeles": (-118.95, 32.8, -117.64, 34.83),
    "awkward_derived_A.zip/la": (-118.95, 32.8, -117.64, 34.83),
    "awkward_derived_A.zip/sf": (-122.52, 37.70, -122.35, 37.84),
    "awkward_originals_A.zip/latimes": (-118.95, 32.8, -117.64, 34.83),
    "awkward_originals_A.zip/nyc": (-74.26, 40.49, -73.70, 40.92),
    "awkward_originals_A.zip/stlouis": (-90.33, 38.53, -90.16, 38.78),
    "awkward_originals_A.zip/libpysal/geodanet": (-112.4, 33.2, -111.6, 33.9),
    "awkward_originals_A.zip/libpysal/10740": (-107.7, 34.5, -106.1, 36.3),
    "awkward_originals_A.zip/pyshp/blockgroups": (-122.52, 37.70, -122.35, 37.84),
    "neighborhoods_special_cities.zip/baltimore": (-76.72, 39.19, -76.52, 39.38),
    "neighborhoods_special_cities.zip/charlotte": (-81.1, 34.99, -80.5, 35.52),
    "neighborhoods_special_cities.zip/hampton": (-76.46, 36.95, -76.22, 37.16),
    "neighborhoods_special_cities.zip/indianapolis": (-86.33, 39.63, -85.93, 39.93),
    "neighborhoods_special_cities.zip/los-angeles": (-118.95, 32.8, -117.64, 34.83),
    "neighborhoods_special_cities.zip/philadelphia": (-75.29, 39.86, -74.95, 40.14),
    "neighborhoods_special_cities.zip/san-francisco": (-122.52, 37.70, -122.35, 37.84),
    "sanfrancisco": (-122.52, 37.70, -122.35, 37.84),
}
pytestmark = [pytest.mark.realdata, pytest.mark.slow, pytest.mark.django_db]


class Homes:
    """A jurisdiction for every box, made once."""

    def __init__(self) -> None:
        self.made: dict[tuple[float, ...], Jurisdiction] = {}

    def __call__(self, shown: str) -> Jurisdiction:
        box = HOMES[max((name for name in HOMES if shown.startswith(name)), key=len)]
        if box not in self.made:
            number = len(self.made)
            self.made[box] = factories.jurisdiction(f"home{number}", factories.box(*box), name="the city")
        return self.made[box]


@pytest.mark.timeout(1800)
def test_every_file_is_loaded_or_refused_with_a_sentence(real_data: Path, tmp_path: Path) -> None:
    attempt = Attempt(Homes())
    for candidate in candidates(real_data, tmp_path):
        attempt.run(candidate)
    rows = attempt.rows
    assert covered(rows, "awkward_originals_A.zip/") >= 106
    assert covered(rows, "awkward_derived_A.zip/") >= 13
    assert not [row for row in rows if row.result == "refused" and not row.told.rstrip(" .").strip()]
    assert not [row for row in rows if "Traceback" in row.told or str(tmp_path.parent) in row.told]
    assert not [row for row in rows if "onemap-load" in row.told]
    made = page(rows, HEAD)
    if PAGE.read_text(encoding="utf-8") != made:
        PAGE.write_text(made, encoding="utf-8")
        pytest.fail(f"{PAGE.name} told something else; it is written anew: look at what changed, and commit it")


def covered(rows: list[Row], folder: str) -> int:
    """How many files of a folder the rows account for, sidecars included."""
    beside = {row.shown: row.beside for row in rows if row.shown.startswith(folder)}
    return len(beside) + sum(beside.values())
