"""How often a code may be tried: counted for each number and for each address, the same for numbers that are none."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

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
