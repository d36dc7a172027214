"""A message of the outbox as a mail: text and HTML side by side, the picture inside, headers that machines read."""

from __future__ import annotations

import hashlib
import re
from email.mime.image import MIMEImage
from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from geoserver_app.notify.letter import PICTURE_ID
from geoserver_app.notify.models import Message

_PICTURE = re.compile(r"<!--picture-->.*?<!--/picture-->\s*", re.DOTALL)
_NAME = {"image/png": "map.png", "image/svg+xml": "map.svg"}


def mail_of(message: Message) -> EmailMultiAlternatives:
    """The mail; ValueError where an address or a header is none (Django's own check)."""
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.body_text,
        from_email=formataddr((message.jurisdiction.name_in(message.language), settings.DEFAULT_FROM_EMAIL)),
        to=[message.to_address],
        headers=_headers(message),
    )
    mail.attach_alternative(html_of(message), "text/html")
    if message.picture is not None:
        mail.mixed_subtype = "related"
        mail.attach(_image(bytes(message.picture.content), message.picture.content_type))
    return mail


def html_of(message: Message, picture_address: str = "") -> str:
    """The HTML as it is sent, or with an address as a page of ours shows it; no frame where there is no picture."""
    html = message.body_html if message.picture_id else _PICTURE.sub("", message.body_html)
    return html.replace(f"cid:{PICTURE_ID}", picture_address) if picture_address else html


def _image(content: bytes, content_type: str) -> MIMEImage:
    image = MIMEImage(content, _subtype=content_type.removeprefix("image/"))
    image.add_header("Content-ID", f"<{PICTURE_ID}>")
    image.add_header("Content-Disposition", "inline", filename=_NAME.get(content_type, "map"))
    return image


def _headers(message: Message) -> dict[str, str]:
    """A second delivery of the same message carries the same Message-ID, by which mail programs drop it.

    Auto-Submitted keeps answering machines quiet (RFC 3834); all mails about a request refer to one thread.
    """
    headers = {
        "Message-ID": f"<onemap-{message.pk}-{_fingerprint(message)}@{_host()}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Content-Language": message.language,
    }
    if message.request_id is not None:
        headers["References"] = f"<onemap-request-{message.request_id}@{_host()}>"
    if message.is_urgent:
        headers["Importance"] = "high"
        headers["X-Priority"] = "1"
    if message.stop_link:
        headers["List-Unsubscribe"] = f"<{message.stop_link}>"
        if message.stop_link.startswith("https:"):
            # The mail program's own button may stop in one step (RFC 8058, which wants https).
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _fingerprint(message: Message) -> str:
    return hashlib.sha256(message.dedupe_key.encode()).hexdigest()[:12]


def _host() -> str:
    return str(settings.DEFAULT_FROM_EMAIL).rpartition("@")[2] or "localhost"
