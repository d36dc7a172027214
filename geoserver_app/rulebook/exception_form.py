"""The form of one exception: what it asks for, in fields, and who gets what it takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from geoserver_app.catalog.models import Service, ServiceAttribute, ServiceGroup
from geoserver_app.console.choices import offer
from geoserver_app.console.words import say
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.link.ground import CODES
from geoserver_app.org.models import Agency, Department, Post
from geoserver_app.route.condition import WEEKDAYS
from geoserver_app.route.known import Known
from geoserver_app.route.models import Rule, RuleSet
from geoserver_app.route.versions import rule_faults
from geoserver_app.route.words import Words
from geoserver_app.rulebook.order import put_in_order
from geoserver_app.rulebook.told import OF_THE_DATA, area_names
from layers.models import Kind

# Entries of a condition that are a list of known values, in the order of the form.
LISTS = ("lies_on", "not_on", "evidence", "asset_kinds", "asset_owners", "parcel_owner_classes", "land_uses",
         "channels", "languages", "weekdays")  # fmt: skip
# What most exceptions are about stands open, the rest is folded.
FIRST = ("services", "groups", "areas", "lies_on", "not_on", "evidence", "answers")
Choices = list[tuple[str, Any]]


class ExceptionForm(forms.Form):
    """Names of fields are those of the condition; "sentence_en" and so on are the rule as a person says it."""

    code = forms.SlugField(label=gettext_lazy("Short name"), max_length=60,
                           help_text=gettext_lazy("Letters, digits and hyphens: tree-on-corner."))  # fmt: skip
    position = forms.IntegerField(label=gettext_lazy("Place in the order"), min_value=1,
                                  help_text=gettext_lazy("1 is tried first; the first that matches wins."))  # fmt: skip
    services = forms.MultipleChoiceField(label=gettext_lazy("Services"), required=False)
    groups = forms.MultipleChoiceField(label=gettext_lazy("Or whole groups of services"), required=False)
    areas = forms.MultipleChoiceField(label=gettext_lazy("In one of these areas"), required=False,
                                      help_text=gettext_lazy("Of two kinds, both must hold."))  # fmt: skip
    lies_on = forms.MultipleChoiceField(label=gettext_lazy("The place lies on any of"), required=False)
    not_on = forms.MultipleChoiceField(label=gettext_lazy("and on none of"), required=False)
    evidence = forms.MultipleChoiceField(
        label=gettext_lazy("What the resident or the asset says of the ground"), required=False
    )
    answers = forms.CharField(
        label=gettext_lazy("Answers to questions of the form"), required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("A question on each line, with the answers that count: where: yard, alley"),
    )  # fmt: skip
    asset_kinds = forms.MultipleChoiceField(label=gettext_lazy("Kind of asset"), required=False)
    asset_owners = forms.MultipleChoiceField(label=gettext_lazy("Owner of the asset"), required=False)
    parcel_owner_classes = forms.MultipleChoiceField(label=gettext_lazy("Owner of the parcel"), required=False)
    land_uses = forms.MultipleChoiceField(label=gettext_lazy("Land use"), required=False)
    channels = forms.MultipleChoiceField(label=gettext_lazy("Channel"), required=False)
    languages = forms.MultipleChoiceField(label=gettext_lazy("Language of the report"), required=False)
    weekdays = forms.MultipleChoiceField(label=gettext_lazy("Weekdays"), required=False)
    time_from = forms.TimeField(label=gettext_lazy("From (time of day)"), required=False)
    time_to = forms.TimeField(label=gettext_lazy("Until (time of day)"), required=False)
    office = forms.ChoiceField(label=gettext_lazy("City Hall"), required=False)
    desk = forms.ChoiceField(label=gettext_lazy("Who gets it"), required=False)
    agency = forms.ChoiceField(label=gettext_lazy("Referred to an outside agency"), required=False)
    priority = forms.ChoiceField(label=gettext_lazy("Priority"), required=False)
    copies = forms.MultipleChoiceField(label=gettext_lazy("Told at the same time"), required=False)

    def __init__(self, *args: Any, rule_set: RuleSet, rule: Rule | None, language: str, **options: Any) -> None:
        initial = _initial(rule) if rule else {"position": rule_set.rules.count() + 1}
        super().__init__(*args, **{"label_suffix": "", **options, "initial": {**initial, **options.get("initial", {})}})
        self.rule_set, self.rule, self.language = rule_set, rule, language
        self.known, self.words = Known(rule_set.jurisdiction), Words(language)
        for one in rule_set.jurisdiction.city_hall.languages:
            label = _("The rule as a person says it (%s)") % {"en": _("English"), "es": _("Spanish")}.get(one, one)
            self.fields[f"sentence_{one}"] = forms.CharField(
                label=label, max_length=400, widget=forms.Textarea(attrs={"rows": 2, "lang": one})
            )
        self._choose()

    def _choose(self) -> None:
        chosen = (self.rule.condition if self.rule else {}) | {}
        offered: dict[str, Choices] = {
            "services": _services(self.rule_set, self.language),
            "groups": _groups(self.rule_set, self.language),
            "channels": [(code, say("channel", code)) for code in ServiceRequest.Channel.values],
            "areas": _areas(self.rule_set, self.language),
            "lies_on": [(code, self.words.say(code)) for code in CODES],
            "not_on": [(code, self.words.say(code)) for code in CODES],
            "weekdays": [(day, self.words.weekday(at)) for at, day in enumerate(WEEKDAYS)],
            "office": [("", "–"), *((state, self.words.say(state)) for state in ("open", "closed"))],
            "priority": [("", _("as the service or the table says")), *_priorities(self.words)],
            "desk": [("", _("as the table says")), ("triage", _("the triage desk")), *self._desks()],
            "agency": [("", "–"), *_agencies(self.rule_set, self.language)],
            "copies": self._desks(departments=False),
        }
        for name in LISTS:
            values = sorted(self.known.values(name)) if name not in offered else []
            plain = name in OF_THE_DATA
            offered.setdefault(name, [(value, value if plain else self.words.say(value)) for value in values])
            self.fields[name].widget = forms.CheckboxSelectMultiple()
        for name, choices in offered.items():
            # What a rule names stays to be seen, also where it is not offered any more.
            there = {value for value, _label in _flat(choices)}
            named = chosen.get(name) if isinstance(chosen.get(name), list) else []
            offer(self, name, [*choices, *((one, one) for one in named or [] if one not in there)])

    def _desks(self, *, departments: bool = True) -> Choices:
        rows = Department.objects.filter(jurisdiction=self.rule_set.jurisdiction_id, active=True).prefetch_related(
            "posts"
        )
        found: Choices = []
        for department in sorted(rows, key=lambda one: one.name_in(self.language)):
            posts = [(f"post:{one.pk}", one.name_in(self.language)) for one in department.posts.all() if one.active]
            whole = [(f"department:{department.pk}", _("the department, no desk of it"))] if departments else []
            found.append((department.name_in(self.language), [*posts, *whole]))
        return found

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.errors:
            return given
        self.made = self._rule(given)
        told = bool(given["copies"])
        for fault in rule_faults(self.made, self.known, told=told):
            self.add_error(None, fault[:1].upper() + fault[1:] + ".")
        taken = self.rule_set.rules.filter(code=given["code"])
        if (taken.exclude(pk=self.rule.pk) if self.rule else taken).exists():
            self.add_error("code", _("Another exception of this version has this name."))
        return given

    def _rule(self, given: dict[str, Any]) -> Rule:
        """The rule as it was filled in, not saved."""
        last = self.rule_set.rules.order_by("-position").values_list("position", flat=True).first() or 0
        rule = self.rule or Rule(rule_set=self.rule_set, position=last + 1)
        rule.code, rule.condition = given["code"], self._condition(given)
        languages = self.rule_set.jurisdiction.city_hall.languages
        rule.sentences = {one: given[f"sentence_{one}"] for one in languages}
        what, _colon, pk = given["desk"].partition(":")
        rule.triage = what == "triage"
        rule.post = Post.objects.select_related("department").get(pk=pk) if what == "post" else None
        rule.department = (
            rule.post.department if rule.post else Department.objects.get(pk=pk) if what == "department" else None
        )
        rule.agency_id = int(given["agency"]) if given["agency"] else None
        rule.priority = given["priority"]
        return rule

    def _condition(self, given: dict[str, Any]) -> dict[str, Any]:
        # What the form has no field for, a condition on the service's own priority, stays as it was written in a file.
        kept = {name: value for name, value in (self.rule.condition if self.rule else {}).items() if name == "priority"}
        filled = {name: given[name] for name in ("services", "groups", "areas", *LISTS, "office") if given[name]}
        if given["time_from"] or given["time_to"]:
            pair = {"from": given["time_from"], "to": given["time_to"]}
            filled["time"] = {name: f"{clock:%H:%M}" if clock else "" for name, clock in pair.items()}
        answers = _answers(given["answers"])
        return {**kept, **filled, **({"answers": answers} if answers else {})}

    def save(self) -> Rule:
        """Writes the exception into its draft, at its place in the order."""
        with transaction.atomic():
            self.made.save()
            self.made.copies.set([int(value.removeprefix("post:")) for value in self.cleaned_data["copies"]])
            put_in_order(self.rule_set, self.made.code, self.cleaned_data["position"])
        return self.made

    def part(self, name: str) -> list[forms.BoundField]:
        """The fields of a part of the page: "sentences", "first", "more", "then"."""
        more = [one for one in (*LISTS, "time_from", "time_to", "office") if one not in FIRST]
        names = {
            "sentences": [one for one in self.fields if one.startswith("sentence_")],
            "first": list(FIRST),
            "more": [one for one in more if getattr(self.fields[one], "choices", True)],
            "name": ["code", "position"],
            "then": ["desk", "agency", "priority", "copies"],
        }
        return [self[one] for one in names[name]]

    @property
    def says_more(self) -> bool:
        """Whether anything in the folded part is filled in."""
        return any(field.value() for field in self.part("more"))


def _initial(rule: Rule) -> dict[str, Any]:
    told = {name: value for name, value in rule.condition.items() if name not in {"answers", "time", "priority"}}
    for name in LISTS:
        if isinstance(told.get(name), str):
            told[name] = [told[name]]
    clock = rule.condition.get("time") or {}
    desk = "triage" if rule.triage else f"post:{rule.post_id}" if rule.post_id else ""
    if not desk and rule.department_id:
        desk = f"department:{rule.department_id}"
    answers = rule.condition.get("answers") or {}
    return told | {
        "code": rule.code,
        "position": rule.position,
        "answers": "\n".join(f"{question}: {', '.join(map(str, keys))}" for question, keys in answers.items()),
        "time_from": clock.get("from", ""),
        "time_to": clock.get("to", ""),
        "desk": desk,
        "agency": rule.agency_id or "",
        "priority": rule.priority,
        "copies": [f"post:{post.pk}" for post in rule.copies.all()],
        **{f"sentence_{language}": text for language, text in rule.sentences.items()},
    }


def _answers(text: str) -> dict[str, list[str]]:
    """ "where: yard, alley" on each line, as a condition has it."""
    found = {}
    for line in text.splitlines():
        question, _colon, keys = line.partition(":")
        if question.strip():
            found[question.strip()] = [key.strip() for key in keys.split(",") if key.strip()]
    return found


def _flat(choices: Choices) -> Iterable[tuple[str, Any]]:
    for value, label in choices:
        if isinstance(label, list):
            yield from label
        else:
            yield value, label


def _services(rule_set: RuleSet, language: str) -> Choices:
    rows = Service.objects.filter(jurisdiction=rule_set.jurisdiction_id, retired_on__isnull=True)
    groups: dict[str, Choices] = {}
    for one in rows.select_related("group").order_by("group__position", "group__code", "code"):
        groups.setdefault(one.group.name_in(language), []).append((one.code, one.name_in(language)))
    return list(groups.items())


def _groups(rule_set: RuleSet, language: str) -> Choices:
    rows = ServiceGroup.objects.filter(jurisdiction=rule_set.jurisdiction_id).order_by("position", "code")
    return [(one.code, one.name_in(language)) for one in rows]


def _areas(rule_set: RuleSet, language: str) -> Choices:
    names = {one.code: one.name_in(language) for one in Kind.objects.filter(jurisdiction=rule_set.jurisdiction_id)}
    kinds: dict[str, Choices] = {}
    for value, label in area_names(rule_set.jurisdiction, language):
        kinds.setdefault(names[value.partition(":")[0]], []).append((value, label))
    return list(kinds.items())


def _priorities(words: Words) -> Choices:
    return [(value, words.say(value)) for value in Service.Priority.values]


def _agencies(rule_set: RuleSet, language: str) -> Choices:
    rows = Agency.objects.filter(jurisdiction=rule_set.jurisdiction_id, active=True)
    return sorted(((str(one.pk), one.name_in(language)) for one in rows), key=lambda pair: pair[1])


def questions(rule_set: RuleSet, language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """(service, [(question, its answers)]) of all list questions: what a condition on answers is written with."""
    rows = ServiceAttribute.objects.filter(
        service__jurisdiction=rule_set.jurisdiction_id, service__retired_on__isnull=True,
        datatype__in=ServiceAttribute.LISTS,
    ).select_related("service")  # fmt: skip
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows.order_by("service__code", "position"):
        keys = ", ".join(str(value["key"]) for value in row.values)
        found.setdefault(row.service.name_in(language), []).append((row.code, keys))
    return sorted(found.items())
