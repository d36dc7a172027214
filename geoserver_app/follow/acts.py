"""What one may do with one's own request: add to it, withdraw it, have it opened again, close it on this device."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from geoserver_app import flow
from geoserver_app.catalog.values import Unusable, clean_text
from geoserver_app.follow import access
from geoserver_app.follow.door import Asked, asked, code_page, private
from geoserver_app.follow.one import request_page
from geoserver_app.intake.models import Media, ServiceRequest
from geoserver_app.intake.photos import LARGEST_BYTES, MOST_PHOTOS, BadPhoto, read_photo
from geoserver_app.intake.submission import Photo
from geoserver_app.work.actor import REPORTER
from geoserver_app.work.errors import Incomplete, NotAllowed, WrongState
from geoserver_app.work.history import Kind
from geoserver_app.work.states import State

# The same words or the same photo within this time are a second tap, not a second thought.
SAME_AGAIN = timedelta(hours=1)
# One request is no place to store pictures.
MOST_PHOTOS_IN_ALL = 15
MOST_ADDITIONS_A_DAY = 20


class Refused(Exception):
    """It cannot be done; the message is for the page, beside the form that was sent."""


Act = Callable[[HttpRequest, ServiceRequest, datetime], str]


def act(name: str) -> Callable[[Act], Callable[..., HttpResponseBase]]:
    """A view that does something with one's own request and goes back to its page with a sentence.

    A stranger gets the box for number and code, as for a number that is none. ``name`` is the form's on the page.
    """

    def decorate(do: Act) -> Callable[..., HttpResponseBase]:
        @private
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(do)
        def view(http: HttpRequest, number: str) -> HttpResponse:
            said = asked(http, number)
            if said.request is None or not said.is_own(http):
                return code_page(http, said)
            if http.method == "POST":
                try:
                    messages.success(http, do(http, said.request, said.at))
                except Refused as refused:
                    return _again(http, said, name, str(refused))
            return HttpResponseRedirect(reverse("follow:one", args=[said.number]))

        return view

    return decorate


@act("add")
def add(http: HttpRequest, request: ServiceRequest, at: datetime) -> str:
    """Words, photos, or both. Sent twice by a double tap they are added once."""
    try:
        text = clean_text(http.POST.get("text", ""))
    except Unusable as wrong:
        raise Refused(str(wrong)) from wrong
    photos = _photos(http.FILES.getlist("photos"))
    if not text and not photos:
        raise Refused(_("Write what you would like to add, or choose a photo."))
    try:
        _add_once(request, text, photos, at)
    except WrongState as wrong:
        raise Refused(_("This request is closed. Have it opened again, or report anew.")) from wrong
    return _("Thank you. We have added it.")


@act("withdraw")
def withdraw(http: HttpRequest, request: ServiceRequest, at: datetime) -> str:
    """Nothing needs to be done any more."""
    if request.state == State.CANCELLED:
        return _("You have withdrawn this request.")
    try:
        flow.withdraw(request.pk, by=REPORTER, at=at, note=_words(http, "reason"))
    except (WrongState, NotAllowed) as wrong:
        raise Refused(_("This request cannot be withdrawn any more. Please call us.")) from wrong
    return _("You have withdrawn this request.")


@act("reopen")
def reopen(http: HttpRequest, request: ServiceRequest, at: datetime) -> str:
    """It was not done, or it is back."""
    reason = _words(http, "reason")
    if not reason:
        raise Refused(_("Please say what is still wrong, so that they know what to look for."))
    try:
        flow.reopen(request.pk, by=REPORTER, at=at, reason=reason)
    except NotAllowed as wrong:
        raise Refused(_("A request can be opened again for 30 days. Please report it anew.")) from wrong
    except WrongState:
        return _("This request is open.")  # by a second tap, or by staff meanwhile
    return _("Your request is open again.")


@private
@require_http_methods(["POST"])
def leave(http: HttpRequest, number: str) -> HttpResponse:
    """Closes the request on this device: for a computer that others use too."""
    said = asked(http, number)
    if said.request is not None:
        access.forget(http, said.request)
    messages.success(http, _("This device does not show your own data any more."))
    return HttpResponseRedirect(reverse("follow:index"))


def _again(http: HttpRequest, said: Asked, name: str, message: str) -> HttpResponse:
    """The page with what was typed and what is wrong with it."""
    typed: dict[str, Any] = {"text": http.POST.get("text", ""), "reason": http.POST.get("reason", "")}
    return request_page(http, said, status=422, wrong_form=name, wrong=message, typed=typed)


def _words(http: HttpRequest, name: str) -> str:
    try:
        return clean_text(http.POST.get(name, ""))
    except Unusable as wrong:
        raise Refused(str(wrong)) from wrong


def _photos(files: Sequence[UploadedFile]) -> list[Photo]:
    if len(files) > MOST_PHOTOS:
        raise Refused(_("Please choose at most %(most)d photos at once.") % {"most": MOST_PHOTOS})
    return [_photo(file) for file in files]


def _photo(file: UploadedFile) -> Photo:
    if (file.size or 0) > LARGEST_BYTES:
        raise Refused(_("A photo is too large: up to %(most)d MB can be sent.") % {"most": LARGEST_BYTES // 1_000_000})
    try:
        return read_photo(file.read())[0]
    except BadPhoto as wrong:
        raise Refused(_("One file is no photo that we can read. Please send JPEG, PNG, WebP or GIF.")) from wrong


def _add_once(request: ServiceRequest, text: str, photos: Sequence[Photo], at: datetime) -> None:
    """Adds what is not there yet. The row is locked first, so that of two taps the second sees what the first did."""
    with transaction.atomic():
        ServiceRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
        before = request.history.filter(kind=Kind.DETAILS, by_reporter=True, at__gt=at - timedelta(days=1))
        there = set(Media.objects.filter(request=request).values_list("sha256", flat=True))
        new = list({one.sha256: one for one in photos if one.sha256 not in there}.values())
        said = before.filter(note=text, at__gt=at - SAME_AGAIN).exists()
        if not new and (said or not text):
            return
        if len(there) + len(new) > MOST_PHOTOS_IN_ALL or before.count() >= MOST_ADDITIONS_A_DAY:
            raise Refused(_("That is a lot for one request. Please call us, or write again tomorrow."))
        try:
            flow.add_details(request.pk, "" if said else text, photos=new, by=REPORTER, at=at)
        except Incomplete as wrong:
            raise Refused(_("Write what you would like to add, or choose a photo.")) from wrong
