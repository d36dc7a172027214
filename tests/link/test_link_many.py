"""Many at once give the same links as one by one."""

from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from geoserver_app.catalog.models import Service, ServiceAttribute
from geoserver_app.link import bulk
from geoserver_app.link.subject import Located
from tests import life
from tests.examples import examples
from tests.link.batches import Asked, linked_as_batch, links_of, told
from tests.link.squared import Squared, at, redraw_beats, town

# Lines of the town: places drawn on and about them are the ones that go wrong.
EAST = [0, 100, 200, 220, 240, 300, 480, 500, 520, 550, 600, 690, 700, 710, 1000]
NORTH = [0, 390, 490, 500, 510, 544, 547, 550, 610, 700, 900, 950, 1000]
OFFSETS = [0.0, 0.0, 0.02, -0.02, 1.0, -1.0, 4.9, -4.9, 14.9, -14.9]
DAYS = ["2008-02-29 23:59", "2024-12-31 23:59", "2025-01-01 00:00", "2026-11-16 09:00"]
POLICIES = ("exact", "block_face", "cell", "area_only", "hidden")

along = st.tuples(st.sampled_from(EAST), st.sampled_from(OFFSETS)).map(sum) | st.floats(-60, 1300)
up = st.tuples(st.sampled_from(NORTH), st.sampled_from(OFFSETS)).map(sum) | st.floats(-60, 1060)


def services(place: Any, department: Any, group: Any) -> list[Service]:
    """A service for each policy; that of trees asks where they stand."""
    common = {"jurisdiction": place, "group": group, "department": department, "name": "x", "deciding_kind": "beat"}
    made = [
        Service.objects.create(code=f"s-{privacy}", privacy=privacy, text_publication="at_once", **common)
        for privacy in POLICIES
    ]
    made.append(Service.objects.create(code="s-staff", publication="internal", **common))
    made.append(Service.objects.create(code="s-none", location="none", **common))
    ServiceAttribute.objects.create(
        service=made[0], code="where", position=1, datatype="singlevaluelist",
        values=[{"key": "strip", "means": "row"}, {"key": "yard", "means": "private"}, {"key": "unsure"}],
    )  # fmt: skip
    ServiceAttribute.objects.create(
        service=made[0], code="also", position=2, datatype="multivaluelist",
        values=[{"key": "fell", "means": "fallen"}, {"key": "wires", "means": "wires"}],
    )  # fmt: skip
    return made


class TestManyIsOneByOne(TestCase):
    """Property: the batch path and the single path agree, for places on every kind of line, gap and overlap."""

    squared: Squared
    services: list[Service]
    assets: list[int | None]

    @classmethod
    def setUpTestData(cls) -> None:
        hall = life.town()
        cls.squared = town(place=hall.jurisdiction)
        redraw_beats(cls.squared)
        cls.services = services(hall.jurisdiction, hall.works, hall.pothole.group)
        cls.assets = [None, None, cls.squared.asset("T-city"), cls.squared.asset("L-utility")]

    def asked(self, draw: Any) -> Asked:
        x, y = draw(along), draw(up)
        lon, lat = at(x, y) if draw(st.integers(0, 9)) else (None, None)
        method = draw(st.sampled_from(["pin", "device", "address", "photo"])) if lon is not None else "none"
        asset = draw(st.sampled_from(self.assets)) if lon is not None else None
        service = draw(st.sampled_from(self.services))
        answers = draw(
            st.sampled_from(
                [{}, {}, {"where": "strip"}, {"where": "unsure", "also": ["wires", "fell"]}, {"also": ["fell"]}]
            )
        )
        located = draw(st.sampled_from([None, None, Located(*at(250, 505), "150 Main St")]))
        return Asked(
            service=service,
            at=life.local(draw(st.sampled_from(DAYS))),
            lon=lon,
            lat=lat,
            place_method="asset" if asset else method,
            accuracy_m=draw(st.sampled_from([None, 0.0, 3.0, 12.5, 900.0])) if method == "device" else None,
            asset_id=asset,
            description=draw(st.sampled_from(["", "big hole", "call 559-555-0131, ana@correo.example"])),
            located=located,
            answers=answers if service == self.services[0] else {},
        )

    @settings(max_examples=examples(25), deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data(), few=st.booleans())
    def test_many_is_one_by_one(self, data: st.DataObject, few: bool) -> None:
        requests = [self.asked(data.draw) for _ in range(data.draw(st.integers(1, 25)))]
        with patch.object(bulk, "FEW_SPOTS", 10**9 if few else 0):
            together = linked_as_batch(requests)
        alone = [told(links_of(one)) for one in requests]
        for one, expected, found in zip(requests, alone, together, strict=True):
            assert found == expected, one


class TestManyWithoutPolygonsOfStreets(TestCase):
    """The same where the right-of-way is what no parcel covers."""

    @classmethod
    def setUpTestData(cls) -> None:
        hall = life.town()
        cls.squared = town(place=hall.jurisdiction, right_of_way=False)
        cls.service = services(hall.jurisdiction, hall.works, hall.pothole.group)[0]

    @settings(max_examples=examples(15), deadline=None, suppress_health_check=list(HealthCheck))
    @given(places=st.lists(st.tuples(along, up), min_size=1, max_size=25), few=st.booleans())
    @example(places=[(300.0, 544.0)], few=False)  # on the very line of a lot, by rounding in none
    def test_many_is_one_by_one(self, places: list[tuple[float, float]], few: bool) -> None:
        moment = life.local("2026-11-16 09:00")
        requests = [Asked(self.service, moment, *at(x, y)) for x, y in places]
        with patch.object(bulk, "FEW_SPOTS", 10**9 if few else 0):
            together = linked_as_batch(requests)
        assert together == [told(links_of(one)) for one in requests]
