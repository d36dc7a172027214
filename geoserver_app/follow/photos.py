"""A photo of a request: one's own, or one that was released; by a name that cannot be guessed, rights asked again."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from geoserver_app.follow.door import asked, private
from geoserver_app.follow.shown import photos
from geoserver_app.intake import private_store
from layers.errors import NotFound

_NAME = re.compile(r"([0-9a-f]{32})(\.s)?")
_HEADERS = {
    "Content-Disposition": "inline",
    "Content-Security-Policy": "default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@private
def photo(http: HttpRequest, number: str, name: str) -> HttpResponse:
    """GET .../photos/NAME.jpg, or NAME.s.jpg for the small one; the same 404 for hidden, strange and missing ones."""
    said = asked(http, number)
    match = _NAME.fullmatch(name)
    if said.request is None or match is None:
        raise NotFound(_("This photo is not there."))
    wanted = f"{match[1][:2]}/{match[1]}.jpg"
    seen = photos(said.request, own=said.is_own(http))
    found = next((one for one in seen if one.file == wanted), None)
    if found is None:
        raise NotFound(_("This photo is not there."))
    content = private_store.content(found.thumbnail if match[2] else found.file)
    return HttpResponse(content, content_type="image/jpeg", headers=_HEADERS)
