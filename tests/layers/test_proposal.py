"""The crosswalk that is proposed for a file: printed, written on demand, and good enough to load by."""

from pathlib import Path

import pytest
import yaml
from django.core.management import call_command

from layers import proposal
from layers.errors import BadFile
from layers.loading import LoadOptions
from layers.models import CenterlineShape, Jurisdiction, Kind, ParcelShape
from tests.layers.conftest import Loader
from tests.layers.drawn import write
from tests.layers.town import line, square

LOTS = [square(x, 0, x + 1, 1) for x in range(5)]


def proposed(place: Jurisdiction, path: Path, kind: str) -> tuple[dict[str, object], str]:
    """The document and the whole text of a proposal."""
    text = proposal.for_file(place, path, kind=kind, options=LoadOptions())
    return yaml.safe_load(text), text


def parcels(tmp_path: Path) -> Path:
    return write(
        tmp_path / "parcels", LOTS,
        {
            "OBJECTID": [1, 2, 3, 4, 5],
            "APN": ["1-01", "1-02", "ROAD", "ROAD", "1-03"],
            "SitusAddr": ["1 Elm St", "3 Elm St", "", "", "5 Elm St"],
            "USE_DESC": ["home", "shop", "road", "road", "home"],
            "OWN_TYPE": ["City of Almendra", "Private", "Private", "Private", "State"],
            "Shape_Area": [1.5, 2.5, 3.5, 4.5, 5.5],
        },
        driver="GPKG",
    )  # fmt: skip


def test_number_situs_use_and_owner_of_parcels_are_found(almendra: Jurisdiction, tmp_path: Path) -> None:
    many = write(
        tmp_path / "parcels", [square(x, 0, x + 1, 1) for x in range(40)],
        {
            "OBJECTID": list(range(40)),
            "APN": ["ROAD", "ROAD", *[f"1-{number}" for number in range(38)]],
            "SitusAddr": [f"{number} Elm St" for number in range(40)],
            "USE_DESC": ["home"] * 40,
            "OWN_TYPE": ["City of Almendra", *["Private"] * 38, "tribal"],
            "Shape_Area": [number + 0.5 for number in range(40)],
        },
        driver="GPKG",
    )  # fmt: skip
    document, text = proposed(almendra, many, "parcel")
    owners = {"City of Almendra": "city", "Private": "private"}
    assert document == {
        "parcel_number": "APN",
        "placeholder_codes": ["ROAD"],
        "situs_address": "SitusAddr",
        "land_use": "USE_DESC",
        "owner_class": {"column": "OWN_TYPE", "values": owners, "default": "private"},
    }
    assert "2 features stand under codes that are none" in text
    assert "owner_class of tribal becomes private" in text


@pytest.mark.parametrize(
    "names",
    [
        ("L_F_ADD", "L_T_ADD", "R_F_ADD", "R_T_ADD"),
        ("FROMADDR_L", "TOADDR_L", "FROMADDR_R", "TOADDR_R"),
        ("LFrom", "LTo", "RFrom", "RTo"),
        ("LeftFromAddress", "LeftToAddress", "RightFromAddress", "RightToAddress"),
        ("lf_addr", "lt_addr", "rf_addr", "rt_addr"),
    ],
)
def test_ranges_of_streets_are_found_under_the_names_that_makers_give(
    almendra: Jurisdiction, tmp_path: Path, load_file: Loader, names: tuple[str, ...]
) -> None:
    columns = {"SEG_ID": ["7", "8"], "FULLNAME": ["Elm St", "Oak St"], "NOTE": ["a", "b"]}
    numbers = dict(zip(names, ([101, 201], [199, 299], [100, 200], [198, 298]), strict=True))
    path = write(
        tmp_path / "streets", [line((0, 0), (1, 0)), line((0, 1), (1, 1))], columns | numbers, driver="GeoJSON"
    )
    text = proposal.for_file(almendra, path, kind="centerline", options=LoadOptions())
    crosswalk = tmp_path / "streets.yaml"
    crosswalk.write_text(text)
    load_file(path, "centerline", crosswalk=crosswalk)
    street = CenterlineShape.objects.get(centerline__segment_id="7")
    assert (street.from_address_left, street.to_address_left) == (101, 199)
    assert (street.from_address_right, street.to_address_right) == (100, 198)
    assert street.full_name == "Elm St"


def test_a_number_of_the_export_is_no_code(almendra: Jurisdiction, tmp_path: Path) -> None:
    path = write(tmp_path / "a", LOTS, {"OBJECTID": [1, 2, 3, 4, 5], "AREA": [1.5, 2.5, 3.5, 4.5, 5.5]}, driver="GPKG")
    document, text = proposed(almendra, path, "beat")
    assert document == {"code": "auto"}
    assert "codes are made from the geometry" in text


def test_owners_by_name_are_not_proposed_as_classes(almendra: Jurisdiction, tmp_path: Path) -> None:
    people = [f"Owner Number {number}" for number in range(20)]
    path = write(
        tmp_path / "p", [square(x, 0, x + 1, 1) for x in range(20)],
        {"APN": [str(number) for number in range(20)], "OWNER": people}, driver="GPKG",
    )  # fmt: skip
    document, text = proposed(almendra, path, "parcel")
    assert "owner_class" not in document
    assert "it holds 20 values, no classes" in text


def test_the_command_prints_a_proposal_and_writes_it_once(
    almendra: Jurisdiction, tmp_path: Path, capsys: pytest.CaptureFixture[str], load_file: Loader
) -> None:
    path, target = parcels(tmp_path), tmp_path / "parcels.yaml"
    call_command("load_layer", str(path), "--kind", "parcel", "--propose")
    assert "# To keep it: --propose" in capsys.readouterr().out
    call_command("load_layer", str(path), "--kind", "parcel", "--propose", str(target))
    assert not Kind.objects.exists()
    with pytest.raises(BadFile, match="Choose another name"):
        call_command("load_layer", str(path), "--kind", "parcel", "--propose", str(target))
    assert "parcel_number" in target.read_text()


def test_a_load_without_a_code_points_to_the_proposal(tmp_path: Path, load_file: Loader) -> None:
    with pytest.raises(BadFile, match="--propose makes a crosswalk"):
        load_file(parcels(tmp_path), "parcel", code_field=None)
    assert not ParcelShape.objects.exists()
