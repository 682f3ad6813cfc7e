"""The messages on disk, and their content.

A file's name is its time of arrival and a random part, so names sort in order of arrival. The list
is kept in memory as names and headers; a message is read again when it is viewed.
"""

import re
import secrets
import threading
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage, MIMEPart
from email.policy import default
from pathlib import Path

from limosa.simulators.clock import Clock

_NAME = re.compile(r"\d{16}-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Summary:
    """A message's line in the list. `recipients` is the envelope's, not the header's."""

    id: str
    received_at: float
    sender: str
    recipients: str
    subject: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part of a message other than its text. `content_id` is empty unless it has one."""

    number: int
    name: str
    content_type: str
    content_id: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    summary: Summary
    text: str
    html: str
    attachments: list[Attachment]


class MailFolder:
    """Messages in a folder, including those that are already there. Thread-safe."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path, self._clock = path, clock
        self._lock = threading.Lock()
        path.mkdir(parents=True, exist_ok=True)
        names = sorted(file.stem for file in path.glob("*.eml") if _NAME.fullmatch(file.stem))
        self._summaries = {name: _summarise(name, self._parse(name)) for name in names}

    def add(self, content: bytes, *, sender: str, recipients: list[str]) -> str:
        """Store a message; returns its id. It is on disk when this returns."""
        name = f"{int(self._clock() * 1_000_000):016d}-{secrets.token_hex(4)}"
        envelope = f"X-Envelope-From: {sender}\r\nX-Envelope-To: {', '.join(recipients)}\r\n"
        fresh = self._path / f"{name}.new"
        # With a leading space the first line would continue the envelope's last one.
        fresh.write_bytes(envelope.encode("ascii", errors="replace") + content.lstrip(b" \t"))
        fresh.replace(self._path / f"{name}.eml")
        with self._lock:
            self._summaries[name] = _summarise(name, self._parse(name))
        return name

    def newest(self, *, offset: int, count: int, recipient: str = "") -> list[Summary]:
        """List messages, newest first; only those to `recipient`, if given."""
        with self._lock:
            every = [self._summaries[name] for name in sorted(self._summaries, reverse=True)]
        wanted = recipient.casefold()
        chosen = [one for one in every if wanted in one.recipients.casefold()]
        return chosen[offset : offset + count]

    def count(self) -> int:
        with self._lock:
            return len(self._summaries)

    def read(self, name: str) -> Message:
        """Read a whole message. Raises LookupError if there is none with that id."""
        with self._lock:
            summary = self._summaries.get(name)
        if summary is None:
            raise LookupError(name)
        parsed = self._parse(name)
        text, html = (_content_of(parsed, kind) for kind in ("plain", "html"))
        return Message(summary, text, html, _attachments_of(parsed))

    def _parse(self, name: str) -> EmailMessage:
        content = (self._path / f"{name}.eml").read_bytes()
        return message_from_bytes(content, _class=EmailMessage, policy=default)


def _summarise(name: str, message: EmailMessage) -> Summary:
    return Summary(
        id=name,
        received_at=int(name.partition("-")[0]) / 1_000_000,
        sender=_header(message, "From") or _header(message, "X-Envelope-From"),
        recipients=_header(message, "X-Envelope-To"),
        subject=_header(message, "Subject"),
    )


def _header(message: EmailMessage, name: str) -> str:
    """Return a header's text; empty if it is absent or can't be parsed."""
    try:
        return str(message.get(name, ""))
    except (ValueError, TypeError, LookupError, AttributeError):
        return ""


def _content_of(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return "" if part is None else _text_of(part)


def _text_of(part: MIMEPart) -> str:
    content = part.get_payload(decode=True)
    data = content if isinstance(content, bytes) else b""
    charset = part.get_content_charset("utf-8")
    try:
        return data.decode(charset, errors="replace")
    except LookupError:  # An unknown charset.
        return data.decode("utf-8", errors="replace")


def _attachments_of(message: EmailMessage) -> list[Attachment]:
    body = {id(message.get_body(preferencelist=(kind,))) for kind in ("plain", "html")}
    found = []
    for number, part in enumerate(message.walk()):
        if part.is_multipart() or id(part) in body:
            continue
        content = part.get_payload(decode=True)
        found.append(
            Attachment(
                number=number,
                name=part.get_filename() or f"part-{number}",
                content_type=part.get_content_type(),
                content_id=_header(part, "Content-ID").strip().strip("<>"),
                content=content if isinstance(content, bytes) else b"",
            )
        )
    return found
