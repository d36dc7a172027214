"""One conversation with the mail server, and what each way of failing means."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from geoserver_app.notify.errors import ServerDown

_CLOSING = 421  # RFC 5321, 4.2.3: the server is about to close the connection


class End(StrEnum):
    """How an attempt ended."""

    SENT = "sent"  # the server took it over
    REFUSED = "refused"  # it never will: 5xx, or no address at all
    LATER = "later"  # not now: 4xx; it was certainly not taken over
    DOUBTFUL = "doubtful"  # the connection broke: it may have been taken over or not


@dataclass(frozen=True)
class Attempt:
    """An attempt's end with a word of explanation that names nobody."""

    end: End
    error: str = ""


class Mailer(Protocol):
    """What delivery needs of a mail server; ``open`` raises ServerDown."""

    def open(self) -> None: ...
    def send(self, mail: EmailMultiAlternatives) -> Attempt: ...
    def close(self) -> None: ...


class SmtpMailer:
    """The mail server of the settings, one connection for a whole run."""

    def __init__(self) -> None:
        self._backend: BaseEmailBackend | None = None

    def open(self) -> None:
        """Connects and logs in; ServerDown where that fails."""
        backend = get_connection()
        try:
            backend.open()
        except (OSError, smtplib.SMTPException) as error:
            raise ServerDown(type(error).__name__) from error
        self._backend = backend

    def send(self, mail: EmailMultiAlternatives) -> Attempt:
        """Hands one mail over. Never raises for what a server or a line can do wrong."""
        backend = self._backend or get_connection()
        try:
            taken = backend.send_messages([mail])
        except smtplib.SMTPRecipientsRefused as error:
            return _answered(next(iter(error.recipients.values()))[0])
        except smtplib.SMTPResponseException as error:
            return _answered(error.smtp_code)
        except (smtplib.SMTPNotSupportedError, ValueError) as error:
            return Attempt(End.REFUSED, f"it cannot be written as a mail ({type(error).__name__})")
        except (smtplib.SMTPException, OSError) as error:
            return Attempt(End.DOUBTFUL, f"the connection broke ({type(error).__name__})")
        return Attempt(End.SENT) if taken else Attempt(End.REFUSED, "it has no address")

    def close(self) -> None:
        """Ends the conversation; a line that is broken already is no matter."""
        backend, self._backend = self._backend, None
        if backend is not None:
            try:
                backend.close()
            except (OSError, smtplib.SMTPException):
                return


def _answered(code: int) -> Attempt:
    refused = 500 <= code < 600
    return Attempt(End.REFUSED if refused else End.LATER, f"the mail server answered {code}")


def line_is_broken(attempt: Attempt) -> bool:
    """Whether the connection must be opened anew before the next mail."""
    return attempt.end == End.DOUBTFUL or attempt.error.endswith(str(_CLOSING))
