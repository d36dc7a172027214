"""How often a code may be tried: counted for each number and for each address, the same for numbers that are none."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

# With 24^6 codes, this many tries an hour find one in about a thousand years.
TRIES_FOR_A_NUMBER = 20
# A whole library or town office may share one address.
TRIES_FROM_AN_ADDRESS = 60
KEEP = timedelta(days=1)
_SQL = (
    "insert into follow_codeattempts (key, hour, count) values (%s, %s, 1)"
    " on conflict (key, hour) do update set count = follow_codeattempts.count + 1 returning count"
)


@dataclass(frozen=True)
class Try:
    """One try that was counted; ``allowed`` is False where there had been too many in this hour."""

    keys: tuple[bytes, ...]
    hour: datetime
    allowed: bool

    def give_back(self) -> None:
        """The code was right: the try does not count."""
        with connection.cursor() as cursor:
            cursor.execute(
                "update follow_codeattempts set count = greatest(count - 1, 0) where key = any(%s) and hour = %s",
                [list(self.keys), self.hour],
            )


def take_try(number: str, address: str, at: datetime) -> Try:
    """Counts a try before it is known whether the code is right, so that many at once do not slip through."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    keys = (_key(f"number:{number}"), _key(f"address:{address}"))
    counts = [_count(key, hour, at) for key in keys]
    limits = (TRIES_FOR_A_NUMBER, TRIES_FROM_AN_ADDRESS)
    return Try(keys, hour, all(count <= limit for count, limit in zip(counts, limits, strict=True)))


def client_address(request: HttpRequest) -> str:
    """Where a request comes from, as far as our own proxies vouch for it; of IPv6 the /64 that one home has."""
    hops = [*request.META.get("HTTP_X_FORWARDED_FOR", "").split(","), request.META.get("REMOTE_ADDR", "")]
    return _network(_outermost_trusted([hop.strip() for hop in hops if hop.strip()]))


def _outermost_trusted(hops: Sequence[str]) -> str:
    trusted: int = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    return hops[-1 - min(trusted, len(hops) - 1)] if hops else ""


def _network(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


def _count(key: bytes, hour: datetime, at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [key, hour])
        count = int(cursor.fetchone()[0])
        if count == 1:
            cursor.execute("delete from follow_codeattempts where hour < %s", [at - KEEP])
    return count


def _key(value: str) -> bytes:
    key = hashlib.sha256(b"onemap.follow." + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, value.encode(), hashlib.sha256).digest()[:16]
