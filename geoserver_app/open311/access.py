"""Who may send: a program with a key, in the form, in a header, or (with a warning) in the address."""

from __future__ import annotations

from geoserver_app.accounts import keys
from geoserver_app.accounts.models import ApiKey
from geoserver_app.open311.ask import Ask
from geoserver_app.open311.errors import forbidden, too_many

WARNING = '299 - "api_key stands in the address, which ends in logs: send it in the form or as X-Api-Key"'


def key_of(ask: Ask, scope: str) -> ApiKey:
    """The key of a call, counted; 403 where it is missing, wrong or not for this, 429 where it comes too often."""
    text = _given(ask)
    if not text:
        raise forbidden("api_key is missing. GET discovery says how to get one.")
    key = keys.find(text, ask.jurisdiction)
    if key is None:
        raise forbidden("api_key is not known here, or not valid any more. GET discovery says how to get one.")
    if scope not in key.scopes:
        raise forbidden(f"This api_key may not be used for that; it is for: {', '.join(key.scopes)}.")
    wait_s = keys.count(key, at=ask.at)
    if wait_s:
        raise too_many(
            f"Too many calls with this api_key: it may make {key.per_minute} a minute and {key.per_day} a day.", wait_s
        )
    return key


def warnings(ask: Ask) -> dict[str, str]:
    """A header for those who put their key where it can be read."""
    return {"Warning": WARNING} if ask.http.GET.get("api_key") and not _safely_given(ask) else {}


def _given(ask: Ask) -> str:
    return _safely_given(ask) or ask.http.GET.get("api_key", "").strip()


def _safely_given(ask: Ask) -> str:
    scheme, _, bearer = ask.http.headers.get("Authorization", "").partition(" ")
    in_form = ask.http.POST.get("api_key", "") if ask.http.method == "POST" else ""
    given = in_form or ask.http.headers.get("X-Api-Key", "") or (bearer if scheme.lower() == "bearer" else "")
    return given.strip()
