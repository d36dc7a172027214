"""A real SMTP server on loopback that keeps what it is given, and fails the way it is told to."""

import socket
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class MailServer:
    """``refuse`` maps addresses to answers at RCPT ("550 no such user"); ``at_data`` is the answer to the content.

    ``cut`` breaks the line while the content is handed over: "before" it is kept, or "after".
    """

    received: list[EmailMessage] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    at_data: str = ""
    cut: str = ""
    port: int = 0
    _controller: Controller | None = None

    def start(self) -> None:
        self.port = self.port or free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def into(self, settings: Any) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", self.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_TIMEOUT = 5
        settings.MAIL_READY = True
        settings.DEFAULT_FROM_EMAIL = "onecall@almendra.example"
        settings.PUBLIC_URL = "https://almendra.example"

    async def handle_RCPT(  # noqa: N802  aiosmtpd names it
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd names it
        if self.at_data:
            return self.at_data
        if self.cut != "before":
            self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        if self.cut:
            server.transport.abort()
        return "250 OK"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
