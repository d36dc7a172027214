"""API keys: made once and shown once, found again by their hash, counted by the minute and by the day."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from geoserver_app.accounts.models import ApiKey, User
from geoserver_app.accounts.rights import STRANGER, Rights, rights_of
from layers.errors import Conflict, OneMapError
from layers.models import Jurisdiction

# Recognized by people and by programs that look for secrets that leaked.
PREFIX = "onemap_"
_START = 12
LONGEST = 200
_MINUTE, _DAY = 60, 86_400
_COUNT = """
with swept as (delete from accounts_apiuse where key_id = %(key)s and since < %(old)s)
insert into accounts_apiuse (key_id, seconds, since, count)
values (%(key)s, 60, %(minute)s, 1), (%(key)s, 86400, %(day)s, 1)
on conflict (key_id, seconds, since) do update set count = accounts_apiuse.count + 1
returning seconds, count
"""


class NoScope(OneMapError):
    """A key was asked for that may do nothing."""


class NoPerson(OneMapError):
    """A key of staff was asked for without saying whose."""


def make(
    jurisdiction: Jurisdiction,
    name: str,
    *,
    scopes: Sequence[str],
    at: datetime,
    by: User | None = None,
    contact: str = "",
    per_minute: int = 60,
    per_day: int = 5000,
    tells_reporters: bool = False,
    user: User | None = None,
) -> tuple[ApiKey, str]:
    """A new key and its text, which is nowhere kept: whoever loses it gets another one. Conflict for a name in use."""
    chosen = [scope for scope in ApiKey.Scope.values if scope in scopes]
    if not chosen:
        raise NoScope(_("Choose what the key may be used for."))
    for_staff = any(scope in chosen for scope in ApiKey.FOR_STAFF)
    if for_staff and user is None:
        raise NoPerson(_("Say for whom the key sees requests or takes them on."))
    if ApiKey.objects.filter(jurisdiction=jurisdiction, name=name, revoked_at=None).exists():
        raise Conflict(_("Another key has this name already."))
    text = PREFIX + secrets.token_urlsafe(24)
    key = ApiKey.objects.create(
        jurisdiction=jurisdiction, name=name, contact=contact, start=text[:_START], key_hash=_hash(text),
        scopes=chosen, per_minute=per_minute, per_day=per_day, tells_reporters=tells_reporters, created_at=at,
        created_by=by, user=user if for_staff else None,
    )  # fmt: skip
    return key, text


def find(text: str, jurisdiction: Jurisdiction) -> ApiKey | None:
    """The key of a jurisdiction with a text, unless it was revoked."""
    if not text or len(text) > LONGEST:
        return None
    # Drawn from 192 random bits: there is nothing to guess by dictionary, so a plain hash is enough.
    found = ApiKey.objects.filter(key_hash=_hash(text), jurisdiction=jurisdiction, revoked_at=None)
    return found.select_related("user").first()


def rights_with(key: ApiKey, *, at: datetime) -> Rights:
    """What may be seen and done with a key: what its person may at this moment, in the key's jurisdiction alone."""
    if key.user is None:
        return STRANGER
    everywhere = rights_of(key.user, at=at)
    here = tuple(scope for scope in everywhere.scopes if scope.jurisdiction_id == key.jurisdiction_id)
    return Rights(user_id=everywhere.user_id, scopes=here)


def revoke(key: ApiKey, *, at: datetime) -> None:
    """From now on nobody comes in with it; what was sent with it stays."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at)


def count(key: ApiKey, *, at: datetime) -> int:
    """Counts one more use; 0 where that is within the key's limits, else the seconds after which to try again."""
    minute, day = _start(at, _MINUTE), _start(at, _DAY)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": key.pk, "minute": minute, "day": day, "old": at - timedelta(days=40)})
        used = dict(cursor.fetchall())
    if used[_DAY] > key.per_day:
        return _until(day + timedelta(seconds=_DAY), at)
    if used[_MINUTE] > key.per_minute:
        return _until(minute + timedelta(seconds=_MINUTE), at)
    return 0


def _start(at: datetime, seconds: int) -> datetime:
    return at - timedelta(seconds=at.timestamp() % seconds)


def _until(end: datetime, at: datetime) -> int:
    return max(1, round((end - at).total_seconds() + 0.5))


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
