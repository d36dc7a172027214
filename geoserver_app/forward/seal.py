"""Keys that agencies gave us: needed in clear when we speak to them, so kept sealed with the installation's secret."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from layers.errors import OneMapError


class BrokenSeal(OneMapError):
    """A key was sealed with another SECRET_KEY: it has to be entered again."""


def seal(text: str) -> str:
    """A text that only this installation can read; empty stays empty."""
    return _lock().encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str) -> str:
    """What was sealed. BrokenSeal after SECRET_KEY was changed."""
    if not sealed:
        return ""
    try:
        return _lock().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise BrokenSeal("The agency's key was sealed with another SECRET_KEY. Enter it again.") from error


def _lock() -> Fernet:
    secret = hashlib.sha256(b"onemap.forward." + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(secret))
