"""A decision replayed in Python is the one the database made; a batch decides as one by one."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from geoserver_app.link import bulk as link_bulk
from geoserver_app.link.ground import CODES, Lies
from geoserver_app.link.one import link
from geoserver_app.link.subject import subject_at
from geoserver_app.route import bulk
from geoserver_app.route.decide import Routing, decide
from geoserver_app.route.facts import Facts, facts_of
from geoserver_app.route.models import RuleSet
from geoserver_app.route.program import kept_program, program_of
from geoserver_app.route.replay import Replay, replay
from tests import life
from tests.examples import examples
from tests.link.batches import Asked, fill
from tests.link.squared import at
from tests.link.test_link_many import along, up
from tests.route.city import City, rule

WORDS = {
    "lies_on": sorted(CODES),
    "not_on": sorted(CODES),
    "evidence": ["row", "private", "park", "wires", "fallen"],
    "asset_owners": ["city", "private", "utility"],
    "parcel_owner_classes": ["private", "city", "school district"],
    "land_uses": ["Vacant", "School"],
    "channels": ["web", "phone"],
    "languages": ["en", "es"],
    "weekdays": ["monday", "friday", "sunday"],
    "areas": ["beat:1", "beat:2", "neighborhood:N1", "council_district:C2"],
    "services": ["tree", "weeds", "pothole"],
    "groups": ["trees", "streets"],
    "priority": ["normal", "high"],
}
conditions = st.dictionaries(st.sampled_from(sorted(WORDS)), st.none(), min_size=1, max_size=3).flatmap(
    lambda names: st.fixed_dictionaries(
        {name: st.lists(st.sampled_from(WORDS[name]), min_size=1, max_size=2, unique=True) for name in names}
    )
)
extra = st.sampled_from(
    [
        {},
        {},
        {"office": "open"},
        {"time": {"from": "17:00", "to": "07:30"}},
        {"services": ["tree"], "answers": {"where": ["yard", "strip"]}},
    ]
)
outcomes = st.sampled_from(
    [
        {"post": "code/desk"}, {"post": "parks/desk", "priority": "high"}, {"priority": "urgent"}, {"triage": True},
        {"department": "waste"}, {"agency": "state"}, {"copies": ["safety/desk", "waste/desk"]},
        {"post": "forestry/desk", "agency": "state", "copies": ["parks/desk"]},
    ]
)  # fmt: skip
# About opening and closing, on a holiday, a Friday, a night on which clocks change.
MOMENTS = ["2026-11-16 06:59", "2026-11-16 07:00", "2026-11-16 18:00", "2026-11-26 10:00", "2026-11-20 10:00",
           "2024-03-10 03:30"]  # fmt: skip
ANSWERS = [{}, {"where": "yard"}, {"where": "fallen", "trouble": ["dead"]}]
DEFAULTS = [
    {"service": "tree", "post": "forestry/desk", "copies": ["parks/desk"], "priority": "low"},
    {"service": "weeds", "post": "code/desk", "areas": {"1": "parks/desk", "2": "waste/desk"}},
    {"service": "signal", "post": "streets/desk", "areas": {"C1": "safety/desk"}},
    *({"service": code, "post": "streets/desk"} for code in ("pothole", "blocked-driveway", "drug-house")),
]


def assert_same(routing: Routing, replayed: Replay) -> None:
    assert (routing.way, routing.winner, routing.runner_up, routing.candidates) == (
        replayed.way, replayed.winner, replayed.runner_up, replayed.candidates,
    )  # fmt: skip
    assert (routing.department_id, routing.post_id, routing.agency_id, routing.triage) == (
        replayed.desk.department_id, replayed.desk.post_id, replayed.desk.agency_id, replayed.desk.triage,
    )  # fmt: skip
    assert (routing.priority, routing.copies) == (replayed.priority, replayed.copies)
    assert routing.default_route_id == (replayed.default.pk if replayed.default else None)


class TestReplay(TestCase):
    """Properties over random rules and random requests."""

    city: City

    @classmethod
    def setUpTestData(cls) -> None:
        cls.city = City.build()

    def test_a_replay_asks_the_database_nothing(self) -> None:
        with TemporaryDirectory() as folder:
            active = self.city.load(Path(folder) / "rules.yaml", active=True, defaults=DEFAULTS)
        program = kept_program(active.pk)
        fields = {"channel": "web", "language": "en", "minute": 600, "office_open": True, "priority": "normal"}
        for service in self.city.services.values():
            facts = Facts(service_id=service.pk, area_ids=self.city.squared.areas("beat:2"), **fields)
            decided = decide(facts, jurisdiction_id=0, program=program)
            with self.assertNumQueries(0):
                replayed = replay(program, facts)
            assert_same(decided, replayed)
            assert replayed.default is not None

    def rule_set(self, data: st.DataObject, *, active: bool = False) -> RuleSet:
        drawn = data.draw(st.lists(st.tuples(conditions, extra, outcomes), max_size=6))
        rules = [rule(f"r{at}", {**one, **more}, **then) for at, (one, more, then) in enumerate(drawn)]
        with TemporaryDirectory() as folder:
            return self.city.load(Path(folder) / "rules.yaml", *rules, active=active, defaults=DEFAULTS)

    def facts(self, draw: Any) -> Facts:
        squared, services = self.city.squared, self.city.services
        bits = st.integers(0, 1023).map(Lies)
        areas = draw(st.sets(st.sampled_from(["beat:1", "beat:2", "neighborhood:N1", "council_district:C1"])))
        return Facts(
            service_id=services[draw(st.sampled_from(sorted(services)))].pk,
            channel=draw(st.sampled_from(["web", "phone"])),
            language=draw(st.sampled_from(["en", "es"])),
            minute=draw(st.integers(0, 7 * 1440 - 1)),
            office_open=draw(st.booleans()),
            priority=draw(st.sampled_from(["normal", "high"])),
            area_ids=squared.areas(*areas),
            lies_on=draw(bits),
            doubt=draw(bits),
            means=draw(st.sampled_from(["", "row", "private", "park", "wires", "fallen"])),
            asset_owner=draw(st.sampled_from(["", "", "city", "private", "utility"])),
            parcel_owner=draw(st.sampled_from(["", "private", "city", "school district"])),
            parcel_use=draw(st.sampled_from(["", "Vacant", "School"])),
            answers=draw(st.sampled_from([{}, {"where": "yard"}, {"where": "park"}])),
        )

    @settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def test_replay_is_what_the_database_decided(self, data: st.DataObject) -> None:
        program = program_of(self.rule_set(data))
        for _ in range(8):
            facts = self.facts(data.draw)
            assert_same(decide(facts, jurisdiction_id=0, program=program), replay(program, facts))

    @settings(max_examples=examples(15), deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def test_many_are_decided_as_one_by_one(self, data: st.DataObject) -> None:
        program = program_of(self.rule_set(data, active=True))
        requests = [self.asked(data.draw) for _ in range(data.draw(st.integers(1, 20)))]
        together = self.batch(requests)
        for one, found in zip(requests, together, strict=True):
            facts = self.facts_of(one)
            alone = decide(facts, jurisdiction_id=self.city.hall.jurisdiction.pk)
            assert found == told(alone, facts, program.named_areas, program.questions), one

    def asked(self, draw: Any) -> Asked:
        services = self.city.services
        name = draw(st.sampled_from(sorted(services)))
        lon, lat = at(draw(along), draw(up)) if draw(st.integers(0, 9)) else (None, None)
        return Asked(
            services[name],
            life.local(draw(st.sampled_from(MOMENTS))),
            lon,
            lat,
            place_method="pin" if lon else "none",
            answers=draw(st.sampled_from(ANSWERS)) if name == "tree" else {},
            channel=draw(st.sampled_from(["web", "phone"])),
            language=draw(st.sampled_from(["en", "es"])),
        )

    def facts_of(self, one: Asked) -> Facts:
        subject = subject_at(
            one.service, one.lon, one.lat, at=one.at, answers=one.answers, place_method=one.place_method
        )
        return facts_of(
            one.service, link(subject), at=one.at, channel=one.channel, language=one.language, answers=one.answers,
            calendar=self.city.hall.calendar,
        )  # fmt: skip

    def batch(self, requests: list[Asked]) -> list[dict[str, Any]]:
        with transaction.atomic():
            fill(requests)
            link_bulk.link_many()
            bulk.route_many()
            with connection.cursor() as cursor:
                cursor.execute(
                    "select r.*, coalesce((select jsonb_agg(v.reason order by v.reason) from route_review v"
                    " where v.request_id = r.request_id), '[]')::text as reviews from route_result r order by 1"
                )
                names = [column.name for column in cursor.description]
                rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            link_bulk.drop_batch()
        for row in rows:
            for name in ("request_id", "jurisdiction_id", "unsure", "answers", "received_at"):
                row.pop(name)
        return rows


def told(routing: Routing, facts: Facts, areas: frozenset[int], questions: frozenset[str]) -> dict[str, Any]:
    """A routing with its facts in the form in which a batch has them."""
    reasons = sorted(doubt.reason for doubt in routing.reviews)
    return {
        "way": routing.way,
        "winner": routing.winner,
        "runner_up": routing.runner_up,
        "candidates": list(routing.candidates) or None,
        "default_route": routing.default_route_id,
        "department": routing.department_id,
        "post": routing.post_id,
        "agency": routing.agency_id,
        "priority": routing.priority,
        "triage": routing.triage,
        "copies": list(routing.copies) or None,
        "service_id": facts.service_id,
        "area_ids": [area for area in facts.area_ids if area in areas],
        "lies_on": int(facts.lies_on),
        "doubt": int(facts.doubt),
        "means": facts.means,
        "asset_kind": facts.asset_kind,
        "asset_owner": facts.asset_owner,
        "owner_class": facts.parcel_owner,
        "land_use": facts.parcel_use,
        "channel": facts.channel,
        "language": facts.language,
        "minute": facts.minute,
        "office_open": facts.office_open,
        "base_priority": facts.priority,
        "rule_set_id": routing.rule_set_id,
        "reviews": str(reasons).replace("'", '"'),
    }


def test_every_way_the_ground_may_turn_out_is_tried() -> None:
    doubt = Lies.RIGHT_OF_WAY | Lies.PRIVATE_PARCEL | Lies.EASEMENT
    facts = Facts(1, "web", "en", 0, True, "normal", lies_on=Lies.RIGHT_OF_WAY, doubt=doubt)
    relevant = Lies.RIGHT_OF_WAY | Lies.PRIVATE_PARCEL | Lies.PUBLIC_PARCEL
    assert [way.ground for way in facts.ways(relevant)] == [Lies.RIGHT_OF_WAY, Lies.PRIVATE_PARCEL]
    assert len(facts.ways(relevant | Lies.EASEMENT)) == 4
    assert facts.ways(Lies.PARK) == (facts,)


def test_a_parcel_counts_only_where_the_place_counts_as_lying_in_it() -> None:
    on_it = {"lies_on": Lies.PRIVATE_PARCEL, "parcel_owner": "private", "parcel_use": "Vacant"}
    facts = Facts(1, "web", "en", 0, True, "normal", **on_it)
    assert (facts.owner_class, facts.land_use) == ("private", "Vacant")
    assert replace(facts, means="row").land_use == ""
    assert replace(facts, assumed=Lies.RIGHT_OF_WAY).owner_class == ""
