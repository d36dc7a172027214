"""POST /console/requests/NUMBER/act/ACTION/: one action on one request, then back to its page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.console.actions import ACTIONS, Action
from geoserver_app.console.ask import Ask, ask_for
from geoserver_app.console.clocks import moment
from geoserver_app.console.desk import desk_of
from geoserver_app.console.forms import ActionForm
from geoserver_app.console.history_lines import line
from geoserver_app.console.queue import with_jurisdiction
from geoserver_app.console.request_page import Panel, last_change, show
from geoserver_app.work.errors import Incomplete, NotAllowed
from geoserver_app.work.models import Resolution
from geoserver_app.work.versions import decisions
from layers.errors import Conflict, NotFound, OneMapError


class Quicker(Conflict):
    """Somebody else changed the request since the person's page was made."""


class NotNow(Conflict):
    """An action that this person may not take, or not as the request stands now."""


class OnlyToLookAt(NotAllowed):
    """Somebody who may see the request and no more tries to act on it."""


_ACTING = (Capability.WORK, Capability.REVIEW, Capability.HAND_ON, Capability.CORRECT, Capability.TAKE_REQUESTS,
           Capability.PUBLISH)  # fmt: skip


@require_POST
@requires(Capability.SEE_REQUESTS)
def act(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Back to the page where it is done; else the page again with what is wrong and everything that was typed."""
    ask = ask_for(desk_of(request), number)
    action = ACTIONS.get(code)
    if action is None:
        raise NotFound(_("There is no action '%s'.") % code[:40])
    form = action.form(request.POST, ask=ask, auto_id=f"{code}-%s")
    refused = _refusal(request, ask, action)
    if refused is not None:
        return _again(request, ask, action, form, refused)
    if not form.is_valid():
        return show(request, ask, sent=Panel(action, form, is_open=True), status=400)
    if action.confirms and not request.POST.get("confirmed"):
        return confirm(request, ask, action, form)
    try:
        action.run(ask, form.cleaned_data)
    except OneMapError as error:
        fresh = ask_for(ask.desk, number)
        return _again(request, fresh, action, form, error)
    messages.success(request, str(action.done))
    return back(request, number)


def back(request: HttpRequest, number: str) -> HttpResponse:
    """To the request's page; one who may not see it any more (handed on to others) goes to the queue."""
    ask = desk_of(request)
    try:
        ask_for(ask, number)
    except NotFound:
        return HttpResponseRedirect(with_jurisdiction(request, reverse("console")), status=303)
    return HttpResponseRedirect(with_jurisdiction(request, reverse("console_request", args=[number])), status=303)


def confirm(request: HttpRequest, ask: Ask, action: Action, form: ActionForm) -> HttpResponse:
    """Asks once more, and shows what the resident will be told."""
    code = form.cleaned_data.get("resolution", "")
    rows = Resolution.objects.filter(jurisdiction=ask.request.jurisdiction_id, code=code)
    resolution = rows.first() if code else None
    values = [(name, value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"]
    context = {
        "desk": ask.desk,
        "one": ask.request,
        "action": action,
        "values": values,
        "given": form.cleaned_data,
        "resolution": resolution,
        "sentence": resolution.sentence_in(ask.request.language) if resolution else "",
    }
    return render(request, "console/confirm.html", context)


def _refusal(request: HttpRequest, ask: Ask, action: Action) -> OneMapError | None:
    """Why an action is not even tried: somebody else was quicker, or it is not this person's to take."""
    quicker = _quicker(request, ask) if action.decides else None
    if quicker is not None:
        return quicker
    if not action.may(ask):
        if not ask.may(*_ACTING):
            return OnlyToLookAt(_("You may look at this request, but not work on it."))
        return NotNow(_("“%s” is not for you to do with this request, or not as it stands now.") % action.title)
    return None


def _quicker(request: HttpRequest, ask: Ask) -> Quicker | None:
    """What somebody else did after this person's page was made."""
    seen = request.POST.get("seen", "")
    if not seen.isdigit() or last_change(ask) <= int(seen):
        return None
    since = decisions(ask.request).filter(pk__gt=int(seen)).exclude(by=ask.desk.user)
    change = since.select_related("by", "department_after", "post_after").last()
    if change is None:
        return None
    told = line(change, ask.desk.language)
    return Quicker(
        _("Somebody was quicker: %(who)s, %(when)s: %(what)s. Look at how it stands now, then decide.")
        % {"who": told.who, "when": moment(told.at, ask.desk.zone, ask.desk.at), "what": told.what}
    )


def _again(request: HttpRequest, ask: Ask, action: Action, form: ActionForm, error: OneMapError) -> HttpResponse:
    """The page as it stands now, with the reason on top and what was typed still in its form."""
    messages.error(request, sentence(error, ask))
    return show(request, ask, sent=Panel(action, form, is_open=action.may(ask)), status=error.status)


def sentence(error: OneMapError, ask: Ask) -> str:
    """An error for the person at the page; what is said in English alone is told in our words to who reads another."""
    if ask.desk.language == "en" or isinstance(error, Conflict | NotFound | NotAllowed | Incomplete):
        return str(error)
    return _("Something is missing or does not fit. Look at what was entered.")
