"""The rows of one service in a draft's table of defaults: who gets it everywhere, and by area where it differs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.catalog.models import Service
from geoserver_app.console.choices import offer
from geoserver_app.org.models import Post
from geoserver_app.route.models import DefaultRoute, RuleSet
from geoserver_app.route.words import Words
from geoserver_app.rulebook.access import draft_of, head, page, rules_desk, to
from geoserver_app.rulebook.told import area_names
from layers.models import Area


class RowForm(forms.Form):
    """Desks are named by their ids; "area_12" is the desk of the area with that id, empty where everywhere's holds."""

    desk = forms.ChoiceField(label=gettext_lazy("Who gets it"))
    priority = forms.ChoiceField(label=gettext_lazy("Priority"), required=False)
    copies = forms.MultipleChoiceField(label=gettext_lazy("Told at the same time"), required=False)

    def __init__(self, *args: Any, draft: RuleSet, service: Service, language: str, **options: Any) -> None:
        self.draft, self.service = draft, service
        self.rows = {row.area_id: row for row in draft.defaults.filter(service=service).prefetch_related("copies")}
        super().__init__(*args, **{"label_suffix": "", **options, "initial": self._initial()})
        desks = desk_choices(draft, language)
        words = Words(language)
        offer(self, "desk", [("", _("Choose …")), *desks])
        offer(self, "copies", desks)
        priorities = [(value, words.say(value)) for value in Service.Priority.values]
        offer(self, "priority", [("", _("as the service says")), *priorities])
        for pk, label in self._areas(language):
            choices = [("", _("as everywhere")), *desks]
            self.fields[f"area_{pk}"] = forms.ChoiceField(label=label, required=False, choices=choices)

    def _initial(self) -> dict[str, Any]:
        everywhere = self.rows.get(None)
        told: dict[str, Any] = {f"area_{pk}": str(row.post_id or "") for pk, row in self.rows.items() if pk}
        if everywhere is not None:
            told |= {"desk": str(everywhere.post_id or ""), "priority": everywhere.priority,
                     "copies": [str(post.pk) for post in everywhere.copies.all()]}  # fmt: skip
        return told

    def _areas(self, language: str) -> list[tuple[int, str]]:
        """Areas of the kind that decides the service, and those that rows name; (id, name)."""
        kind = self.service.deciding_kind
        named = dict(area_names(self.draft.jurisdiction, language, [kind])) if kind else {}
        areas = Area.objects.filter(jurisdiction=self.draft.jurisdiction_id).select_related("kind")
        ours = areas.filter(kind__code=kind) if kind else areas.none()
        shown = (ours | areas.filter(pk__in=[pk for pk in self.rows if pk])).distinct()
        told = [(one.pk, f"{one.kind.code}:{one.code}") for one in shown.order_by("kind__code", "code")]
        return [(pk, named.get(key, key)) for pk, key in told if key in named or pk in self.rows]

    def areas(self) -> list[forms.BoundField]:
        """The fields of the areas."""
        return [self[name] for name in self.fields if name.startswith("area_")]

    def save(self) -> None:
        """Writes the rows anew, as they were filled in."""
        given = self.cleaned_data
        by_area = {int(name[5:]): value for name, value in given.items() if name.startswith("area_") and value}
        with transaction.atomic():
            self.draft.defaults.filter(service=self.service).delete()
            for area, value in [(None, given["desk"]), *by_area.items()]:
                post = Post.objects.select_related("department").get(pk=int(value))
                row = DefaultRoute.objects.create(
                    rule_set=self.draft, service=self.service, area_id=area, department=post.department, post=post,
                    priority=given["priority"],
                )  # fmt: skip
                row.copies.set([int(one) for one in given["copies"]])


def desk_choices(draft: RuleSet, language: str) -> list[tuple[str, Any]]:
    """The desks of the city that are in use, by department, as choices; values are ids of posts."""
    posts = Post.objects.filter(department__jurisdiction=draft.jurisdiction_id, active=True, department__active=True)
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in posts.select_related("department").order_by("department__name", "code"):
        groups.setdefault(one.department.name_in(language), []).append((str(one.pk), one.name_in(language)))
    return sorted(groups.items())


@require_http_methods(["GET", "POST"])
@requires(Capability.EDIT_RULES)
def row(request: HttpRequest, version: int, code: str) -> HttpResponse:
    """GET .../table/SERVICE/: who gets a service; POST writes it into the draft."""
    draft, language = draft_of(request, version), rules_desk(request).language
    service = Service.objects.filter(jurisdiction=draft.jurisdiction_id, code=code).first()
    if service is None:
        raise Http404(_("There is no such service."))
    form = RowForm(request.POST or None, draft=draft, service=service, language=language)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The row of “%s” is written.") % service.name_in(language))
        return to(request, "book", version)
    context = head(request, draft, "book") | {"form": form, "service": service}
    return page(request, "row", context, status=400 if form.errors else 200)
