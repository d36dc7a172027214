"""Two people at the same moment, on two connections: one is first, the other is told, nothing is lost."""

from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from geoserver_app import flow, flow_incidents
from geoserver_app.accounts.rights import Rights
from geoserver_app.accounts.roles import Role
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.intake.submission import Submission
from geoserver_app.notify.models import Message
from geoserver_app.work.states import State
from geoserver_app.work.steps import Words
from layers.errors import OneMapError
from tests import life
from tests.duplicates.conftest import mail
from tests.flow.conftest import with_rules
from tests.link.squared import at
from tests.route.city import City

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def city(transactional_db: None, tmp_path: Path) -> City:
    return with_rules(tmp_path)


@pytest.fixture
def dora(city: City) -> Rights:
    city.hall.person("dora", Role.DISPATCHER)
    return city.hall.rights("dora")


def reported(city: City, name: str, x: float, **given: Any) -> ServiceRequest:
    lon, lat = at(x, 700.0)
    return flow.submit(
        Submission(
            jurisdiction_id=city.squared.jurisdiction.pk, service_id=city.services["pothole"].pk, channel="web",
            lon=lon, lat=lat, place_method="pin", contact=mail(name), requested_datetime=life.MONDAY, **given,
        ),
        at=life.MONDAY,
    ).request  # fmt: skip


def at_once(*works: Callable[[], Any]) -> list[str]:
    """Runs all at the same moment, each on a connection of its own; what each was told ("" where it went through)."""
    start, told = Barrier(len(works)), [""] * len(works)

    def run(number: int, work: Callable[[], Any]) -> None:
        try:
            start.wait(timeout=30)
            work()
        except OneMapError as error:
            told[number] = str(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=one) for one in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return told


def assert_whole() -> None:
    rows = list(ServiceRequest.objects.order_by("pk"))
    assert sorted(one.incident_id for one in rows if one.leads) == sorted({one.incident_id for one in rows})
    leaders = {one.incident_id: one for one in rows if one.leads}
    assert all(one.state == leaders[one.incident_id].state for one in rows)


@pytest.mark.slow
def test_both_merge_the_same_two_the_other_way_round(city: City, dora: Rights) -> None:
    a, b = reported(city, "ana", 350.0), reported(city, "beto", 352.0)
    told = at_once(
        lambda: flow_incidents.merge(a.pk, b.pk, by=dora),
        lambda: flow_incidents.merge(b.pk, a.pk, by=dora),
    )
    assert sorted(map(bool, told)) == [False, True]
    assert ServiceRequest.objects.values("incident").distinct().count() == 1
    assert_whole()


def test_one_merges_while_the_other_closes(city: City, dora: Rights) -> None:
    for number in range(2):
        a, b = reported(city, f"ana{number}", 350.0), reported(city, f"beto{number}", 352.0)
        at_once(
            lambda a=a, b=b: flow_incidents.merge(a.pk, b.pk, by=dora),
            lambda a=a: flow.transition(a.pk, to=State.CLOSED, by=dora, words=Words(resolution="repaired")),
        )
        assert_whole()
        told = Message.objects.filter(kind="closed", to_address__in=[f"ana{number}@example.org"])
        assert told.count() == 1


@pytest.mark.slow
def test_two_put_one_report_to_two_places(city: City, dora: Rights) -> None:
    a, b, c = (reported(city, name, x) for name, x in (("ana", 350.0), ("beto", 352.0), ("carla", 354.0)))
    told = at_once(
        lambda: flow_incidents.move_report(c.pk, a.pk, by=dora),
        lambda: flow_incidents.move_report(c.pk, b.pk, by=dora),
    )
    c.refresh_from_db()
    a.refresh_from_db()
    b.refresh_from_db()
    assert c.incident_id in {a.incident_id, b.incident_id}
    assert not all(told)
    assert_whole()


def test_three_merge_in_a_ring(city: City, dora: Rights) -> None:
    a, b, c = (reported(city, name, x) for name, x in (("ana", 350.0), ("beto", 352.0), ("carla", 354.0)))
    at_once(
        lambda: flow_incidents.merge(a.pk, b.pk, by=dora),
        lambda: flow_incidents.merge(b.pk, c.pk, by=dora),
        lambda: flow_incidents.merge(c.pk, a.pk, by=dora),
    )
    assert_whole()


def test_somebody_adds_oneself_while_the_incident_is_merged_away(city: City, dora: Rights) -> None:
    a, b = reported(city, "ana", 350.0), reported(city, "beto", 352.0)
    at_once(
        lambda: flow_incidents.merge(a.pk, b.pk, by=dora),
        lambda: reported(city, "carla", 352.0, incident_id=b.incident_id),
    )
    assert ServiceRequest.objects.count() == 3
    assert ServiceRequest.objects.values("incident").distinct().count() == 1
    assert_whole()
