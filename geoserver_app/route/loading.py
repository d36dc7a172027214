"""Rules as a file: read into a draft, whole or not at all, every fault with its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from django.db import transaction

from geoserver_app.accounts.models import User
from geoserver_app.catalog.models import Service
from geoserver_app.org.models import Agency, Department, Post
from geoserver_app.org.records import Faults, Record, read
from geoserver_app.route.known import Known
from geoserver_app.route.models import DefaultRoute, Rule, RuleSet
from geoserver_app.route.versions import freeze, next_version, rule_faults
from layers.models import Jurisdiction

Row = TypeVar("Row", Department, Agency)


@dataclass(frozen=True)
class Desks:
    """Departments, posts and agencies of a jurisdiction by code; a post is named department/post."""

    departments: dict[str, Department]
    posts: dict[str, Post]
    agencies: dict[str, Agency]

    @classmethod
    def of(cls, jurisdiction: Jurisdiction) -> Desks:
        """The ones in use."""
        posts = Post.objects.filter(department__jurisdiction=jurisdiction, active=True).select_related("department")
        return cls(
            {row.code: row for row in Department.objects.filter(jurisdiction=jurisdiction, active=True)},
            {f"{row.department.code}/{row.code}": row for row in posts},
            {row.code: row for row in Agency.objects.filter(jurisdiction=jurisdiction, active=True)},
        )


@dataclass(frozen=True)
class LoadedRules:
    """What a file became."""

    rule_set: RuleSet
    defaults: int
    rules: int


def load_rules(path: Path, jurisdiction: Jurisdiction, *, at: datetime, by: User | None = None) -> LoadedRules:
    """The rules of a file as a new draft, resolved and ready to be tried. BadFile or BadRules with every fault."""
    faults = Faults()
    file = read(path, faults)
    desks, known = Desks.of(jurisdiction), Known(jurisdiction)
    note = file.text("note", "")
    safe, triage = _post(file, "safe_post", desks), _post(file, "triage_post", desks)
    faults.refuse()
    assert safe is not None  # noqa: S101  refuse() has raised: a missing desk is a fault
    assert triage is not None  # noqa: S101  refuse() has raised, as above
    with transaction.atomic():
        rule_set = RuleSet.objects.create(
            jurisdiction=jurisdiction, version=next_version(jurisdiction), note=note, safe_post=safe,
            triage_post=triage, created_at=at, created_by=by,
        )  # fmt: skip
        defaults = _defaults(file, rule_set, desks, known)
        rules = _rules(file, rule_set, desks, known)
        file.done()
        faults.refuse()
        freeze(rule_set)
    return LoadedRules(rule_set, defaults, rules)


def _defaults(file: Record, rule_set: RuleSet, desks: Desks, known: Known) -> int:
    """The rows of the table: those that are listed, then every other service by its own department."""
    written = 0
    listed: set[int] = set()
    for record in file.records("defaults", "default", key="service"):
        service = _service(record, known)
        post = _post(record, "post", desks)
        priority = record.choice("priority", Service.Priority, "")
        copies = _copies(record, desks)
        by_area = record.take("areas", {})
        if service is None or post is None:
            continue
        listed.add(service.pk)
        rows = [(None, post), *_by_area(record, service, by_area, desks, known)]
        for area_id, desk in rows:
            row = DefaultRoute.objects.create(
                rule_set=rule_set, service=service, area_id=area_id, department=desk.department, post=desk,
                priority=priority,
            )  # fmt: skip
            row.copies.set(copies)
            written += 1
    return written + _others(file, rule_set, listed, desks, known)


def _others(file: Record, rule_set: RuleSet, listed: set[int], desks: Desks, known: Known) -> int:
    """A row for each service that the file does not list: the desk with this code in the service's own department."""
    code = file.text("other_services", "")
    if not code:
        return 0
    rows = []
    for service in known.offered().exclude(pk__in=listed).select_related("department"):
        desk = desks.posts.get(f"{service.department.code}/{code}")
        if desk is None:
            file.fault(f"service '{service.code}': department '{service.department.code}' has no post '{code}'")
        else:
            rows.append(DefaultRoute(rule_set=rule_set, service=service, department=desk.department, post=desk))
    return len(DefaultRoute.objects.bulk_create(rows))


def _by_area(
    record: Record, service: Service, by_area: object, desks: Desks, known: Known
) -> Iterable[tuple[int | None, Post]]:
    if not isinstance(by_area, dict):
        record.fault("'areas' must be a mapping of codes to posts: {\"3\": code_enforcement/inspector_south}")
        return
    if by_area and not service.deciding_kind:
        record.fault("the service has no kind of area that decides it")
    for code, name in by_area.items():
        area_id = known.area(service.deciding_kind, str(code))
        desk = desks.posts.get(str(name))
        if area_id is None:
            record.fault(f"there is no area '{service.deciding_kind}:{code}'")
        elif desk is None:
            record.fault(f"there is no post '{name}'; posts are named department/post")
        else:
            yield area_id, desk


def _rules(file: Record, rule_set: RuleSet, desks: Desks, known: Known) -> int:
    position = 0
    for position, record in enumerate(file.records("rules", "rule"), start=1):
        condition = record.take("if", {})
        then = Record(record.take("then", {}), f"{record.place}: then", record.faults)
        rule = Rule(
            rule_set=rule_set,
            position=position,
            code=record.text("code"),
            sentences=record.texts("sentence", _languages(rule_set.jurisdiction)),
            condition=condition if isinstance(condition, dict) else {},
            department=_named(then, "department", desks.departments),
            post=_post(then, "post", desks, needed=False),
            agency=_named(then, "agency", desks.agencies),
            priority=then.choice("priority", Service.Priority, ""),
            triage=then.switch("triage", False),
        )
        copies = _copies(then, desks)
        then.done()
        if rule.post and rule.department is None:
            rule.department = rule.post.department
        _save(rule, copies, record, known)
    return position


def _save(rule: Rule, copies: list[Post], record: Record, known: Known) -> None:
    for fault in rule_faults(rule, known, told=bool(copies)):
        record.fault(fault)
    if not record.faults.found:
        rule.save()
        rule.copies.set(copies)


def _languages(jurisdiction: Jurisdiction) -> list[str]:
    return list(jurisdiction.city_hall.languages)


def _service(record: Record, known: Known) -> Service | None:
    code = record.text("service")
    service = known.service(code)
    if service is None:
        record.fault(f"there is no service '{code}'")
    return service


def _post(record: Record, name: str, desks: Desks, *, needed: bool = True) -> Post | None:
    written = record.text(name, None if needed else "")
    if written and written not in desks.posts:
        record.fault(f"there is no post '{written}'; posts are named department/post")
    return desks.posts.get(written)


def _named(record: Record, name: str, rows: dict[str, Row]) -> Row | None:
    written = record.text(name, "")
    if written and written not in rows:
        record.fault(f"there is no {name} '{written}'; there are: {', '.join(rows)}")
    return rows.get(written)


def _copies(record: Record, desks: Desks) -> list[Post]:
    names = record.strings("copies")
    for name in names:
        if name not in desks.posts:
            record.fault(f"there is no post '{name}'; posts are named department/post")
    return [desks.posts[name] for name in names if name in desks.posts]
