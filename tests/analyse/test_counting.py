"""Counting without pages: what is computed once an epoch, and in how many queries."""

from datetime import timedelta

from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from geoserver_app.analyse import repeat
from geoserver_app.analyse.lots import keep_lots
from geoserver_app.analyse.models import Lot
from geoserver_app.analyse.repeat import PlaceKind
from geoserver_app.intake.models import ServiceRequest
from layers.models import Jurisdiction
from tests import factories
from tests.analyse.conftest import Ground
from tests.link.squared import square


def test_lots_are_computed_once_until_another_edition_comes_in(ground: Ground) -> None:
    place = ground.town.jurisdiction
    assert keep_lots(place) is True
    assert keep_lots(place) is False
    factories.parcel(ground.paper.kinds["parcel"], "ROAD", square(900, 600, 950, 650))
    Jurisdiction.objects.filter(pk=place.pk).update(epoch=F("epoch") + 1)
    assert keep_lots(place) is True
    assert Lot.objects.filter(parcel=ground.paper.parcel("ROAD"), ground=None).exists()


def test_the_units_of_a_condominium_stand_on_the_lowest_number(ground: Ground) -> None:
    keep_lots(ground.town.jurisdiction)
    ground_lot, unit = ground.paper.parcel("250"), ground.paper.parcel("250-2")
    rows = {(one.parcel_id, one.ground_id, one.units) for one in Lot.objects.all()}
    assert rows == {(ground_lot, ground_lot, 2), (unit, ground_lot, 2)}


def test_lots_of_one_city_leave_another_alone(ground: Ground) -> None:
    keep_lots(ground.town.jurisdiction)
    before = Lot.objects.count()
    keep_lots(factories.jurisdiction("encina"))
    assert Lot.objects.count() == before > 0


def test_the_register_is_one_query(ground: Ground) -> None:
    ground.happened(3, parcel="210")
    now = timezone.now()
    own = ServiceRequest.objects.filter(jurisdiction=ground.town.jurisdiction)
    requests = repeat.countable(own, now - timedelta(days=30), now)
    with CaptureQueriesContext(connection) as queries:
        found = repeat.repeat_places(requests, least=2, kinds=[PlaceKind.PARCEL])
    assert (len(queries), found.total, found.places[0].incidents) == (1, 1, 3)
