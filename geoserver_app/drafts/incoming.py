"""Files that somebody uploads: kept apart, loaded as a draft by the worker, refused with their sentence."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from geoserver_app import jobs
from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.console.desk import Desk, desk_of
from geoserver_app.drafts.access import page, to, user_of
from geoserver_app.editions import receiving, store
from geoserver_app.editions.models import Incoming
from layers.decisions import DROP, REFUSE, REPAIR, REPAIRABLE
from layers.errors import OneMapError
from layers.kinds import STANDARD
from layers.models import Kind


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


_FORMATS = gettext_lazy(
    "Shapefile in a zip, GeoPackage, GeoJSON, FileGDB in a zip, KML, TopoJSON, FlatGeobuf, CSV or Excel."
)


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
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = kind_choices(desk)

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


@csrf_exempt  # checked below, once the limit of the upload is set
def upload(request: HttpRequest) -> HttpResponse:
    """GET /console/gis/files/: the form and the last files; POST: takes a file in."""
    request.upload_handlers = [Quota(settings.UPLOAD_LIMIT_BYTES), *request.upload_handlers]
    return _upload(request)


@require_http_methods(["GET", "POST"])
@requires(Capability.EDIT_GEOGRAPHY)
def _upload(request: HttpRequest) -> HttpResponse:
    desk = desk_of(request)
    try:
        form = FileForm(request.POST or None, request.FILES or None, desk=desk)
        if request.method == "POST" and form.is_valid():
            return to(request, "gis_incoming", _taken_in(request, desk, form).pk)
    except store.TooLarge as error:
        form = FileForm(desk=desk)
        return page(request, "upload", _context(desk, form) | {"problem": str(error)}, status=error.status)
    return page(request, "upload", _context(desk, form), status=422 if request.method == "POST" else 200)


_upload = csrf_protect(_upload)
# The door looks at the view that an address names.
upload = requires(Capability.EDIT_GEOGRAPHY)(upload)
upload.csrf_exempt = True  # type: ignore[attr-defined]


def _context(desk: Desk, form: FileForm) -> dict[str, Any]:
    recent = Incoming.objects.filter(jurisdiction=desk.jurisdiction).select_related("edition", "asked_by")[:15]
    return {"desk": desk, "form": form, "recent": recent, "limit": settings.UPLOAD_LIMIT_BYTES // 1_000_000}


def _taken_in(request: HttpRequest, desk: Desk, form: FileForm) -> Incoming:
    file = form.cleaned_data["file"]
    kept = store.keep(file.chunks(), file.name, limit=settings.UPLOAD_LIMIT_BYTES)
    incoming = Incoming.objects.create(
        jurisdiction=desk.jurisdiction, kind_code=form.cleaned_data["kind"], name=file.name[:200], stored=kept.name,
        options=form.said(), asked_by=user_of(request), asked_at=timezone.now(),
    )  # fmt: skip
    jobs.defer_receiving(incoming)
    return incoming


@require_http_methods(["GET", "POST"])
@requires(Capability.EDIT_GEOGRAPHY)
def incoming_page(request: HttpRequest, incoming_id: int) -> HttpResponse:
    """GET /console/gis/files/ID/: how far it is, or what became of it; POST: again, with a decision for each fault."""
    incoming = _found(request, incoming_id)
    if request.method == "POST" and incoming.state == Incoming.State.FAILED and incoming.stored:
        _again(request, incoming)
        return to(request, "gis_incoming", incoming.pk)
    running = incoming.state in (Incoming.State.WAITING, Incoming.State.RUNNING)
    faults = [(code, count, code in REPAIRABLE) for code, count in incoming.faults.items()]
    return page(request, "incoming", {"desk": desk_of(request), "one": incoming, "running": running, "faults": faults})


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
    running = one.state in (Incoming.State.WAITING, Incoming.State.RUNNING)
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
