"""Words that people wrote, on their way in: text alone, no markup, not too long; and how to reach who wrote them."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import translation

from geoserver_app.catalog.values import Unusable, clean_text
from geoserver_app.intake.contact import phone_digits
from geoserver_app.intake.models import Reporter
from geoserver_app.intake.submission import Contact
from geoserver_app.open311.ask import Ask
from geoserver_app.open311.errors import bad

_CODE = re.compile(r"<(script|style)\b[^>]*>.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
# A tag begins with a letter right after the bracket: "wider than <5 ft" and "a < b" stay as they are.
_TAG = re.compile(r"</?[a-z][^<>]{0,2000}>|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL)


def description_of(ask: Ask) -> str:
    """The description: its line breaks stay, markup goes, at most 4,000 characters."""
    raw = ask.sent.get("description", "")
    if not raw.strip():
        return ""
    try:
        with translation.override("en"):
            return clean_text(without_markup(raw))
    except Unusable as wrong:
        raise bad(f"description: {wrong}") from wrong


def without_markup(text: str) -> str:
    """A text without HTML: scripts go whole, of other elements only the tags; every reader escapes what is left."""
    return _TAG.sub("", _CODE.sub("", text)) if "<" in text else text


def contact_of(ask: Ask, *, tells_reporters: bool) -> Contact:
    """Who reports, as far as it was said; told by e-mail where one was given, unless the program does that itself."""
    name = " ".join(part for part in (ask.text("first_name"), ask.text("last_name")) if part)[:120].strip()
    email, phone = ask.text("email"), ask.text("phone")
    if email:
        _check_email(email)
    if phone and (len(phone) > 40 or not 7 <= len(phone_digits(phone)) <= 15):
        raise bad("phone is no telephone number; write it like (559) 555-0131, or leave it out.")
    tell = Reporter.TellBy.EMAIL if email and not tells_reporters else Reporter.TellBy.NONE
    return Contact(without_markup(name), email, phone, tell_by=tell.value)


def _check_email(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError as error:
        raise bad("email is no e-mail address; write it like name@example.com, or leave it out.") from error
    if len(email) > 254:
        raise bad("email is longer than 254 characters.")
