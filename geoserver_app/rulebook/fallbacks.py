"""The two desks of a draft that take what its rules leave over: too near to a line, and what no rule knows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.console.choices import offer
from geoserver_app.route.models import RuleSet
from geoserver_app.rulebook.access import draft_of, head, page, rules_desk, to
from geoserver_app.rulebook.table_row import desk_choices


class FallbackForm(forms.Form):
    """Both desks, by the ids of their posts."""

    safe = forms.ChoiceField(
        label=gettext_lazy("Safe desk"),
        help_text=gettext_lazy("Gets what lies too near to a line to be decided by the map, and asks on the spot."),
    )
    triage = forms.ChoiceField(
        label=gettext_lazy("Triage desk"),
        help_text=gettext_lazy("Gets what no rule and no row of the table knows, and what lies outside the city."),
    )

    def __init__(self, *args: Any, draft: RuleSet, language: str, **options: Any) -> None:
        self.draft = draft
        initial = {"safe": str(draft.safe_post_id), "triage": str(draft.triage_post_id)}
        super().__init__(*args, **{"label_suffix": "", **options, "initial": initial})
        for name in ("safe", "triage"):
            offer(self, name, desk_choices(draft, language))

    def save(self) -> None:
        """Writes both into the draft."""
        self.draft.safe_post_id = int(self.cleaned_data["safe"])
        self.draft.triage_post_id = int(self.cleaned_data["triage"])
        self.draft.save(update_fields=["safe_post", "triage_post"])


@require_http_methods(["GET", "POST"])
@requires(Capability.EDIT_RULES)
def fallbacks(request: HttpRequest, version: int) -> HttpResponse:
    """GET .../fallbacks/: who gets what the rules leave over; POST writes it into the draft."""
    draft = draft_of(request, version)
    form = FallbackForm(request.POST or None, draft=draft, language=rules_desk(request).language)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Safe desk and triage desk are written."))
        return to(request, "book", version)
    return page(request, "fallbacks", head(request, draft, "book") | {"form": form}, status=400 if form.errors else 200)
