"""What is counted, read from the table by whole columns: no row is left out or read twice, and every clock is asked."""

from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from django.db import connection

from geoserver_app.density import facts
from geoserver_app.density.areas import AreaSets, counted_areas
from geoserver_app.density.models import Audience, Ledger
from geoserver_app.density.stretches import columns, stretches
from layers.models import Jurisdiction
from tests.density import counted_town
from tests.density.counted_town import CountedTown
from tests.kept import built

# First moments of months, a little before and after, where clocks are far from UTC or were just put back; years that
# nobody means.
MOMENTS = """
update intake_servicerequest r set requested_datetime = m.at
from (select *, row_number() over () as n from (values
    (timestamptz '2024-01-01 00:00+14'), ('2023-12-31 23:59:59.999999+14'), ('2024-03-01 00:00-12'),
    ('2020-11-01 00:30-04'), ('2020-11-01 05:30+00'), ('2024-02-29 12:00+00'), ('1999-12-31 23:59+00'),
    ('1969-12-31 23:59+00'), ('1850-07-04 12:00+00'), ('2070-12-31 12:00+00'), ('2071-01-15 12:00+00'),
    ('2290-06-01 00:00+00')) as given (at)) m
join (select id, row_number() over (order by id) as n from intake_servicerequest) o on o.n = m.n
where r.id = o.id
"""
PLAIN = """
select coalesce(r.{0}, -1), array(select unnest(r.{1}) intersect select unnest(%s::bigint[]) order by 1),
       r.service_id, density_month(r.requested_datetime, j.time_zone), r.leads::int * 4
       + (r.state not in ('closed', 'cancelled'))::int * 2
       + (r.state in ('closed', 'cancelled') and coalesce(r.closed_at >= l.fresh_from, false))::int
from intake_servicerequest r join layers_jurisdiction j on j.id = r.jurisdiction_id
join density_ledger l on l.jurisdiction_id = j.id where {2}
"""


@pytest.fixture(scope="module")
def _town(django_db_blocker: Any) -> Iterator[CountedTown]:
    with built(django_db_blocker, lambda: counted_town.counted(60, Random(4))) as made:
        yield made


@pytest.fixture
def place(db: None, _town: CountedTown) -> Jurisdiction:
    return _town.town.jurisdiction


@pytest.mark.parametrize("zone", ["America/New_York", "America/Havana", "Pacific/Kiritimati", "Etc/GMT+12"])
@pytest.mark.parametrize("audience", Audience)
def test_facts_are_the_rows_of_the_table(
    place: Jurisdiction, audience: Audience, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Jurisdiction.objects.filter(pk=place.pk).update(time_zone=zone)
    areas = counted_areas(Ledger.objects.get(jurisdiction=place))
    with connection.cursor() as cursor:
        cursor.execute(MOMENTS)
        cursor.execute(PLAIN.format(*facts.COLUMNS[audience]), [areas])
        expected = Counter((at, tuple(sets), *rest) for at, sets, *rest in cursor.fetchall())
    monkeypatch.setattr(facts, "stretches", lambda table: stretches(table, pages=1))
    area_sets = AreaSets(areas)
    found = facts.from_requests(place.pk, audience, area_sets)
    named = dict(area_sets.fresh)
    rows = zip(*(one.tolist() for one in (found.morton, found.sets, found.service, found.month, found.flags)),
               strict=True)  # fmt: skip
    assert Counter((at, named[number], *rest) for at, number, *rest in rows) == expected
    assert found.weight.tolist() == [1] * expected.total()


def test_a_table_without_rows_has_columns_without_numbers(db: None) -> None:
    statement = """
        select array_agg(id), array_agg(jurisdiction_id) from density_missed
        where ctid >= %(low)s::tid and ctid < %(high)s::tid
    """
    assert [[one.size for one in columns(each, statement, {})] for each in stretches("density_missed")] == [[0, 0]]
