"""What is asked while somebody reports: found by place; related services, days and words."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from psycopg.types.json import Jsonb

from geoserver_app.accounts.rights import Rights
from geoserver_app.catalog.models import Service
from geoserver_app.duplicates import candidates
from geoserver_app.duplicates.candidates import Candidate, Probe
from geoserver_app.duplicates.reasons import reasons
from geoserver_app.intake.models import ServiceRequest
from tests import life
from tests.duplicates.conftest import Reported
from tests.link.squared import at
from tests.route.city import City

pytestmark = pytest.mark.django_db
LATER = life.MONDAY + timedelta(hours=3)


def found(city: City, x: float, *, after: timedelta = timedelta(0), **given: Any) -> list[Candidate]:
    lon, lat = at(x, 700.0)
    service = Service.objects.get(code=str(given.pop("service", "pothole")))
    probe = Probe(city.squared.jurisdiction.pk, service.pk, lon, lat, LATER + after, **given)
    return candidates.find(probe, public=False, least=1)


def test_what_is_near_is_likelier_and_what_is_far_is_nothing(city: City, dora: Rights, reported: Reported) -> None:
    first = reported("ana", x=350.0)
    near, farther = found(city, 351.0)[0], found(city, 360.0)[0]
    assert near.request_id == farther.request_id == first.pk
    assert near.score > farther.score
    assert found(city, 450.0) == []


def test_what_is_long_ago_is_not_the_same(city: City, dora: Rights, reported: Reported) -> None:
    reported("ana", x=350.0)
    assert found(city, 350.0, after=timedelta(days=31)) == []


def test_a_related_service_may_mean_the_same(city: City, dora: Rights, reported: Reported) -> None:
    reported("ana", x=350.0)
    Service.objects.filter(code="weeds").update(duplicate_radius_m=15, duplicate_days=30)
    assert found(city, 350.0, service="weeds") == []
    Service.objects.get(code="pothole").same_problem_as.add(Service.objects.get(code="weeds"))
    (one,) = found(city, 350.0, service="weeds")
    assert not one.is_own and "another service that may mean the same" in reasons(one)


def test_words_that_are_alike_count_in_either_language(city: City, dora: Rights, reported: Reported) -> None:
    reported("ana", x=350.0, description="Bache hondo en Olive Avenue junto a la escuela")
    alike, other = found(city, 352.0, words="bache hóndo, olive avenue"), found(city, 352.0, words="graffiti")
    assert alike[0].alike > other[0].alike and alike[0].score > other[0].score


def test_at_a_spot_where_many_lie_the_nearest_are_looked_at(
    city: City, dora: Rights, reported: Reported, monkeypatch: pytest.MonkeyPatch
) -> None:
    near, _farther, nearest = (reported(name, x=x) for name, x in (("ana", 352.0), ("beto", 358.0), ("carla", 350.5)))
    assert len(found(city, 350.0)) == 3
    monkeypatch.setattr(candidates, "LOOKED_AT", 2)
    assert [one.request_id for one in found(city, 350.0)] == [nearest.pk, near.pk]


@pytest.mark.parametrize(("public", "index"), [(True, "request_open_public"), (False, "request_open_geom")])
def test_only_what_is_open_and_near_is_read(city: City, public: bool, index: str) -> None:
    table = ServiceRequest._meta.db_table
    others = [one.name for one in ServiceRequest._meta.indexes if one.name not in {index, "request_incident"}]
    values = {
        "jurisdiction": city.squared.jurisdiction.pk, "service": 1, "lon": -119.7, "lat": 36.0, "accuracy": None,
        "asset": None, "parcel": None, "words": "", "answers": Jsonb({}), "at": LATER, "least": 1, "most": 3,
        "near": candidates.LOOKED_AT,
    }  # fmt: skip
    with connection.cursor() as cursor:
        # Of an empty table with no other index: a plan must not hang on statistics that somebody else left.
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("set local enable_bitmapscan = off")
        cursor.execute("set constraints all immediate")
        cursor.execute(f"truncate {table} cascade")
        cursor.execute(f"drop index {', '.join(others)}")
        cursor.execute("explain " + candidates.statement(candidates._UNSENT, public=public), values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert f"Index Scan using {index} on {table} r" in plan
    assert "<->" in plan
