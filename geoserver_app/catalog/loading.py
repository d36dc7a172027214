"""Puts a city's services with their forms, and its frequent questions, into the tables, from YAML files.

``services.yaml`` lists the groups; the services stand in it or, one file for each department, in ``services/``.
What the files no longer have is retired, never deleted: requests of all years name it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from geoserver_app.catalog.definition import faults as form_faults
from geoserver_app.catalog.models import Faq, Service, ServiceAttribute, ServiceGroup
from geoserver_app.org.loading import names
from geoserver_app.org.models import Department
from geoserver_app.org.records import Counts, Faults, Record, put, read
from layers.models import Jurisdiction


@dataclass
class _Load:
    """What one run knows: whose catalog, in which languages, on which day, and what it has met."""

    jurisdiction: Jurisdiction
    languages: list[str]
    on: date
    faults: Faults
    groups: dict[str, ServiceGroup] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    counts: dict[str, Counts] = field(
        default_factory=lambda: {name: Counts() for name in ("groups", "services", "questions")}
    )


def load_services(folder: Path, jurisdiction: Jurisdiction, faults: Faults, *, on: date) -> dict[str, Counts]:
    """Groups, services and questions. ``on`` is the local day from which on what is gone counts as retired."""
    load = _Load(jurisdiction, jurisdiction.city_hall.languages, on, faults)
    file = read(folder / "services.yaml", faults)
    for position, record in enumerate(file.records("groups", "group"), start=1):
        values = {**names(record, load.languages), "position": position * 10}
        code = record.text("code")
        key = {"jurisdiction": jurisdiction, "code": code}
        load.groups[code] = put(ServiceGroup, key, values, load.counts["groups"], record)
    successors: dict[str, str] = {}
    kin: dict[str, list[str]] = {}
    for department, record in _service_records(folder, file, faults):
        code = record.text("code")
        if code in load.services:
            record.fault("stands in two files")
        successors[code] = record.text("successor", "")
        kin[code] = record.strings("same_problem_as")
        load.services[code] = _load_service(load, code, department, record)
    file.done()
    _link_successors(load, successors)
    _link_kin(load, kin)
    _retire(load)
    return load.counts


def _service_records(folder: Path, file: Record, faults: Faults) -> Iterator[tuple[str, Record]]:
    """Every service of services.yaml and services/*.yaml, with its department's code."""
    for record in file.records("services", "service"):
        yield record.text("department"), record
    for path in sorted((folder / "services").glob("*.yaml")):
        part = read(path, faults)
        department = part.text("department")
        for record in part.records("services", "service"):
            yield department, record
        part.done()


def _load_service(load: _Load, code: str, department: str, record: Record) -> Service:
    values = {**_identity(load, code, department, record), **_policies(record), "retired_on": record.day("retired_on")}
    questions = [_question(load, number, one) for number, one in enumerate(record.records("questions", "question"), 1)]
    if load.faults.found:  # go on looking for faults, but write nothing that the tables would refuse
        return Service(code=code)
    key = {"jurisdiction": load.jurisdiction, "code": code}
    service = put(Service, key, values, load.counts["services"], record)
    _load_questions(load, service, questions, record)
    return service


def _identity(load: _Load, code: str, department: str, record: Record) -> dict[str, Any]:
    """Code, words, group and department of a service."""
    group = load.groups.get(record.text("group"))
    owner = Department.objects.filter(jurisdiction=load.jurisdiction, code=department).first()
    if group is None:
        record.fault(f"its group is not in services.yaml; there are: {', '.join(load.groups)}")
    if owner is None:
        record.fault(f"its department '{department}' is not in departments.yaml")
    return {
        **names(record, load.languages),
        **names(record, load.languages, "description"),
        "group": group,
        "department": owner,
        "keywords": _keywords(load, record),
        "position": record.whole("position", 100),
    }


def _keywords(load: _Load, record: Record) -> dict[str, list[str]]:
    told = Record(record.take("keywords", {}), f"{record.place}: keywords", record.faults)
    found = {language: told.strings(language) for language in load.languages}
    for language, words in found.items():
        if not words:
            told.fault(f"there are none in '{language}': write the words that people use")
    told.done()
    return found


def _policies(record: Record) -> dict[str, Any]:
    """Where it is, how exactly it is shown, what counts as the same, and by when it is done."""
    sensitive = record.switch("sensitive", default=False)
    look = "never" if sensitive else "after_look"
    amount, unit = _due(record)
    return {
        "kind": record.choice("kind", Service.Kind, "request"),
        "location": record.choice("location", Service.Location, "point"),
        "asset_kind": record.text("asset_kind", ""),
        "snap_m": record.number("snap_m", 0),
        "privacy": record.choice("privacy", Service.Privacy, "exact"),
        "text_publication": record.choice("text_publication", Service.Publication, look),
        "photo_publication": record.choice("photo_publication", Service.Publication, look),
        "publication": record.choice("publication", Service.Audience, "public"),
        "sensitive": sensitive,
        "duplicate_radius_m": record.number("duplicate_radius_m", 0),
        "duplicate_days": record.whole("duplicate_days", 0),
        "people_for_high": record.whole("people_for_high", 5),
        "people_for_urgent": record.whole("people_for_urgent", 0),
        "priority": record.choice("priority", Service.Priority, "normal"),
        "due_amount": amount,
        "due_unit": unit,
        "deciding_kind": record.text("deciding_kind", ""),
    }


def _due(record: Record) -> tuple[int, str]:
    """ "5 open_days" as amount and unit."""
    amount, _, unit = record.text("due", "5 open_days").partition(" ")
    if not amount.isdecimal() or unit not in Service.DueUnit.values:
        record.fault(f"'due' must be a number and one of {', '.join(Service.DueUnit.values)}: 5 open_days")
        return 5, "open_days"
    return int(amount), unit


def _question(load: _Load, number: int, record: Record) -> dict[str, Any]:
    values = record.take("values", [])
    return {
        "code": record.text("code"),
        "position": number,
        "datatype": record.choice("datatype", ServiceAttribute.Datatype),
        "variable": record.switch("variable", default=True),
        "required": record.switch("required", default=False),
        "question": record.texts("question", load.languages),
        "help": record.texts("help", load.languages, needed=False),
        "values": values if isinstance(values, list) else [],
        "shown_if": record.take("shown_if"),
        "private": record.switch("private", default=False),
        "retired_on": None,
    }


def _load_questions(load: _Load, service: Service, questions: list[dict[str, Any]], record: Record) -> None:
    counts = load.counts["questions"]
    rows = []
    for values in questions:
        code = values.pop("code")
        earlier = ServiceAttribute.objects.filter(service=service, code=code).first()
        if earlier is not None:
            values["values"] = _with_retired(values["values"], earlier.values)
        rows.append(put(ServiceAttribute, {"service": service, "code": code}, values, counts, record))
    for fault in form_faults(rows, load.languages):
        record.fault(fault)
    gone = ServiceAttribute.objects.filter(service=service, retired_on__isnull=True).exclude(
        pk__in=[r.pk for r in rows]
    )
    counts.retired += gone.update(retired_on=load.on)


def _with_retired(values: list[dict[str, Any]], earlier: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The values of the file, and behind them those that past requests may hold, no longer offered."""
    keys = {value.get("key") for value in values if isinstance(value, dict)}
    return [*values, *({**value, "retired": True} for value in earlier if value["key"] not in keys)]


def _link_successors(load: _Load, successors: dict[str, str]) -> None:
    for code, successor in successors.items():
        if successor and successor not in load.services:
            load.faults.add(f"service '{code}'", f"its successor '{successor}' is not in the files")
        elif not load.faults.found:
            service = load.services[code]
            wanted = load.services[successor] if successor else None
            if service.successor != wanted:
                service.successor = wanted
                service.save(update_fields=["successor"])


def _link_kin(load: _Load, kin: dict[str, list[str]]) -> None:
    """Which services may mean the same thing on the ground; said of one of the two, it holds for both."""
    both: dict[str, set[str]] = {code: set() for code in kin}
    for code, others in kin.items():
        for other in others:
            if other not in load.services or other == code:
                load.faults.add(f"service '{code}'", f"'{other}' in same_problem_as is no other service of the files")
            else:
                both[code].add(other)
                both[other].add(code)
    if not load.faults.found:
        for code, others_of in both.items():
            load.services[code].same_problem_as.set(load.services[other] for other in sorted(others_of))


def _retire(load: _Load) -> None:
    """Retires the services that the files no longer have."""
    gone = Service.objects.filter(jurisdiction=load.jurisdiction, retired_on__isnull=True)
    gone = gone.exclude(code__in=load.services)
    load.counts["services"].retired += gone.update(retired_on=load.on)


def load_faqs(folder: Path, jurisdiction: Jurisdiction, faults: Faults) -> dict[str, Counts]:
    """Frequent questions. Those that the file no longer has are deleted: nothing points at them."""
    file = read(folder / "faqs.yaml", faults)
    languages = jurisdiction.city_hall.languages
    counts = Counts()
    kept = set()
    for position, record in enumerate(file.records("faqs", "question"), start=1):
        values = {
            "question": record.texts("question", languages),
            "answer": record.texts("answer", languages),
            "service": _named(Service, record, "service", jurisdiction),
            "group": _named(ServiceGroup, record, "group", jurisdiction),
            "position": position * 10,
        }
        kept.add(put(Faq, {"jurisdiction": jurisdiction, "code": record.text("code")}, values, counts, record).pk)
    file.done()
    counts.retired, _ = Faq.objects.filter(jurisdiction=jurisdiction).exclude(pk__in=kept).delete()
    return {"frequent questions": counts}


def _named(model: type[Service] | type[ServiceGroup], record: Record, name: str, jurisdiction: Jurisdiction) -> Any:
    """The service or group that a question is about, or None."""
    code = record.text(name, "")
    found = model._default_manager.filter(jurisdiction=jurisdiction, code=code).first() if code else None
    if code and found is None:
        record.fault(f"there is no {name} '{code}'")
    return found
