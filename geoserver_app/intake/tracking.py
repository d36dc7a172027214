"""Tracking numbers that can be read over the telephone, and the code that opens one's own request.

``26-004512-7``: year, running number, check digit. The digit is ISO/IEC 7064 MOD 11,10, which finds every single wrong
digit, so that a misheard number is refused instead of showing somebody else's request.
"""

import re
import secrets
from dataclasses import dataclass

# No letters or digits that sound or look alike (B/8, G/6 in writing, I/1, O/0, S/5, Z/2, Q/U in speech).
CODE_ALPHABET = "ACDEFHJKLMNPRTUVWXY34679"
CODE_LENGTH = 6
_WRITTEN = re.compile(r"^(\d{2})(\d{4,9})(\d)$")
_SEPARATORS = re.compile(r"[\s.\-–—_/]+")


@dataclass(frozen=True)
class TrackingNumber:
    """A tracking number in parts; ``year`` has two digits."""

    year: int
    running: int

    def __str__(self) -> str:
        digits = f"{self.year:02d}{self.running:06d}"
        return f"{digits[:2]}-{digits[2:]}-{check_digit(digits)}"


def parse_tracking_number(text: str) -> TrackingNumber | None:
    """The number that somebody wrote or said, however separated; None where it is none or its check digit is wrong."""
    match = _WRITTEN.match(_SEPARATORS.sub("", text.strip()))
    if match is None or check_digit(match.group(1) + match.group(2)) != int(match.group(3)):
        return None
    return TrackingNumber(int(match.group(1)), int(match.group(2)))


def check_digit(digits: str) -> int:
    """The check digit of a string of digits (ISO/IEC 7064, MOD 11,10: the hybrid system with one digit)."""
    product = 10
    for digit in digits:
        total = (product + int(digit)) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10


def new_access_code() -> str:
    """Six characters that cannot be guessed within the limits that the page sets."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def same_code(one: str, other: str) -> bool:
    """Compares two access codes in constant time; case and separators do not matter."""
    return secrets.compare_digest(_plain(one).encode(), _plain(other).encode())


def _plain(code: str) -> str:
    return _SEPARATORS.sub("", code).upper()
