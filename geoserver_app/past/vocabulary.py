"""The old system's words in ours: categories, statuses, channels, departments; and what the city has no word for."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping as Values
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import slugify

from geoserver_app.catalog.models import Service
from geoserver_app.intake.models import Reporter, ServiceRequest
from geoserver_app.org.models import Department
from geoserver_app.past.mapping import Mapping, Outcome
from geoserver_app.past.rule import Rule, fold
from layers.errors import BadFile
from layers.models import Jurisdiction

# More different words than this in a column, and it is no column of categories.
MOST_WORDS = 5_000
_CODE = 40
_TELL = set(Reporter.TellBy.values)
_CHANNELS: dict[str, Any] = dict(ServiceRequest.Channel.choices)
_PRIORITIES: dict[str, Any] = dict(ServiceRequest.Priority.choices)


@dataclass(frozen=True)
class NewService:
    """A category that becomes a service, retired at once: its name, and whose the first request of it was."""

    name: str
    department: str


class NoWord(Exception):
    """A value that the city has no word for and the mapping does not translate."""

    def __init__(self, reason: str, words: str) -> None:
        super().__init__(words)
        self.reason, self.words = reason, words


@dataclass
class Vocabulary:
    """What words mean, looked up once each; new ones and unknown ones with how often they came."""

    mapping: Mapping
    place: Jurisdiction
    new_services: dict[str, NewService] = field(default_factory=dict)
    new_departments: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, Counter[str]] = field(default_factory=dict)
    categories: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        services = Service.objects.filter(jurisdiction=self.place).values_list("code", "name")
        departments = Department.objects.filter(jurisdiction=self.place).values_list("code", "name")
        self._services = _by_code_or_name(services)
        self._departments = _by_code_or_name(departments)
        self._said: dict[tuple[str, str], Any] = {}
        self._check(self.mapping.fields.get("service"), self._services, "service", creates=self.mapping.create.services)
        self._check(
            self.mapping.fields.get("department"), self._departments, "department",
            creates=self.mapping.create.departments,
        )  # fmt: skip

    def _check(self, rule: Rule | None, known: Values[str, str], what: str, *, creates: bool) -> None:
        """A mapping that names what the city has not is refused before a row is read."""
        missing = sorted({str(ours) for ours in (rule.values.values() if rule else ()) if fold(str(ours)) not in known})
        if missing and not creates:
            raise BadFile(f"The city has no {what} {', '.join(missing)}, which the mapping names.")

    def service(self, text: str, department: str) -> str:
        """The code of a category's service."""
        self.categories[text] += 1
        if len(self.categories) > MOST_WORDS:
            raise BadFile(
                f"More than {MOST_WORDS} different categories stand in the column of service: is it the right one?"
            )
        found = self._said.get(("service", text))
        if found is None:
            found = self._said["service", text] = self._service(text, department)
        return str(found)

    def _service(self, text: str, department: str) -> str:
        rule = self.mapping.fields["service"]
        ours = str(rule.values.get(fold(text), "") or (rule.default if rule.default is not None else text))
        known = self._services.get(fold(ours))
        if known:
            return known
        if not text or not self.mapping.create.services:
            raise self._no("service", text, "category")
        code = self._code(ours)
        self.new_services.setdefault(code, NewService(ours[:120], department))
        return code

    def _code(self, name: str) -> str:
        """A short code out of a name, the same every time; two names that shorten alike keep apart."""
        plain = slugify(name)[:_CODE] or "x"
        taken = {
            **{code: code for code in self._services.values()},
            **{c: n.name for c, n in self.new_services.items()},
        }
        if taken.get(plain, name) == name[:120]:
            return plain
        mark = hashlib.sha256(name.encode()).hexdigest()[:6]
        return f"{plain[: _CODE - 7]}-{mark}"

    def department(self, text: str) -> str:
        """The code of a department; "" for no word."""
        if not text:
            return ""
        found = self._said.get(("department", text))
        if found is None:
            found = self._said["department", text] = self._department(text)
        return str(found)

    def _department(self, text: str) -> str:
        rule = self.mapping.fields["department"]
        ours = str(rule.values.get(fold(text), "") or (rule.default if rule.default is not None else text))
        known = self._departments.get(fold(ours))
        if known or not ours:
            return known or ""
        if not self.mapping.create.departments:
            raise self._no("department", text, "department")
        code = slugify(ours)[:_CODE] or "x"
        self.new_departments.setdefault(code, ours[:120])
        return code

    def status(self, text: str) -> Outcome:
        """What a status means."""
        found = self.mapping.statuses.get(fold(text))
        default = self.mapping.fields["status"].default
        if found is None and default is not None:
            return Outcome(default)
        if found is None:
            raise self._no("status", text, "status")
        return found

    def channel(self, text: str) -> str:
        """One of our channels, by the mapping, by our own words, or as the mapping says for all others."""
        return self._one_of("channel", text, _CHANNELS, "phone")

    def priority(self, text: str) -> str:
        """One of our priorities; "" leaves it to the service."""
        return self._one_of("priority", text, _PRIORITIES, "") if text else ""

    def _one_of(self, name: str, text: str, choices: dict[str, Any], otherwise: str) -> str:
        found = self._said.get((name, text))
        if found is None:
            rule = self.mapping.fields.get(name)
            if rule is None:
                return otherwise
            ours = str(rule.values.get(fold(text), "") or text)
            by_label = {fold(str(label)): code for code, label in choices.items()}
            found = ours if ours in choices else by_label.get(fold(ours)) or rule.default
            if found not in choices:
                raise self._no(name, text, name)
            self._said[name, text] = found
        return str(found)

    def resolution(self, text: str) -> str:
        """The code for how it ended; "" for none."""
        rule = self.mapping.fields.get("resolution")
        if rule is None or not text:
            return ""
        return str(rule.values.get(fold(text), rule.default or ""))[:_CODE]

    def person(self, person: list[str]) -> list[str]:
        """Name, e-mail, telephone, postal address and how to tell, within what we can hold."""
        name, email, phone, postal, tell_by = person
        return [name[:120], email[:254], phone[:40], postal, tell_by if tell_by in _TELL else "none"]

    def _no(self, name: str, text: str, words: str) -> NoWord:
        counts = self.unknown.setdefault(name, Counter())
        counts[text] += 1
        if len(counts) > MOST_WORDS:
            raise BadFile(f"More than {MOST_WORDS} different words stand in the column of {name}: is it the right one?")
        return NoWord(f"unknown_{name}", f"The mapping does not say which {words} {text[:80]!r} is.")


def _by_code_or_name(rows: Any) -> dict[str, str]:
    there = [(str(code), str(name)) for code, name in rows]
    return {fold(name): code for code, name in there} | {fold(code): code for code, _ in there}
