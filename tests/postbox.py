"""A real SMTP server on loopback for tests; it keeps what it took, and can refuse or be slow."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Event

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.test import override_settings

# It tells each connection's end, also after the test that made it.
logging.getLogger("mail.log").setLevel(logging.WARNING)


class Postbox:
    """What the server took. `refuse_next`: so many messages are refused for now (451).

    `connections`: how many were opened; `has_one_in_hand`: set once a message has arrived.
    """

    def __init__(self, *, seconds_per_message: float = 0) -> None:
        self.messages: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.refuse_next = 0
        self.connections = 0
        self.has_one_in_hand = Event()
        self._seconds_per_message = seconds_per_message

    async def handle_EHLO(  # noqa: N802  (aiosmtpd's name)
        self, _server: SMTP, session: Session, _envelope: Envelope, host: str, answers: list[str]
    ) -> list[str]:
        """Count a connection."""
        session.host_name = host
        self.connections += 1
        return answers

    async def handle_DATA(  # noqa: N802  (aiosmtpd's name)
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take or refuse a message."""
        self.has_one_in_hand.set()
        await asyncio.sleep(self._seconds_per_message)
        if self.refuse_next:
            self.refuse_next -= 1
            return "451 try again later"
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        self.recipients += envelope.rcpt_tos
        return "250 taken"

    def texts(self) -> list[str]:
        """Return the plain text of each message."""
        return [part_of(message, "plain") for message in self.messages]


class _AnyPort(Controller):
    """Listens on a free port and tells it in `port`."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd's own


def part_of(message: EmailMessage, subtype: str) -> str:
    """Return the text/`subtype` part of a message."""
    part = message.get_body(preferencelist=(subtype,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


@contextmanager
def open_postbox(*, seconds_per_message: float = 0) -> Iterator[Postbox]:
    """Run a server to which Django's mail goes, instead of to pytest-django's list."""
    postbox = Postbox(seconds_per_message=seconds_per_message)
    controller = _AnyPort(postbox, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        with override_settings(
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=controller.port,
        ):
            yield postbox
    finally:
        controller.stop()
