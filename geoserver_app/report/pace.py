"""How often one visitor may send: generous for people, a whole library's shared address included, slow for programs."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from geoserver_app.accounts.visitors import client_address

STRETCH = timedelta(minutes=10)
KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """At most as many times in a stretch of ten minutes as ``setting`` says."""

    action: str
    setting: str

    @property
    def most(self) -> int:
        return int(getattr(settings, self.setting))


SENDING = Limit("send", "REPORTS_PER_ADDRESS")
UPLOADING = Limit("photo", "PHOTOS_PER_ADDRESS")


def may(request: HttpRequest, limit: Limit, *, at: datetime) -> bool:
    """Counts one more of an action by a visitor; False where it is too many for now."""
    since = at - timedelta(seconds=at.timestamp() % STRETCH.total_seconds())
    with connection.cursor() as cursor:
        cursor.execute(
            "with swept as (delete from report_pace where since < %s)"
            " insert into report_pace (visitor, action, since, count) values (%s, %s, %s, 1)"
            " on conflict (visitor, action, since) do update set count = report_pace.count + 1 returning count",
            [at - KEPT, visitor(request, at), limit.action, since],
        )
        row = cursor.fetchone()
    return bool(row[0] <= limit.most)


def visitor(request: HttpRequest, at: datetime) -> bytes:
    """A keyed hash of a visitor's network address that holds for one day."""
    key = hashlib.sha256(b"onemap.pace." + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, f"{at:%Y-%m-%d} {client_address(request)}".encode(), hashlib.sha256).digest()[:16]
