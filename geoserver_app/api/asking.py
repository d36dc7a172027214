"""The same question as Open311 would get it: what both doors do is said once, there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.http import HttpRequest, QueryDict
from django.utils.translation import get_language

from geoserver_app.api.caller import Caller
from geoserver_app.open311.ask import Ask


def open311_ask(http: HttpRequest, caller: Caller, fields: Mapping[str, Sequence[str]]) -> Ask:
    """A call of Open311 with parameters, about the caller's jurisdiction and in the asked language."""
    sent = QueryDict(mutable=True)
    for name, values in fields.items():
        sent.setlist(name, list(values))
    sent["jurisdiction_id"], sent["lang"] = caller.place.code, get_language() or "en"
    return Ask(http, "json", caller.at, sent)
