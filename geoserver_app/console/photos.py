"""GET /console/requests/NUMBER/photos/ID/: a private photo, for those who may see its request; no cache keeps it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.console.desk import desk_of
from geoserver_app.intake import private_store
from geoserver_app.intake.models import Media
from geoserver_app.work.sight import find
from layers.errors import NotFound


@requires(Capability.SEE_REQUESTS)
def photo(request: HttpRequest, number: str, media_id: int) -> HttpResponse:
    """The JPEG; with ``size=small`` its thumbnail."""
    desk = desk_of(request)
    one = find(desk.rights, desk.jurisdiction.pk, number)
    media = Media.objects.filter(pk=media_id, request=one).first()
    if media is None:
        raise NotFound(_("This photo is not there any more."))
    name = media.thumbnail if request.GET.get("size") == "small" else media.file
    headers = {"Cache-Control": "private, no-store", "Content-Disposition": "inline"}
    return HttpResponse(private_store.content(name), content_type="image/jpeg", headers=headers)
