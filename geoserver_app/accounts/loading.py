"""Puts people, their assignments and the posts they hold into the tables, from people.yaml."""

from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password

from geoserver_app.accounts.models import Assignment, PostHolder, User
from geoserver_app.accounts.roles import Role
from geoserver_app.org.models import Department, Post
from geoserver_app.org.records import Counts, Faults, Record, put, read
from layers.models import Area, Jurisdiction


def load_people(folder: Path, jurisdiction: Jurisdiction, faults: Faults) -> dict[str, Counts]:
    """Log-ins without a password, what they may do, whose mail they get.

    Assignments and posts of the people in the file become those of the file; people who are not in it are left alone.
    """
    file = read(folder / "people.yaml", faults)
    counts = {"people": Counts(), "assignments": Counts(), "posts held": Counts()}
    for record in file.records("people", "person", key="username"):
        user = _person(record, counts["people"])
        _assign(user, jurisdiction, record, counts["assignments"])
        _seat(user, jurisdiction, record, counts["posts held"])
    file.done()
    return counts


def _person(record: Record, counts: Counts) -> User:
    key = {"username": record.text("username")}
    values = {name: record.text(name, "") for name in ("first_name", "last_name", "email")}
    if not User.objects.filter(**key).exists():
        values["password"] = make_password(None)  # unusable, until an administrator or the person sets one
    return put(User, key, values, counts, record)


def _assign(user: User, jurisdiction: Jurisdiction, record: Record, counts: Counts) -> None:
    """Makes the person's assignments in this jurisdiction those of the file."""
    kept: set[int] = set()
    for one in record.records("assignments", "assignment", key=""):
        values = _assignment(jurisdiction, one)
        one.faults.refuse()
        kept.add(put(Assignment, {"user": user, "jurisdiction": jurisdiction, **values}, {}, counts, one).pk)
    gone = Assignment.objects.filter(user=user, jurisdiction=jurisdiction).exclude(pk__in=kept)
    counts.retired += gone.delete()[0]


def _assignment(jurisdiction: Jurisdiction, record: Record) -> dict[str, Any]:
    code = record.text("department", "")
    kind = record.text("area_kind", "")
    codes = record.strings("area_codes")
    _check_areas(jurisdiction, kind, codes, record)
    return {
        "role": record.choice("role", Role),
        "department": _department(jurisdiction, code, record) if code else None,
        "area_kind": kind,
        "area_codes": codes,
        "sensitive": record.switch("sensitive", default=False),
        "from_day": record.day("from_day"),
        "to_day": record.day("to_day"),
    }


def _department(jurisdiction: Jurisdiction, code: str, record: Record) -> Department | None:
    found = Department.objects.filter(jurisdiction=jurisdiction, code=code).first()
    if found is None:
        record.fault(f"there is no department '{code}'")
    return found


def _check_areas(jurisdiction: Jurisdiction, kind: str, codes: list[str], record: Record) -> None:
    """Faults for areas that do not exist, where areas of the kind are loaded at all."""
    areas = Area.objects.filter(jurisdiction=jurisdiction, kind__code=kind)
    known = set(areas.filter(code__in=codes).values_list("code", flat=True))
    if kind and areas.exists():
        for code in codes:
            if code not in known:
                record.fault(f"there is no {kind} '{code}'")


def _seat(user: User, jurisdiction: Jurisdiction, record: Record, counts: Counts) -> None:
    """Makes the posts that the person holds in this jurisdiction those of the file: department/post."""
    kept: set[int] = set()
    for name in record.strings("posts"):
        department, _, code = name.partition("/")
        post = Post.objects.filter(
            department__jurisdiction=jurisdiction, department__code=department, code=code
        ).first()
        if post is None:
            record.fault(f"there is no post '{name}'; write department/post")
            continue
        kept.add(put(PostHolder, {"user": user, "post": post}, {}, counts, record).pk)
    gone = PostHolder.objects.filter(user=user, post__department__jurisdiction=jurisdiction).exclude(pk__in=kept)
    counts.retired += gone.delete()[0]
