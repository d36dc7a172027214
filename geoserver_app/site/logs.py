"""Keeps personal data out of the log: nobody's address, telephone number or e-mail is written there by accident."""

import logging
import re

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_TELEPHONE = re.compile(r"(?<![\w-])\+?(?:\(\d{3}\)|\d{3})[ .-]\d{3}[ .-]?\d{4}(?![\w-])")
_IP = re.compile(r"(?<![\w.])(?!127\.0\.0\.1)\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")
_QUERY = re.compile(r"\?\S*")


def impersonal(text: str) -> str:
    """The text with e-mails, telephone numbers, network addresses and query strings masked."""
    for pattern, mask in ((_EMAIL, "[e-mail]"), (_TELEPHONE, "[telephone]"), (_IP, "[ip]"), (_QUERY, "?[...]")):
        text = pattern.sub(mask, text)
    return text


class WithoutPersonalData(logging.Filter):
    """Masks the finished message of each record, and drops the request object that Django hangs on it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = impersonal(record.getMessage()), ()
        record.__dict__.pop("request", None)
        return True
