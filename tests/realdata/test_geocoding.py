"""The aims of the geocoder on real cities; figures and how to have them printed stand in docs/geocoding.md."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from geoserver_app.geocode.asked import Corner
from geoserver_app.geocode.locate import locate_many
from geoserver_app.geocode.reading import read
from layers.models import Jurisdiction
from tests import factories
from tests.realdata import geocoding, labelled

pytestmark = [pytest.mark.realdata, pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def _city(real_data: Path, django_db_setup: None, django_db_blocker: Any) -> Iterator[Jurisdiction]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield geocoding.sanfrancisco(real_data)
        transaction.set_rollback(True)


@pytest.fixture
def city(_city: Jurisdiction, db: None) -> Jurisdiction:
    return _city


def test_numbered_addresses_of_san_francisco(city: Jurisdiction, real_data: Path) -> None:
    got = geocoding.accuracy(geocoding.answers(city, geocoding.numbered(real_data)))
    assert got.asked == 7821
    assert got.answered >= 0.98 and got.median_m <= 12
    assert got.far <= 0.012 and got.sure_far <= 0.008


def test_intersections_of_san_francisco(city: Jurisdiction, real_data: Path) -> None:
    got = geocoding.accuracy(geocoding.answers(city, geocoding.intersections(real_data)))
    assert got.asked == 6167
    assert got.answered >= 0.92 and got.median_m < 25


def test_police_blocks_and_corners_of_san_francisco(city: Jurisdiction, real_data: Path) -> None:
    got = geocoding.accuracy(geocoding.answers(city, geocoding.police(real_data)))
    assert got.asked == 9030
    assert got.within_150 >= 0.95


def test_nine_of_ten_answers_that_are_sure_are_within_100_metres(city: Jurisdiction, real_data: Path) -> None:
    for known in (geocoding.numbered, geocoding.intersections, geocoding.police):
        steps = geocoding.curve(geocoding.answers(city, known(real_data)))
        assert steps[-1][0] == 90 and steps[-1][2] >= 0.9


def test_every_address_point_finds_itself(city: Jurisdiction) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "select s.full_address, s.zip_code, ST_X(s.geom), ST_Y(s.geom) from layers_addresspointshape s"
            " join layers_kind k on k.id = s.kind_id where k.jurisdiction_id = %s and s.in_force"
            " order by md5(s.id::text) limit 10000",
            [city.pk],
        )
        rows = cursor.fetchall()
    found = locate_many(city, [f"{address}, {zip_code}" for address, zip_code, _, _ in rows], on=geocoding.ON, limit=8)
    missed = [
        (row[0], some[:1])
        for row, some in zip(rows, found, strict=True)
        if not any(one.method == "address_point" and _same(one.label, row[0]) for one in some)
    ]
    assert missed == []


def _same(label: str, address: str) -> bool:
    mine, theirs = (read(text).readings[0] for text in (label, address))
    return (mine.number, mine.street.name) == (theirs.number, theirs.street.name)


@pytest.mark.django_db
def test_corners_of_los_angeles_are_read_and_never_put_somewhere_else(real_data: Path) -> None:
    texts = geocoding.corners_of_los_angeles(real_data)
    assert len(texts) == 2683
    without_zip = [text for text in texts if not any(letter.isdigit() for letter in text.split(",", 1)[1])]
    assert without_zip == ["BUCKINGHAM ROAD AT MARTIN LUTHER KING,"]  # the file breaks off there
    for text in texts:
        asked = read(text)
        assert isinstance(asked.readings[0], Corner), text
        assert len(asked.zip_code) == 5 or text in without_zip, text
    town = factories.jurisdiction("losangeles")
    assert not any(locate_many(town, texts, on=geocoding.ON))


@pytest.mark.django_db
def test_situs_of_cambridge_by_ranges_alone(real_data: Path) -> None:
    city = geocoding.cambridge_streets(real_data)
    got = geocoding.accuracy(geocoding.answers(city, geocoding.situs_of_cambridge(real_data)))
    assert got.answered >= 0.95 and got.median_m <= 40


def test_labelled_addresses_are_taken_apart(real_data: Path) -> None:
    for name, cases in labelled.usaddress_sets(real_data):
        where, _ = labelled.score(cases, labelled.ours)
        assert where >= (0.74 if len(cases) < 20 else 0.9), name
    where, tail = labelled.score(labelled.postgis_normalizer(real_data), labelled.ours)
    assert where >= 0.97 and tail >= 0.94
