"""Search tables follow the editions: filled by an activation, with what is new alone; nothing to do for a roll back."""

from datetime import date
from pathlib import Path

import pytest
from shapely import Point

from geoserver_app.geocode.fill import VERSION, fill_jurisdiction, fill_kind
from geoserver_app.geocode.locate import locate
from geoserver_app.geocode.models import Crossing, Filled, House, Segment, Street
from layers import activation, loading
from layers.models import Jurisdiction, Kind
from tests import factories
from tests.layers.town import at, feature, line, load, write

TODAY = date(2026, 11, 16)
MAP = {"code": "code", "address": "address"}
pytestmark = pytest.mark.django_db


def address(number: int, x: float, street: str = "Olive Ave") -> dict[str, object]:
    return feature(Point(*at(x, 6)), code=f"{number}-{street}", address=f"{number} {street}")


def load_addresses(folder: Path, town: Jurisdiction, *given: dict[str, object], activate: bool = True) -> int:
    path = write(folder / "addresses.geojson", list(given))
    crosswalk = folder / "map.yaml"
    crosswalk.write_text("code: code\naddress: address\n", encoding="utf-8")
    options = loading.LoadOptions(crosswalk=crosswalk)
    loaded = loading.load(town, path, kind="address_point", options=options, commit=True)
    assert loaded.edition is not None
    if activate:
        activation.activate(loaded.edition, today=TODAY, commit=True)
    return loaded.edition


def labels(town: Jurisdiction, text: str, on: date = TODAY) -> list[str]:
    return [one.label for one in locate(town, text, on=on) if one.method == "address_point"]


def test_an_activation_fills_and_a_draft_does_not(tmp_path: Path) -> None:
    town = factories.jurisdiction()
    draft = load_addresses(tmp_path, town, address(410, 4), activate=False)
    assert labels(town, "410 Olive Ave") == []
    activation.activate(draft, today=TODAY)  # a dry run
    assert House.objects.count() == 0
    activation.activate(draft, today=TODAY, commit=True)
    assert labels(town, "410 Olive Ave") == ["410 Olive Ave"]


def test_the_next_edition_adds_what_is_new_alone(tmp_path: Path) -> None:
    town = factories.jurisdiction()
    load_addresses(tmp_path, town, address(410, 4), address(412, 4.2))
    before = set(House.objects.values_list("pk", flat=True))
    load_addresses(tmp_path, town, address(410, 4), address(414, 4.4))
    assert before < set(House.objects.values_list("pk", flat=True))
    assert House.objects.count() == 3
    assert (labels(town, "412 Olive Ave"), labels(town, "414 Olive Ave")) == ([], ["414 Olive Ave"])


def test_a_past_day_is_answered_by_its_own_edition(tmp_path: Path) -> None:
    town = factories.jurisdiction()
    load_addresses(tmp_path, town, address(412, 4.2))
    load_addresses(tmp_path, town, address(414, 4.4))
    assert labels(town, "412 Olive Ave", on=date(2020, 1, 1)) == ["412 Olive Ave"]


def test_a_roll_back_and_another_activation_need_nothing_new(tmp_path: Path) -> None:
    town = factories.jurisdiction()
    load_addresses(tmp_path, town, address(412, 4.2))
    second = load_addresses(tmp_path, town, address(414, 4.4))
    activation.roll_back(town, "address_point", today=TODAY, commit=True)
    assert (labels(town, "412 Olive Ave"), labels(town, "414 Olive Ave")) == (["412 Olive Ave"], [])
    activation.activate(second, today=TODAY, commit=True)
    assert (labels(town, "412 Olive Ave"), labels(town, "414 Olive Ave")) == ([], ["414 Olive Ave"])


def test_two_cities_with_one_street_name_do_not_mix(tmp_path: Path) -> None:
    towns = [factories.jurisdiction("almendra"), factories.jurisdiction("nogal")]
    for number, town in zip((410, 510), towns, strict=True):
        folder = tmp_path / town.code
        folder.mkdir()
        load_addresses(folder, town, address(number, 4))
    assert Street.objects.count() == 2
    assert [labels(town, "410 Olive Ave") for town in towns] == [["410 Olive Ave"], []]


def test_a_street_that_comes_later_is_crossed_with_those_before(tmp_path: Path) -> None:
    town = factories.jurisdiction()
    olive, elm = (
        feature(line((0, 6), (8, 6)), code="o", street="Olive Ave"),
        feature(line((4, 0), (4, 9)), code="e", street="Elm St"),
    )
    for features in ([olive], [olive, elm]):
        path = write(tmp_path / "lines.geojson", features)
        crosswalk = tmp_path / "lines.yaml"
        crosswalk.write_text("code: code\nstreet: street\n", encoding="utf-8")
        loaded = loading.load(
            town, path, kind="centerline", options=loading.LoadOptions(crosswalk=crosswalk), commit=True
        )
        assert loaded.edition is not None
        activation.activate(loaded.edition, today=TODAY, commit=True)
    assert (Segment.objects.count(), Crossing.objects.count()) == (2, 1)
    assert [one.label for one in locate(town, "elm & olive", on=TODAY)] == ["Elm St & Olive Ave"]


def test_rows_of_an_older_folding_are_made_anew(tmp_path: Path) -> None:
    town = factories.jurisdiction()
    load_addresses(tmp_path, town, address(410, 4))
    kind = Kind.objects.get(code="address_point")
    House.objects.update(number=1)
    fill_kind(kind)
    assert labels(town, "410 Olive Ave") == []
    Filled.objects.update(version=VERSION - 1)
    fill_jurisdiction(town)
    assert labels(town, "410 Olive Ave") == ["410 Olive Ave"]


def test_areas_beside_parks_and_neighborhoods_are_no_places(tmp_path: Path) -> None:
    town = factories.jurisdiction()
    load(tmp_path, town, "beat", [feature(Point(*at(1, 1)).buffer(0.001), code="1", name="Olive")], today=TODAY)
    assert locate(town, "Olive", on=TODAY) == []
