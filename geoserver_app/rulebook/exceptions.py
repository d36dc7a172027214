"""One exception of a draft: written, changed."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.route.models import Rule
from geoserver_app.rulebook.access import draft_of, head, page, rules_desk, to
from geoserver_app.rulebook.exception_form import ExceptionForm, questions


@require_http_methods(["GET", "POST"])
@requires(Capability.EDIT_RULES)
def new(request: HttpRequest, version: int) -> HttpResponse:
    """GET .../exceptions/new/: the empty form; POST writes it into the draft."""
    return _form(request, version, None)


@require_http_methods(["GET", "POST"])
@requires(Capability.EDIT_RULES)
def change(request: HttpRequest, version: int, code: str) -> HttpResponse:
    """GET .../exceptions/CODE/: the form as it stands; POST writes it."""
    found = draft_of(request, version).rules.filter(code=code).select_related("post__department", "rule_set").first()
    if found is None:
        raise Http404(_("There is no such exception."))
    return _form(request, version, found)


def _form(request: HttpRequest, version: int, rule: Rule | None) -> HttpResponse:
    draft = draft_of(request, version)
    language = rules_desk(request).language
    code = rule.code if rule else ""
    form = ExceptionForm(request.POST or None, rule_set=draft, rule=rule, language=language)
    if request.method == "POST" and form.is_valid():
        made = form.save()
        messages.success(request, _("“%s” is written. Try it on the map, or on what was reported.") % made.code)
        return to(request, "book", version)
    context = head(request, draft, "book") | {
        "form": form,
        "code": code,
        "parts": {name: form.part(name) for name in ("name", "sentences", "first", "more", "then")},
        "questions": questions(draft, language),
    }
    return page(request, "exception", context, status=400 if form.errors else 200)
