"""Addresses as they are shown where nobody needs to read them: enough to tell two apart, not enough to write to."""

import re

_DIGIT = re.compile(r"\d")


def mask_email(address: str) -> str:
    """ "maria.lopez@example.com" as "m…@example.com"; what is no address as "…"."""
    name, at, host = address.rpartition("@")
    return f"{name[:1]}…@{host}" if at and name else "…"


def mask_phone(number: str) -> str:
    """ "(559) 555-0142" as "…42"; fewer than four digits as "…"."""
    digits = _DIGIT.findall(number)
    return "…" + "".join(digits[-2:]) if len(digits) >= 4 else "…"


def mask_address(address: str, channel: str) -> str:
    """What a message of a channel was sent to, masked; a postal address is not shown at all."""
    if channel == "email":
        return mask_email(address)
    return mask_phone(address) if channel in {"phone", "text"} else "…"
