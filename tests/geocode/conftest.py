"""A few streets on squared paper (units of 0.001 degree), for places as people write them.

  4th St (x=4)   José Ave (x=8)
    |              |
----+--------------+----  Olive Ave, y=6: houses 401 to 499 odd (left) and 400 to 498 even, points 410 and 412
    |              |
----+--------------+----  N Olive Ave, y=9: house point 410 only
    |  Canal Rd crosses Olive at x=6 without a common end
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


def draw() -> Jurisdiction:
    town = factories.jurisdiction()
    lines = factories.kind(town, "centerline", "centerline", "line")
    numbers = {"from_address_left": 401, "to_address_left": 499, "from_address_right": 400, "to_address_right": 498}
    for code, (start, end), name, kind, way, ranges in (
        ("o1", ((0, 6), (4, 6)), "OLIVE", "AVE", "", {}),
        ("o2", ((4, 6), (8, 6)), "OLIVE", "AVE", "", numbers),
        ("n1", ((0, 9), (8, 9)), "OLIVE", "AVE", "N", {}),
        ("f1", ((4, 0), (4, 6)), "4TH", "ST", "", {}),
        ("f2", ((4, 6), (4, 12)), "4TH", "ST", "", {}),
        ("j1", ((8, 0), (8, 12)), "JOSÉ", "AVE", "", {}),
        ("c1", ((6, 0), (6, 7)), "CANAL", "RD", "", {}),
    ):
        drawn = LineString(at(*start), at(*end), srid=4326)
        factories.street(lines, code, drawn, name, street_name=name, post_type=kind, pre_directional=way, **ranges)
    houses = factories.kind(town, "address_point", "address_point", "point")
    for number, place, way, unit in (
        (410, (4.4, 6.2), "", "A"), (410, (4.4, 6.2), "", "B"), (412, (4.6, 6.2), "", ""), (410, (3, 9.2), "N", ""),
    ):  # fmt: skip
        factories.address(houses, number, Point(*at(*place), srid=4326), street_name="OLIVE", post_type="AVE",
                          pre_directional=way, unit=unit)  # fmt: skip
    return town
