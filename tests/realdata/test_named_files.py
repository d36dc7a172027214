"""Twenty files of real cities: the crosswalk proposed for each names its code, and by it the stated count comes in."""

import zipfile
from pathlib import Path

import pytest

from layers import proposal
from layers.decisions import decisions
from layers.kinds import KindChoice
from layers.loading import LoadOptions, load
from layers.models import Edition
from tests import factories
from tests.realdata.test_every_file import HOMES

CAMBRIDGE = "cambridge/cambridge_layers_original.zip"
LOS_ANGELES = "losangeles/boundaries_latimes_shapefiles.zip"
SAN_FRANCISCO = "sanfrancisco/sf_boundaries.zip"
POLYGONS = KindChoice(geometry="polygon", name="Of its own")
# File, layer, kind, the column that the code stands in, how many features come in.
NAMED: list[tuple[str, str | None, str, str, int]] = [
    ("cambridge/cambridge_parcels_fy2014_with_situs_derived.gpkg.zip", None, "parcel", "ML", 13028),
    (CAMBRIDGE, "TRANS_Centerlines", "centerline", "ID", 2643),
    (CAMBRIDGE, "PUBLICSAFETY_PoliceResponseDistricts", "beat", "CADRA", 117),
    (CAMBRIDGE, "BOUNDARY_CDDNeighborhoods", "neighborhood", "N_HOOD", 13),
    (CAMBRIDGE, "BOUNDARY_Zipcodes", "zipcode_area", "ZIP_CODE", 5),
    (CAMBRIDGE, "ELECTIONS_WardsPrecincts", "precinct", "WardPrecinct", 33),
    (CAMBRIDGE, "RECREATION_OpenSpace", "park", "JOIN_ID", 276),
    (CAMBRIDGE, "INFRA_StreetLights", "asset:street_light", "PoleID", 6117),
    (CAMBRIDGE, "INFRA_Hydrants", "asset:hydrant", "GlobalID", 1960),
    (LOS_ANGELES, "lapd/basic-car-areas.shp", "beat", "number", 169),
    (LOS_ANGELES, "lapd/divisions.shp", "division", "number", 21),
    (LOS_ANGELES, "la-city-council", "council_district", "DISTRICT", 15),
    (LOS_ANGELES, "neighborhoods/v6/neighborhoods.shp", "neighborhood", "slug", 318),
    ("losangeles/lynwood_and_la_derived.gpkg", "sheriff_reporting_districts_clipped_to_lynwood", "beat", "name", 13),
    ("losangeles/neighborhood_councils_99.geojson.gz", None, "neighborhood_council", "nc_id", 99),
    ("awkward_derived_A.zip/lapd.gdb.zip", "basic_car_areas", "beat", "number", 169),
    ("awkward_derived_A.zip/la_council_2012.kml", None, "council_district", "DISTRICT", 15),
    (SAN_FRANCISCO, "sf-neighborhoods-311", "neighborhood", "name", 117),
    (SAN_FRANCISCO, "sfpd_districts", "beat", "DISTRICT", 10),
    ("sanfrancisco/tl_2013_06075_roads.zip", None, "centerline", "LINEARID", 5739),
]
pytestmark = [pytest.mark.realdata, pytest.mark.slow, pytest.mark.django_db]


def unpacked(real_data: Path, name: str, into: Path) -> Path:
    """A file of the real data, or one inside a zip of it."""
    outer, packed, inner = name.partition(".zip/")
    if not packed:
        return real_data / name
    with zipfile.ZipFile(real_data / f"{outer}.zip") as archive:
        return Path(archive.extract(inner, into))


@pytest.mark.parametrize(
    ("name", "layer", "kind", "code", "count"), NAMED, ids=[f"{row[2]}-{row[0]}-{row[1]}" for row in NAMED]
)
def test_a_named_file_is_loaded_by_its_proposed_crosswalk(
    real_data: Path, tmp_path: Path, name: str, layer: str | None, kind: str, code: str, count: int
) -> None:
    home = HOMES[max((known for known in HOMES if name.startswith(known)), key=len)]
    place = factories.jurisdiction("home", factories.box(*home))
    path = unpacked(real_data, name, tmp_path)
    choice = POLYGONS if kind in {"precinct", "division", "neighborhood_council"} else None
    crosswalk = tmp_path / "crosswalk.yaml"
    told = proposal.for_file(place, path, kind=kind, options=LoadOptions(layer=layer), choice=choice)
    crosswalk.write_text(told, encoding="utf-8")
    options = LoadOptions(
        layer=layer,
        crosswalk=crosswalk,
        invalid=decisions(["invalid=repair", "null_geometry=drop", "missing_code=drop"]),
    )
    done = load(place, path, kind=kind, options=options, choice=choice, commit=True)
    edition = Edition.objects.get(pk=done.edition)
    row = edition.staged.filter(decision="").first()
    assert row is not None
    assert row.code == str(row.attributes[code]).removesuffix(".0")
    assert done.report["kept"] == count
