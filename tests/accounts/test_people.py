"""People as a file: log-ins without a password, what they may do, whose mail they get."""

import io
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command

from geoserver_app.accounts.demo import LOGINS
from geoserver_app.accounts.models import Assignment, PostHolder, User
from geoserver_app.accounts.roles import Role
from layers.errors import BadFile
from layers.models import Jurisdiction
from tests.accounts.conftest import Town
from tests.city import FILES, areas, bare_jurisdiction

pytestmark = pytest.mark.django_db


def load(folder: Path, *options: str) -> str:
    printed = io.StringIO()
    call_command("load_people", str(folder), *options, stdout=printed)
    return printed.getvalue()


def write(folder: Path, *people: dict[str, Any]) -> Path:
    (folder / "people.yaml").write_text(yaml.safe_dump({"people": list(people)}), encoding="utf-8")
    return folder


def person(**more: Any) -> dict[str, Any]:
    return {"username": "lena", "first_name": "Lena", "last_name": "Ortega", "email": "lena@almendra.example", **more}


WORKS = {"role": "liaison", "department": "works"}


@pytest.mark.slow
def test_the_demos_people_fit_its_city() -> None:
    almendra = bare_jurisdiction()
    areas(almendra, "beat", "11", "12", "13", "21", "22", "31", "32", "33", "41", "42")
    areas(almendra, "council_district", "1", "2", "3", "4", "5")
    call_command("load_catalog", str(FILES), "--commit", stdout=io.StringIO())
    load(FILES, "--commit")
    logins = {login.username for login in LOGINS}
    assert set(Assignment.objects.values_list("role", flat=True)) == set(Role.values)
    assert logins <= set(User.objects.values_list("username", flat=True))
    assert {user.assignments.first().role for user in User.objects.filter(username__in=logins)} == set(Role.values)
    liaisons = PostHolder.objects.filter(post__code="liaison", post__department__jurisdiction=almendra)
    assert liaisons.values("post__department").distinct().count() == 10


def test_nobody_has_a_password_before_somebody_gives_one(town: Town, tmp_path: Path) -> None:
    load(write(tmp_path, person()), "--commit")
    assert not User.objects.get().has_usable_password()


def test_a_dry_run_writes_nothing_and_the_same_file_changes_nothing(town: Town, tmp_path: Path) -> None:
    folder = write(tmp_path, person(assignments=[WORKS], posts=["works/liaison"]))
    dry = load(folder)
    assert not User.objects.exists()
    assert dry.splitlines()[:-1] == load(folder, "--commit").splitlines()[:-1]
    again = load(folder, "--commit")
    assert "assignments: 0 new, 0 changed, 1 as before, 0 retired" in again
    assert "posts held: 0 new, 0 changed, 1 as before, 0 retired" in again


def test_a_password_stays_when_the_file_is_loaded_again(town: Town, tmp_path: Path) -> None:
    folder = write(tmp_path, person())
    load(folder, "--commit")
    user = User.objects.get()
    user.set_password("a new one")
    user.save()
    load(write(tmp_path, person(first_name="Elena")), "--commit")
    user.refresh_from_db()
    assert (user.first_name, user.check_password("a new one")) == ("Elena", True)


def test_assignments_and_posts_become_those_of_the_file(town: Town, tmp_path: Path) -> None:
    load(write(tmp_path, person(assignments=[WORKS], posts=["works/liaison"])), "--commit")
    printed = load(write(tmp_path, person(assignments=[{"role": "manager"}])), "--commit")
    assert "assignments: 1 new, 0 changed, 0 as before, 1 retired" in printed
    assert [one.role for one in Assignment.objects.all()] == [Role.MANAGER]
    assert not PostHolder.objects.exists()


def test_people_who_are_not_in_the_file_are_left_alone(town: Town, tmp_path: Path) -> None:
    town.person("agent", Role.AGENT)
    load(write(tmp_path, person()), "--commit")
    assert Assignment.objects.get().user.username == "agent"


def test_assignments_in_other_jurisdictions_are_left_alone(town: Town, tmp_path: Path) -> None:
    load(write(tmp_path, person(assignments=[{"role": "manager"}])), "--commit")
    other = Jurisdiction.objects.get(pk=bare_jurisdiction("elsewhere").pk)
    town.assign(User.objects.get(), Role.PLANNER, jurisdiction=other)
    call_command("load_people", str(tmp_path), "--jurisdiction", "almendra", "--commit", stdout=io.StringIO())
    assert Assignment.objects.count() == 2


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"assignments": [{"role": "king"}]}, "'role' is 'king'"),
        ({"assignments": [{"role": "liaison"}]}, "A liaison is the liaison of a department"),
        ({"assignments": [{"role": "liaison", "department": "moon"}]}, "there is no department 'moon'"),
        ({"assignments": [{"role": "deputy", "area_kind": "beat", "area_codes": ["99"]}]}, "there is no beat '99'"),
        ({"assignments": [{"role": "deputy", "area_codes": [21]}]}, "must be a list of texts"),
        ({"posts": ["works/boss"]}, "there is no post 'works/boss'"),
        ({"email": "not an address"}, "Enter a valid email address"),
        ({"shoe_size": 9}, "'shoe_size' is not known here"),
    ],
)
def test_fault_is_named_with_the_person(town: Town, tmp_path: Path, more: dict[str, Any], words: str) -> None:
    with pytest.raises(BadFile) as refused:
        load(write(tmp_path, person(**more)), "--commit")
    assert words in str(refused.value)
    assert "person 'lena'" in str(refused.value)
    assert not User.objects.exists()


def test_two_people_with_one_address_are_refused(town: Town, tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="Somebody else logs in with this e-mail address"):
        load(write(tmp_path, person(), person(username="other")))
