"""A few streets on squared paper (units of 0.001 degree), for places as people write them.

  4th St (x=4)   José Ave (x=8)
    |              |
----+--------------+----  Olive Ave, y=6: houses 401 to 499 odd (left) and 400 to 498 even, points 410, 412 and 420
    |              |
----+--------------+----  N Olive Ave, y=9: house point 410 only
    |  Canal Rd crosses Olive at x=6 without a common end
    |
----+--------------+----  US Hwy 99, y=1: mile posts 41 (x=0) and 42 (x=10); Ring Rd crosses José Ave at y=2 and y=11
Parcel 14-18 Hollis St at x=2, y=3; Acequia Park around x=1, y=11; Olive Grove School at x=6.5, y=6.5
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.gis.geos import LineString, Point

from layers.models import Jurisdiction
from tests import factories
from tests.kept import built
from tests.layers.town import at


@pytest.fixture(scope="module")
def _streets(django_db_setup: None, django_db_blocker: Any) -> Iterator[Jurisdiction]:
    with built(django_db_blocker, draw) as made:
        yield made


@pytest.fixture
def streets(_streets: Jurisdiction, db: None) -> Jurisdiction:
    """The town of the streets above."""
    return _streets


NUMBERS = {"from_address_left": 401, "to_address_left": 499, "from_address_right": 400, "to_address_right": 498}
LINES: tuple[tuple[str, tuple[tuple[float, float], ...], str, str, str, dict[str, int]], ...] = (
    ("o1", ((0, 6), (4, 6)), "OLIVE", "AVE", "", {}),
    ("o2", ((4, 6), (8, 6)), "OLIVE", "AVE", "", NUMBERS),
    ("n1", ((0, 9), (8, 9)), "OLIVE", "AVE", "N", {}),
    ("f1", ((4, 0), (4, 6)), "4TH", "ST", "", {}),
    ("f2", ((4, 6), (4, 12)), "4TH", "ST", "", {}),
    ("j1", ((8, 0), (8, 12)), "JOSÉ", "AVE", "", {}),
    ("c1", ((6, 0), (6, 7)), "CANAL", "RD", "", {}),
    ("h1", ((0, 1), (10, 1)), "US HWY 99", "", "", {}),
    ("r1", ((7, 2), (9, 2), (9, 11), (7, 11)), "RING", "RD", "", {}),
)


def draw() -> Jurisdiction:
    town = factories.jurisdiction()
    lines = factories.kind(town, "centerline", "centerline", "line")
    for code, places, name, kind, way, ranges in LINES:
        drawn = LineString(*(at(*place) for place in places), srid=4326)
        factories.street(lines, code, drawn, name, street_name=name, post_type=kind, pre_directional=way, **ranges)
    houses = factories.kind(town, "address_point", "address_point", "point")
    for number, place, way, unit in (
        (410, (4.4, 6.2), "", "A"), (410, (4.4, 6.2), "", "B"), (412, (4.6, 6.2), "", ""), (420, (5.0, 6.2), "", ""),
        (410, (3, 9.2), "N", ""),
    ):  # fmt: skip
        factories.address(houses, number, Point(*at(*place), srid=4326), street_name="OLIVE", post_type="AVE",
                          pre_directional=way, unit=unit, zip_code="93000")  # fmt: skip
    factories.parcel(factories.kind(town, "parcel", "parcel"), "7", _square(2, 3), situs_address="14-18 HOLLIS ST")
    factories.area(factories.kind(town, "park"), "P1", _square(1, 11), name="Acequia Park")
    factories.area(factories.kind(town, "municipality"), "N", _square(30, 30), name="City of Nogal")
    known = factories.kind(town, "landmark", "landmark", "any")
    factories.landmark(known, "school", _point(6.5, 6.5), name="Olive Grove School", category="school")
    for mile, x in ((41, 0), (42, 10)):
        factories.landmark(known, f"m{mile}", _point(x, 1), name=f"Hwy 99 mile post {mile}", category="mile post")
    return town


def _square(x: float, y: float) -> Any:
    return factories.box(*at(x - 0.2, y - 0.2), *at(x + 0.2, y + 0.2))


def _point(x: float, y: float) -> Point:
    return Point(*at(x, y), srid=4326)
