"""What the desk asks about a file: its kind, one that is not there yet, and which column is what."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from geoserver_app.console.desk import Desk
from layers.errors import OneMapError
from layers.kinds import STANDARD, KindChoice
from layers.models import Kind
from layers.proposal import described_as

FRESH = "+"  # stands for a kind that is not there yet
_FORMATS = gettext_lazy(
    "Shapefile in a zip, GeoPackage, GeoJSON, FileGDB in a zip, KML, TopoJSON, FlatGeobuf, CSV or Excel."
)
_GEOMETRIES = [
    ("", "–"),
    ("polygon", gettext_lazy("areas")),
    ("line", gettext_lazy("lines")),
    ("point", gettext_lazy("points")),
    ("any", gettext_lazy("any of these")),
]
_OVERLAPS = [
    ("", "–"),
    ("one", gettext_lazy("one alone counts (by priority, else the lowest code)")),
    ("all", gettext_lazy("all of them count")),
]


class FileForm(forms.Form):
    """A file and what the loader must be told about it."""

    file = forms.FileField(label=gettext_lazy("File"), help_text=_FORMATS)
    kind = forms.ChoiceField(label=gettext_lazy("Kind of layer"))
    code_field = forms.CharField(label=gettext_lazy("Column with the code"), max_length=100, required=False)
    name_field = forms.CharField(label=gettext_lazy("Column with the name"), max_length=100, required=False)
    crosswalk = forms.CharField(
        label=gettext_lazy("Crosswalk"), required=False, max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=gettext_lazy("In place of both columns: which column is what, in YAML."),
    )  # fmt: skip
    layer = forms.CharField(label=gettext_lazy("Layer or file inside"), max_length=200, required=False)
    where = forms.CharField(label=gettext_lazy("Only features where"), max_length=500, required=False)
    source_srid = forms.IntegerField(
        label=gettext_lazy("EPSG code, if the file states none"), required=False, min_value=1
    )
    in_force = forms.DateField(
        label=gettext_lazy("In force from"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, desk: Desk, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared as one above
        field.choices = [*kind_choices(desk), (FRESH, _("A kind that is not there yet: described below"))]

    def said(self) -> dict[str, Any]:
        """Everything but the file and the kind, as receiving.load_options takes it."""
        said = {name: value for name, value in self.cleaned_data.items() if name not in {"file", "kind"} and value}
        if "in_force" in said:
            said["in_force"] = said["in_force"].isoformat()
        return said


def kind_choices(desk: Desk) -> list[tuple[str, str]]:
    """The kinds that are there, then the standard ones that are not yet."""
    there = {kind.code: kind.name_in(desk.language) for kind in Kind.objects.filter(jurisdiction=desk.jurisdiction)}
    named = "name_es" if desk.language == "es" else "name"
    fresh = {code: str(getattr(one, named)) for code, one in STANDARD.items() if code not in there}
    return [*there.items(), *fresh.items()]


class KindForm(forms.Form):
    """A kind of layer that is not there yet: what it is called, what it is made of, how places belong to it.

    All of it may stay empty where the file is of a kind that is there.
    """

    fresh_code = forms.CharField(
        label=gettext_lazy("Its code"), required=False, max_length=60,
        help_text=gettext_lazy("Small letters, digits and underscores: sweeping_district; or asset:bench."),
    )  # fmt: skip
    fresh_name = forms.CharField(label=gettext_lazy("Its name in English"), required=False, max_length=100)
    fresh_name_es = forms.CharField(label=gettext_lazy("Its name in Spanish"), required=False, max_length=100)
    geometry = forms.ChoiceField(label=gettext_lazy("Made of"), required=False, choices=_GEOMETRIES)
    overlap = forms.ChoiceField(label=gettext_lazy("Where several cover a place"), required=False, choices=_OVERLAPS)
    gap_m = forms.FloatField(
        label=gettext_lazy("A place outside still counts to the nearest, up to (m)"), required=False, min_value=0,
        max_value=1000,
    )  # fmt: skip
    near_border_m = forms.FloatField(
        label=gettext_lazy("Nearer to a border is marked, from (m)"), required=False, min_value=0, max_value=1000
    )
    width_m = forms.FloatField(
        label=gettext_lazy("Full width of the ground of lines (m)"), required=False, min_value=0.1, max_value=500
    )

    def __init__(self, *args: Any, desk: Desk, wanted: bool, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        self.desk, self.wanted = desk, wanted

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if not self.wanted or self.errors:
            return said
        code = said.get("fresh_code", "").strip()
        if not code:
            self.add_error("fresh_code", _("Say what its code is."))
        elif Kind.objects.filter(jurisdiction=self.desk.jurisdiction, code=code).exists():
            self.add_error("fresh_code", _("There is a kind of this code. Choose it above."))
        elif not code.startswith("asset:") and code not in STANDARD:
            for name in ("fresh_name", "geometry"):
                if not said.get(name):
                    self.add_error(name, _("A kind of your own needs this."))
        if not self.errors:
            try:
                described_as(self.desk.jurisdiction, code, self.choice())
            except OneMapError as error:
                self.add_error("fresh_code", str(error))
        return said

    def choice(self) -> KindChoice:
        """What was said of it, as the loader takes it."""
        said = self.cleaned_data
        numbers = {name: said.get(name) for name in ("gap_m", "near_border_m", "width_m")}
        return KindChoice(
            geometry=said.get("geometry") or None, overlap=said.get("overlap") or None,
            name=said.get("fresh_name") or None, name_es=said.get("fresh_name_es") or None, **numbers,
        )  # fmt: skip

    def said(self) -> dict[str, Any]:
        """The same to be kept; nothing where the kind is there."""
        if not self.wanted:
            return {}
        return {"choice": {name: value for name, value in asdict(self.choice()).items() if value is not None}}
