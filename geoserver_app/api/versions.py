"""ETags of single requests for those who change them, and If-Match: no change of what somebody else changed since.

Such a tag holds the version of the request (work/versions.py), then a digest of what was answered. The whole of it says
whether an answer is the same, to the byte: one in another language, or with one more note, has another tag. If-Match
asks about the version alone: whoever read the request in Spanish, or before a resident added a word, knows it well
enough to decide.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress

from django.http import HttpRequest
from ninja import Schema

from geoserver_app.accounts.models import ApiKey
from geoserver_app.api.caller import Caller
from geoserver_app.api.in_full import own_number
from geoserver_app.api.problems import Refused
from geoserver_app.handling_step import Known
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.work.sight import find
from geoserver_app.work.versions import check_known, version_of
from layers.errors import NotFound

IF_MATCH = {
    "If-Match": "ETags of the request, of GET or of an answer to a change: where somebody changed it since, nothing is"
    " done, and the answer is 412. `*`, or without it: the request is taken as it stands."
}
TAGGED = "Names what the answer shows; as `If-Match` of a change it names the request as it stands here."
_TAG = r'(?:W/)?"[^"\x00-\x20\x7f]*"'
_LIST = re.compile(rf"[ \t,]*{_TAG}(?:[ \t]*,[ \t,]*{_TAG})*[ \t,]*")  # RFC 9110, 5.6.1 and 13.1.1
_OURS = re.compile(r'"(\d{1,18})-[0-9a-f]{32}"', re.ASCII)  # a weak one (W/) names nothing to change
_KNOWS = {ApiKey.Scope.READ.value, ApiKey.Scope.WORK.value}


def tag(version: int, said: Schema) -> str:
    """The ETag of an answer about a request at a version."""
    return f'"{version}-{hashlib.sha256(said.model_dump_json().encode()).hexdigest()[:32]}"'


def version_for(caller: Caller, number: str) -> int | None:
    """The version of a request, for keys that see it or take it on as their person; None for everybody else.

    To be asked before the request is read: then whatever comes between shows in it, and the version is the older one.
    """
    if caller.key is None or not _KNOWS & {*caller.key.scopes}:
        return None
    with suppress(NotFound):
        return version_of(find(caller.rights, caller.place.pk, own_number(caller, number)))
    return None


def known_to(http: HttpRequest, request: ServiceRequest) -> Known:
    """The versions of a request that If-Match names. Overtaken where it stands at none of them even now.

    They are for the change to check again, under lock.
    """
    known = _named(http)
    check_known(request, known)
    return known


def _named(http: HttpRequest) -> Known:
    text = http.headers.get("If-Match")
    if text is None or text.strip() == "*":
        return None
    if _LIST.fullmatch(text) is None:
        raise Refused(400, f"If-Match '{text[:60]}' is no list of ETags: send one in its quotes, as it was answered.")
    ours = (_OURS.fullmatch(one) for one in re.findall(_TAG, text))
    return frozenset(int(one[1]) for one in ours if one)
