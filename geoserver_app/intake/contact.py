"""How people are told, and how a caller's earlier requests are found without searching numbers in the clear."""

import hashlib
import hmac
import re

from django.conf import settings

_NOT_A_DIGIT = re.compile(r"\D+")
HASH_BYTES = 16


def phone_digits(phone: str) -> str:
    """A North American number as ten digits ("(559) 555-0131" and "+1 559 555 0131" alike); else the digits it has."""
    digits = _NOT_A_DIGIT.sub("", phone)
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits


def phone_hash(phone: str) -> bytes | None:
    """The keyed hash of a telephone number, equal for all its spellings; None where it has no seven digits."""
    digits = phone_digits(phone)
    return _keyed("phone", digits) if len(digits) >= 7 else None


def email_hash(email: str) -> bytes | None:
    """The keyed hash of an e-mail address, upper and lower case alike; None for an empty one."""
    plain = email.strip().lower()
    return _keyed("email", plain) if plain else None


def _keyed(purpose: str, value: str) -> bytes:
    key = hashlib.sha256(b"onemap.contact." + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, f"{purpose}:{value}".encode(), hashlib.sha256).digest()[:HASH_BYTES]
