"""Files that somebody uploads: kept apart, loaded as a draft by the worker, refused with their sentence."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from geoserver_app import jobs
from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.console.desk import Desk, desk_of
from geoserver_app.drafts.access import page, to, user_of
from geoserver_app.drafts.crosswalks import CrosswalkForm
from geoserver_app.drafts.forms import FRESH, FileForm, KindForm
from geoserver_app.editions import receiving, store
from geoserver_app.editions.models import Incoming
from layers.decisions import DROP, REFUSE, REPAIR, REPAIRABLE
from layers.errors import OneMapError

RUNNING = (Incoming.State.WAITING, Incoming.State.RUNNING)


class Quota(FileUploadHandler):
    """Stops an upload as soon as it is too large, instead of reading it to its end first."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit, self.seen = limit, 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.seen += len(raw_data)
        if self.seen > self.limit:
            raise store.TooLarge(
                _("The file is larger than %(size)d MB, which is as much as is taken here.")
                % {"size": self.limit // 1_000_000}
            )
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


@csrf_exempt  # checked below, once the limit of the upload is set
@requires(Capability.EDIT_GEOGRAPHY)
def upload(request: HttpRequest) -> HttpResponse:
    """GET /console/gis/files/: the form and the last files; POST: takes a file in."""
    request.upload_handlers = [Quota(settings.UPLOAD_LIMIT_BYTES), *request.upload_handlers]
    return _upload(request)


@csrf_protect
@require_http_methods(["GET", "POST"])
@requires(Capability.EDIT_GEOGRAPHY)
def _upload(request: HttpRequest) -> HttpResponse:
    desk = desk_of(request)
    try:
        form = FileForm(request.POST or None, request.FILES or None, desk=desk)
        fresh = KindForm(request.POST or None, desk=desk, wanted=request.POST.get("kind") == FRESH)
        if request.method == "POST" and form.is_valid() & fresh.is_valid():
            return to(request, "gis_incoming", _taken_in(request, desk, form, fresh).pk)
    except store.TooLarge as error:
        context = _context(desk, FileForm(desk=desk), KindForm(desk=desk, wanted=False))
        return page(request, "upload", context | {"problem": str(error)}, status=error.status)
    return page(request, "upload", _context(desk, form, fresh), status=422 if request.method == "POST" else 200)


def _context(desk: Desk, form: FileForm, fresh: KindForm) -> dict[str, Any]:
    recent = Incoming.objects.filter(jurisdiction=desk.jurisdiction).select_related("edition", "asked_by")[:15]
    limit = settings.UPLOAD_LIMIT_BYTES // 1_000_000
    return {"desk": desk, "form": form, "fresh": fresh, "recent": recent, "limit": limit}


def _taken_in(request: HttpRequest, desk: Desk, form: FileForm, fresh: KindForm) -> Incoming:
    file = form.cleaned_data["file"]
    kind = fresh.cleaned_data["fresh_code"].strip() if fresh.wanted else form.cleaned_data["kind"]
    said = form.said() | fresh.said() | ({"propose": True} if "propose" in request.POST else {})
    kept = store.keep(file.chunks(), file.name, limit=settings.UPLOAD_LIMIT_BYTES)
    incoming = Incoming.objects.create(
        jurisdiction=desk.jurisdiction, kind_code=kind, name=file.name[:200], stored=kept.name,
        options=said, asked_by=user_of(request), asked_at=timezone.now(),
    )  # fmt: skip
    jobs.defer_receiving(incoming)
    return incoming


@require_http_methods(["GET", "POST"])
@requires(Capability.EDIT_GEOGRAPHY)
def incoming_page(request: HttpRequest, incoming_id: int) -> HttpResponse:
    """GET /console/gis/files/ID/: how far it is, or what became of it.

    POST: again, with a decision for each fault; or with the crosswalk that was looked over.
    """
    incoming = _found(request, incoming_id)
    if incoming.state == Incoming.State.LOOK:
        return _looked_over(request, incoming)
    if request.method == "POST" and incoming.state == Incoming.State.FAILED and incoming.stored:
        _again(request, incoming)
        return to(request, "gis_incoming", incoming.pk)
    running = incoming.state in RUNNING
    faults = [(code, count, code in REPAIRABLE) for code, count in incoming.faults.items()]
    return page(request, "incoming", {"desk": desk_of(request), "one": incoming, "running": running, "faults": faults})


def _looked_over(request: HttpRequest, incoming: Incoming) -> HttpResponse:
    """The proposed crosswalk as a form; settled, it is loaded by and kept with the draft."""
    form = CrosswalkForm(request.POST or None, incoming=incoming)
    if request.method == "POST" and form.is_valid() and not form.asks_again and incoming.stored:
        said = {name: one for name, one in incoming.options.items() if name not in {"code_field", "name_field"}}
        incoming.options = said | {"crosswalk": form.settled()}
        incoming.state = Incoming.State.WAITING
        incoming.save(update_fields=["options", "state"])
        jobs.defer_receiving(incoming)
        return to(request, "gis_incoming", incoming.pk)
    context = {"desk": desk_of(request), "one": incoming, "form": form}
    return page(request, "crosswalk", context, status=422 if form.errors else 200)


def _again(request: HttpRequest, incoming: Incoming) -> None:
    chosen = {code: request.POST.get(f"fault-{code}", REFUSE) for code in incoming.faults}
    words = [f"{code}={policy}" for code, policy in chosen.items() if policy in {DROP, REPAIR}]
    incoming.options = incoming.options | {"invalid": sorted({*incoming.options.get("invalid", []), *words})}
    try:
        receiving.load_options(incoming.options)
    except OneMapError as error:
        incoming.problem = str(error)
        incoming.save(update_fields=["problem"])
        return
    incoming.state, incoming.problem = Incoming.State.WAITING, ""
    incoming.save(update_fields=["options", "state", "problem"])
    jobs.defer_receiving(incoming)


@requires(Capability.EDIT_GEOGRAPHY)
def state(request: HttpRequest, incoming_id: int) -> HttpResponse:
    """GET /console/gis/files/ID/state.json: how far it is."""
    one = _found(request, incoming_id)
    running = one.state in RUNNING
    step = _("Waiting for the worker") if one.state == Incoming.State.WAITING else one.step or _("The file is read")
    answer = JsonResponse({"running": running, "state": one.state, "step": step, "done": one.done, "total": one.total})
    answer["Cache-Control"] = "private, no-store"
    return answer


def _found(request: HttpRequest, incoming_id: int) -> Incoming:
    desk = desk_of(request)
    places = desk.rights.jurisdictions(Capability.EDIT_GEOGRAPHY)
    found = Incoming.objects.filter(pk=incoming_id, jurisdiction__in=places).select_related("edition", "source").first()
    if found is None:
        raise Http404(_("There is no such file."))
    return found
