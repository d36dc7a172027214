"""A file whose columns nobody has named: proposed, looked over in a form, loaded by it, remembered for the next one."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from geoserver_app import jobs
from geoserver_app.editions import receiving
from geoserver_app.editions.models import Incoming
from layers.models import AreaShape, Edition, Kind, ParcelShape
from tests.drafts.test_pages import _city, by_beat, desk, gis, text
from tests.editions.conftest import Desk
from tests.link.squared import square

__all__ = ["_city", "by_beat", "desk", "gis"]
pytestmark = pytest.mark.django_db
PAGE = "/console/gis/files/"


def collection(*features: tuple[Any, dict[str, Any]]) -> SimpleUploadedFile:
    made = [
        {"type": "Feature", "properties": columns, "geometry": json.loads(shape.geojson)} for shape, columns in features
    ]
    content = json.dumps({"type": "FeatureCollection", "features": made}).encode()
    return SimpleUploadedFile("parcels.geojson", content)


def parcels() -> SimpleUploadedFile:
    """Two lots and a street among them, with columns called as assessors call them."""
    rows = (("101-01", "12 Elm St", "PRIV"), ("101-02", "14 Elm St", "TOWN"), ("101-03", "16 Elm St", "PRIV"))
    lots = [square(100 + 20 * number, 100, 115 + 20 * number, 140) for number in range(3)]
    columns = [{"APN": apn, "SITUS_ADDR": situs, "OWNERSHIP": owner} for apn, situs, owner in rows]
    return collection(*zip(lots, columns, strict=True))


def sent(gis: Client, file: SimpleUploadedFile, **given: str) -> Incoming:
    gis.post(PAGE, {"file": file, "kind": "parcel", "propose": "1", **given})
    incoming = Incoming.objects.order_by("-pk")[0]
    jobs.receive_file(incoming.pk)
    incoming.refresh_from_db()
    return incoming


CHOSEN = {
    "parcel_number": "", "code": "APN", "situs_address": "SITUS_ADDR", "owner_class": "OWNERSHIP",
    "owner_class-OWNERSHIP-0": "private", "owner_class-OWNERSHIP-1": "city", "owner_class-default": "private",
}  # fmt: skip


def test_the_columns_are_proposed_and_nothing_is_loaded(desk: Desk, gis: Client) -> None:
    incoming = sent(gis, parcels())
    assert (incoming.state, incoming.edition) == ("look", None)
    assert not Edition.objects.filter(kind__code="parcel", state="draft").exists()
    page = text(gis, f"{PAGE}{incoming.pk}/")
    assert '<option value="APN" selected>APN: 101-01, 101-02, 101-03</option>' in page
    assert '<option value="SITUS_ADDR" selected>' in page
    assert "Whose it is: TOWN" in page
    assert receiving.forget() == 0  # its file waits for the answer


def test_what_was_corrected_is_loaded_and_kept_with_the_draft(desk: Desk, gis: Client) -> None:
    incoming = sent(gis, parcels())
    gis.post(f"{PAGE}{incoming.pk}/", CHOSEN)
    jobs.receive_file(incoming.pk)
    incoming.refresh_from_db()
    assert (incoming.state, incoming.problem) == ("done", "")
    lots = ParcelShape.objects.filter(kind__code="parcel", parcel__parcel_number__startswith="101-")
    assert dict(lots.values_list("situs_address", "owner_class")) == {
        "12 Elm St": "private", "14 Elm St": "city", "16 Elm St": "private",
    }  # fmt: skip
    kept = yaml.safe_load(incoming.options["crosswalk"])
    assert kept["owner_class"]["values"] == {"PRIV": "private", "TOWN": "city"}
    assert "TOWN: city" in text(gis, f"{PAGE}{incoming.pk}/")
    assert "parcels.geojson" in text(gis, f"/console/gis/editions/{incoming.edition_id}/")


def test_the_next_file_of_the_kind_starts_from_what_was_kept(desk: Desk, gis: Client) -> None:
    first = sent(gis, parcels())
    gis.post(f"{PAGE}{first.pk}/", CHOSEN | {"rest": "attributes: {situs: SITUS_ADDR}"})
    jobs.receive_file(first.pk)
    gis.post(PAGE, {"file": parcels(), "kind": "parcel", "code_field": "APN"})  # loaded without one in between
    jobs.receive_file(Incoming.objects.order_by("-pk")[0].pk)
    second = sent(gis, parcels())
    assert second.proposal["as_last_time"] is True
    page = text(gis, f"{PAGE}{second.pk}/")
    assert "taken from the last file of this kind" in page
    assert "situs: SITUS_ADDR" in page
    other = sent(gis, collection((square(100, 100, 120, 140), {"PIN": "7"})))
    assert other.proposal["as_last_time"] is False


def test_another_column_of_classes_asks_for_its_values(desk: Desk, gis: Client) -> None:
    incoming = sent(gis, parcels())
    answer = gis.post(f"{PAGE}{incoming.pk}/", CHOSEN | {"owner_class": "SITUS_ADDR"})
    page = answer.content.decode()
    assert "say what its values stand for" in page
    assert "Whose it is: 12 Elm St" in page
    incoming.refresh_from_db()
    assert incoming.state == "look"


@pytest.mark.parametrize("rest", ["color: RED", "{oops", "- 1"])
def test_what_means_nothing_is_said_beside_its_field(desk: Desk, gis: Client, rest: str) -> None:
    incoming = sent(gis, parcels())
    answer = gis.post(f"{PAGE}{incoming.pk}/", CHOSEN | {"rest": rest})
    assert answer.status_code == 422
    assert "form-error" in answer.content.decode()
    incoming.refresh_from_db()
    assert incoming.state == "look"


def test_a_file_that_cannot_be_read_is_refused_here_too(desk: Desk, gis: Client) -> None:
    incoming = sent(gis, SimpleUploadedFile("parcels.geojson", b"{"))
    assert incoming.state == "failed"
    assert "refused" in text(gis, f"{PAGE}{incoming.pk}/")


FRESH = {
    "kind": "+", "code_field": "code", "fresh_code": "sweeping_district", "fresh_name": "Street sweeping",
    "fresh_name_es": "Barrido de calles", "geometry": "polygon", "overlap": "one", "gap_m": "25", "near_border_m": "8",
}  # fmt: skip


def zones() -> SimpleUploadedFile:
    return collection((square(0, 0, 500, 900), {"code": "A"}), (square(500, 0, 1000, 900), {"code": "B"}))


def test_a_file_makes_a_kind_of_its_own_with_its_policies(desk: Desk, gis: Client) -> None:
    gis.post(PAGE, {"file": zones(), **FRESH})
    incoming = Incoming.objects.get()
    assert not Kind.objects.filter(code="sweeping_district").exists()
    jobs.receive_file(incoming.pk)
    kind = Kind.objects.get(code="sweeping_district")
    assert (kind.name, kind.names["es"], kind.geometry) == ("Street sweeping", "Barrido de calles", "polygon")
    assert (kind.overlap, kind.gap_m, kind.near_border_m) == ("one", 25.0, 8.0)
    assert AreaShape.objects.filter(kind=kind).count() == 2


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"fresh_code": ""}, "Say what its code is."),
        ({"fresh_code": "Sweeping District"}, "is no code"),
        ({"fresh_code": "beat"}, "There is a kind of this code."),
        ({"geometry": ""}, "A kind of your own needs this."),
    ],
)
def test_a_kind_that_is_not_described_is_refused_before_the_file_is_kept(
    desk: Desk, gis: Client, changed: dict[str, str], said: str, tmp_path: Path
) -> None:
    answer = gis.post(PAGE, {"file": zones(), **FRESH, **changed})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Incoming.objects.exists()
    assert not (tmp_path / "data" / "incoming").exists()
