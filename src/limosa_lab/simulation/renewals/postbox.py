"""A mail server in memory, and what people have received from it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from smtplib import SMTPRecipientsRefused

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from limosa_lab.simulation.stage import current_actor, pause
from limosa_lab.simulation.world import World

_NOTICE = re.compile(r"we (?:charge|take) (\S+) at most")
_LINK = re.compile(r"/auto-renew/([^/\s]+)/")
_ORDER = re.compile(r"order (L-\w+)")


class Service(StrEnum):
    """What the mail server does with mail."""

    WORKS = "works"
    REFUSES = "refuses"
    IS_AWAY = "is away"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail that was accepted. `at_most_minor`: the sum that it announces, None: it is no notice.
    `receipt_for`: the number of the order that it confirms. `token`: of its link, to do something
    about auto-renew without signing in."""

    at: datetime
    to: str
    at_most_minor: int | None
    receipt_for: str
    token: str


@dataclass(slots=True)
class Postbox:
    """The mail server. `letters`: what it accepted, in order."""

    world: World
    service: Service = Service.WORKS
    letters: list[Letter] = field(default_factory=list)

    def take(self, message: EmailMessage) -> None:
        """Accept a mail, or not. Raises OSError."""
        pause("mail server")
        if self.service is Service.IS_AWAY:
            raise ConnectionRefusedError("the mail server is away")
        if self.service is Service.REFUSES:
            raise SMTPRecipientsRefused({})
        self.letters.append(_read(message, self.world.now))
        actor = current_actor()
        if actor is not None:
            actor.changed = True
        pause("mail accepted")

    def token_for(self, address: str) -> str:
        """Return the newest link's token that a person has; empty: none."""
        return next(
            (one.token for one in self.letters[::-1] if one.to == address and one.token), ""
        )


class Outbox(BaseEmailBackend):
    """The connection to it."""

    def __init__(self, postbox: Postbox) -> None:
        super().__init__()
        self._postbox = postbox

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            self._postbox.take(message)
        return len(email_messages)


def _read(message: EmailMessage, at: datetime) -> Letter:
    """Read a mail as its receiver does: all currencies show their decimals, so digits are minor
    units."""
    text = str(message.body)
    named, link = _NOTICE.search(text), _LINK.search(text)
    ordered = _ORDER.search(text) if "As agreed, we" in text else None
    return Letter(
        at=at,
        to=message.to[0],
        at_most_minor=int(re.sub(r"\D", "", named[1])) if named else None,
        receipt_for=ordered[1] if ordered else "",
        token=link[1] if link else "",
    )
