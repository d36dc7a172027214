"""Who may do what to whose requests: one table, deny by default."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from geoserver_app.accounts.models import Assignment, User
from geoserver_app.accounts.rights import STRANGER, Matter, Rights, rights_of
from geoserver_app.accounts.roles import CAPABILITIES, Capability, Role
from tests.accounts.conftest import Town
from tests.city import jurisdiction_with_office

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
C = Capability

# A capability a line, a role a column. What is not here nobody may do.
COLUMNS = (
    Role.AGENT, Role.DISPATCHER, Role.LIAISON, Role.DEPUTY, Role.COUNCIL,
    Role.PLANNER, Role.GIS, Role.MANAGER, Role.ADMIN,
)  # fmt: skip
TABLE = {
    C.SEE_REQUESTS:   "x x x x x x . x x",
    C.SEE_REPORTERS:  "x x x . . . . x .",
    C.TAKE_REQUESTS:  "x x x . . . . . .",
    C.REVIEW:         ". x . . . . . x .",
    C.WORK:           ". x x x . . . x .",
    C.MERGE:          ". x x . . . . x .",
    C.HAND_ON:        "x x x x . . . x .",
    C.CORRECT:        "x x x . . . . . .",
    C.PUBLISH:        ". x x . . . . x .",
    C.READ_OUTBOX:    ". x . . . . . x x",
    C.EXPORT:         ". x x . . x . x .",
    C.PLAN:           ". . . . . x . x .",
    C.MEASURE:        ". . . . . . . x .",
    C.EDIT_CATALOG:   ". . . . . . . . x",
    C.EDIT_RULES:     ". . . . . . . . x",
    C.EDIT_GEOGRAPHY: ". . . . . . x . x",
    C.MANAGE_PEOPLE:  ". . . . . . . . x",
}  # fmt: skip


def test_every_role_may_do_what_the_table_says_and_nothing_else() -> None:
    told = {
        role: {capability for capability, marks in TABLE.items() if marks.split()[column] == "x"}
        for column, role in enumerate(COLUMNS)
    }
    assert {role: set(CAPABILITIES[role]) for role in Role} == told
    assert set(TABLE) == set(Capability)


def rights(user: User) -> Rights:
    return rights_of(User.objects.get(pk=user.pk), at=NOW)


def test_a_stranger_and_somebody_without_assignment_may_do_nothing(town: Town) -> None:
    assert rights_of(AnonymousUser(), at=NOW) == STRANGER
    assert rights(town.person("nobody")).capabilities == frozenset()
    assert not any(STRANGER.may(capability) for capability in Capability)


def test_somebody_who_left_may_do_nothing(town: Town) -> None:
    user = town.person("agent", Role.AGENT)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert rights(user) == STRANGER


@pytest.mark.parametrize(
    ("from_day", "to_day", "holds"),
    [
        (None, None, True),
        (date(2026, 11, 18), None, True),
        (date(2026, 11, 19), None, False),
        (None, date(2026, 11, 18), True),
        (None, date(2026, 11, 17), False),
    ],
)
def test_an_assignment_holds_from_its_first_to_its_last_day(
    town: Town, from_day: date | None, to_day: date | None, holds: bool
) -> None:
    user = town.person("agent", Role.AGENT, from_day=from_day, to_day=to_day)
    assert rights(user).may(C.TAKE_REQUESTS) is holds


def test_the_day_is_the_jurisdictions_not_utcs(town: Town) -> None:
    user = town.person("agent", Role.AGENT, to_day=date(2026, 11, 18))
    # 6:00 UTC on the 19th is still the evening of the 18th in California.
    assert rights_of(user, at=datetime(2026, 11, 19, 6, 0, tzinfo=UTC)).may(C.TAKE_REQUESTS)
    assert not rights_of(user, at=datetime(2026, 11, 19, 9, 0, tzinfo=UTC)).may(C.TAKE_REQUESTS)


def matter(town: Town, *departments: str, beat: str = "", district: str = "", sensitive: bool = False) -> Matter:
    found = {town.beats[beat].pk} if beat else set()
    found |= {town.districts[district].pk} if district else set()
    own = frozenset(town.departments[code].pk for code in departments)
    return Matter(town.jurisdiction.pk, own, frozenset(found), sensitive)


BEAT_OF_PARKING = {"department": "parking", "area_kind": "beat", "area_codes": ["21"]}
SCOPES = [
    # role, scope, (departments, beat, district, sensitive), sees it
    (Role.DISPATCHER, {}, (("works",), "", "", False), True),
    (Role.DISPATCHER, {}, ((), "", "", False), True),
    (Role.DISPATCHER, {}, (("works",), "", "", True), False),
    (Role.DISPATCHER, {"sensitive": True}, (("works",), "", "", True), True),
    (Role.LIAISON, {"department": "works"}, (("works",), "21", "3", False), True),
    (Role.LIAISON, {"department": "works"}, (("parking",), "21", "3", False), False),
    (Role.LIAISON, {"department": "works"}, (("parking", "works"), "", "", False), True),  # a copy
    (Role.LIAISON, {"department": "works"}, ((), "", "", False), False),  # in nobody's hands yet
    (Role.LIAISON, {"department": "works"}, (("works",), "", "", True), False),
    (Role.DEPUTY, {"area_kind": "beat", "area_codes": ["21", "22"]}, (("works",), "22", "", False), True),
    (Role.DEPUTY, {"area_kind": "beat", "area_codes": ["21", "22"]}, (("works",), "31", "", False), False),
    (Role.DEPUTY, {"area_kind": "beat", "area_codes": ["21"]}, (("works",), "", "", False), False),  # without a place
    (Role.DEPUTY, BEAT_OF_PARKING, (("works",), "21", "", False), False),
    (Role.DEPUTY, BEAT_OF_PARKING, (("parking",), "21", "", False), True),
    (Role.COUNCIL, {"area_kind": "council_district", "area_codes": ["3"]}, (("works",), "21", "3", False), True),
    (Role.COUNCIL, {"area_kind": "council_district", "area_codes": ["3"]}, (("works",), "21", "1", False), False),
    (Role.COUNCIL, {"area_kind": "council_district", "area_codes": ["3"]}, (("works",), "21", "3", True), False),
    (Role.COUNCIL, {"area_kind": "council_district", "area_codes": ["99"]}, (("works",), "21", "3", False), False),
    (Role.GIS, {}, (("works",), "21", "3", False), False),
]  # fmt: skip


@pytest.mark.parametrize(("role", "scope", "request_", "sees"), SCOPES)
def test_scope(town: Town, role: Role, scope: dict[str, object], request_: tuple[Any, ...], sees: bool) -> None:
    departments, beat, district, sensitive = request_
    about = matter(town, *departments, beat=beat, district=district, sensitive=sensitive)
    assert rights(town.person("somebody", role, **dict(scope))).may_with(C.SEE_REQUESTS, about) is sees


def test_scopes_of_two_assignments_are_never_added_up(town: Town) -> None:
    user = town.person("both", Role.LIAISON, department="works")
    town.assign(user, Role.COUNCIL, area_kind="council_district", area_codes=["3"])
    found = rights(user)
    parking_in_three = matter(town, "parking", district="3")
    works_in_one = matter(town, "works", district="1")
    assert found.may_with(C.SEE_REQUESTS, parking_in_three)
    assert not found.may_with(C.WORK, parking_in_three)
    assert found.may_with(C.WORK, works_in_one)
    assert not found.may_with(C.WORK, matter(town, "parking", district="1"))


def test_another_jurisdiction_is_another_world(town: Town) -> None:
    other = jurisdiction_with_office("elsewhere")
    found = rights(town.person("manager", Role.MANAGER, sensitive=True))
    assert not found.may_with(C.SEE_REQUESTS, Matter(other.pk))
    assert not found.may(C.SEE_REQUESTS, other.pk)
    assert found.jurisdictions(C.SEE_REQUESTS) == {town.jurisdiction.pk}


def test_departments_are_all_or_named(town: Town) -> None:
    works = rights(town.person("liaison", Role.LIAISON, department="works"))
    assert works.departments(C.WORK) == {town.departments["works"].pk}
    assert works.departments(C.REVIEW) == frozenset()
    assert rights(town.person("manager", Role.MANAGER)).departments(C.WORK) is None


def test_a_superuser_sets_up_but_sees_no_names_and_nothing_sensitive(town: Town) -> None:
    found = rights(User.objects.create_superuser("root", "root@almendra.example", "root-secret"))
    assert found.may(C.MANAGE_PEOPLE, town.jurisdiction.pk)
    assert not found.may(C.SEE_REPORTERS)
    assert not found.may_with(C.SEE_REQUESTS, matter(town, "works", sensitive=True))


def test_rights_cost_at_most_two_queries(town: Town, django_assert_max_num_queries: Any) -> None:
    user = town.person("deputy", Role.DEPUTY, area_kind="beat", area_codes=["21"])
    town.assign(user, Role.COUNCIL, area_kind="council_district", area_codes=["3"])
    with django_assert_max_num_queries(2):
        rights_of(user, at=NOW)


IMPOSSIBLE = [
    ({"role": Role.LIAISON}, "A liaison is the liaison of a department"),
    ({"role": Role.DEPUTY, "area_kind": "beat"}, "Name both the kind of area and at least one code"),
    ({"role": Role.DEPUTY, "area_codes": ["21"]}, "Name both the kind of area and at least one code"),
    ({"role": Role.AGENT, "from_day": date(2026, 2, 1), "to_day": date(2026, 1, 1)}, "last day must not be before"),
    ({"role": "king"}, "king"),
]


@pytest.mark.parametrize(("columns", "words"), IMPOSSIBLE)
def test_an_impossible_assignment_is_refused_by_form_and_by_table(
    town: Town, columns: dict[str, object], words: str
) -> None:
    assignment = Assignment(user=town.person("somebody"), jurisdiction=town.jurisdiction, **columns)
    with pytest.raises(ValidationError, match=words):
        assignment.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        assignment.save()


def test_two_people_cannot_have_one_email_address(town: Town) -> None:
    town.person("one")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("two", "ONE@almendra.example", "x")
