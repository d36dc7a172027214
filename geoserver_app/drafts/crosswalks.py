"""A crosswalk proposed for the file at hand, to be looked over: each name with the column that it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from geoserver_app.editions import receiving
from geoserver_app.editions.models import Incoming
from layers.crosswalk import AUTO, crosswalk_from, parsed
from layers.errors import OneMapError
from layers.models import Kind
from layers.proposal import CLASSES, CLASSES_MAX, asked_of, described_as, written
from layers.tables import TABLES

_CALLED = {
    "code": gettext_lazy("Code"),
    "name": gettext_lazy("Name"),
    "situs_address": gettext_lazy("Address of the parcel (situs)"),
    "land_use": gettext_lazy("Land use"),
    "owner_class": gettext_lazy("Whose it is"),
    "address": gettext_lazy("Whole address"),
    "address_number": gettext_lazy("House number"),
    "street": gettext_lazy("Whole name of the street"),
    "unit": gettext_lazy("Unit"),
    "zip_code": gettext_lazy("ZIP code"),
    "road_class": gettext_lazy("Class of road"),
    "from_address_left": gettext_lazy("Left side, from number"),
    "to_address_left": gettext_lazy("Left side, to number"),
    "from_address_right": gettext_lazy("Right side, from number"),
    "to_address_right": gettext_lazy("Right side, to number"),
    "zip_left": gettext_lazy("ZIP code, left side"),
    "zip_right": gettext_lazy("ZIP code, right side"),
    "category": gettext_lazy("Category"),
}
_SHOWN = 3  # values of a column that are shown beside its name


class CrosswalkForm(forms.Form):
    """The proposal with a choice of columns for each name; what no choice can say stands below as YAML.

    The values of a column of classes (whose land, which road) each have a choice of ours. They are asked for the column
    that is chosen: after another one was chosen the form comes back once more (``asks_again``).
    """

    rest = forms.CharField(
        label=gettext_lazy("Everything else"), required=False, max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=gettext_lazy("As YAML: attributes, where, decisions, templates."),
    )  # fmt: skip

    def __init__(self, sent: Mapping[str, Any] | None, *, incoming: Incoming) -> None:
        super().__init__(sent, label_suffix="")
        self.kind = described_as(incoming.jurisdiction, incoming.kind_code, receiving.kind_choice(incoming.options))
        self.columns: dict[str, list[str]] = incoming.proposal["columns"]
        self.asks_again = False
        document = dict(incoming.proposal["document"])
        for name in ("code", *asked_of(self.kind)):
            self._add(name, document, sent)
        if self.kind.feature_class in (Kind.FeatureClass.AREA, Kind.FeatureClass.PARCEL):
            merge = bool(document.pop("merge", False))
            label = _("Features with the same code are parts of one")
            self.fields["merge"] = forms.BooleanField(label=label, required=False, initial=merge)
        self._add_placeholders(document)
        self.fields["rest"].initial = written(document)
        self.order_fields([*(name for name in self.fields if name != "rest"), "rest"])

    def _add(self, name: str, document: dict[str, Any], sent: Mapping[str, Any] | None) -> None:
        """The choice of a column for a name, taken out of the document where it is as plain as that."""
        key = name if name != "code" else next((one for one in self._code_names() if one in document), "code")
        given = document.get(key)
        rule = (
            given
            if isinstance(given, dict) and name in CLASSES and set(given) <= {"column", "values", "default"}
            else None
        )
        chosen = rule["column"] if rule else given
        if isinstance(chosen, str):
            document.pop(key)
        else:
            chosen = ""
        self.fields[name] = forms.ChoiceField(
            label=_CALLED[name], required=False, choices=self._choices(name, chosen), initial=chosen
        )
        if name in CLASSES:
            self._add_values(name, rule or {}, chosen if sent is None else str(sent.get(name, "")), sent)

    def _code_names(self) -> tuple[str, str]:
        return TABLES[self.kind.feature_class].code, "code"

    def _choices(self, name: str, chosen: str) -> list[tuple[str, str]]:
        shown = [(column, self._shown(column)) for column in self.columns]
        if chosen and chosen != AUTO and chosen not in self.columns:
            shown.insert(0, (chosen, chosen))
        fixed = [(AUTO, _("made from the outline"))] if name == "code" else []
        return [("", "–"), *fixed, *shown]

    def _shown(self, column: str) -> str:
        values = ", ".join(self.columns[column][:_SHOWN])
        return f"{column}: {values}" if values else column

    def _add_values(self, name: str, rule: dict[str, Any], column: str, sent: Mapping[str, Any] | None) -> None:
        values = self.columns.get(column, [])
        if not values or len(values) > CLASSES_MAX:
            return
        known = rule.get("values", {}) if rule.get("column") == column else {}
        choices = [("", "–"), *((one, one) for one in CLASSES[name])]
        for number, value in enumerate(values):
            label = f"{_CALLED[name]}: {value}"
            ours = known.get(value, "" if value not in CLASSES[name] else value)
            self.fields[_value_name(name, column, number)] = forms.ChoiceField(
                label=label, required=False, choices=choices, initial=ours
            )
        default = rule.get("default") if rule.get("column") == column else None
        self.fields[f"{name}-default"] = forms.ChoiceField(
            label=_("%s: any other value") % _CALLED[name], required=False, choices=choices, initial=default or ""
        )
        if sent is not None and _value_name(name, column, 0) not in sent:
            self.asks_again = True

    def _add_placeholders(self, document: dict[str, Any]) -> None:
        codes = document.pop("placeholder_codes", [])
        self.fields["placeholder_codes"] = forms.CharField(
            label=_("Codes that mean “no feature”"), required=False, max_length=500, initial=", ".join(map(str, codes)),
            help_text=_("With commas between them. Such records are left out and counted."),
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        try:
            crosswalk_from(self.document(), self.kind)
        except OneMapError as error:
            self.add_error("rest", str(error))
        return said

    def document(self) -> dict[str, Any]:
        """The crosswalk that was settled. BadFile where the rest of it cannot be read."""
        said = self.cleaned_data
        document: dict[str, Any] = {}
        for name in ("code", *asked_of(self.kind)):
            column = said.get(name)
            if column:
                values = self._values(name, column)
                document[name] = {"column": column, **values} if values else column
        codes = [one.strip() for one in said.get("placeholder_codes", "").split(",") if one.strip()]
        document |= {"placeholder_codes": codes} if codes else {}
        document |= {"merge": True} if said.get("merge") else {}
        return document | parsed(said.get("rest", ""))

    def _values(self, name: str, column: str) -> dict[str, Any]:
        """What the values of a column of classes stand for; nothing where nobody said."""
        found = {
            value: said
            for number, value in enumerate(self.columns.get(column, []))
            if (said := self.cleaned_data.get(_value_name(name, column, number)))
        }
        default = self.cleaned_data.get(f"{name}-default")
        if not found and not default:
            return {}
        return {"values": found} | ({"default": default} if default else {})

    def settled(self) -> str:
        """The crosswalk as YAML, to be kept and loaded by."""
        return written(self.document())


def _value_name(name: str, column: str, number: int) -> str:
    return f"{name}-{column}-{number}"
