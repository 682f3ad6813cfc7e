"""A callback as it arrived, as it is kept: encrypted, so that it can be read once more."""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

# Ours: longer ones are not kept. A callback about an order has less than a kilobyte.
CONTENT_BYTES_MAX = 64 * 1024
UNSIGNED_BYTES_MAX = 8 * 1024  # Of those that anybody can send, with their headers.
KEPT_FOR = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class ReceivedCallback:
    """What an adapter reads a callback from. `headers`: by lower-case name."""

    headers: Mapping[str, str]
    body: bytes


def id_with_content(message_id: str, body: bytes) -> str:
    """Return an id that only this content has: by the supplier's alone, whoever guesses the next
    one would take the place of the supplier's own."""
    return f"{message_id[:40]} {sha256(body).hexdigest()[:32]}"


def packed(received: ReceivedCallback, *, bytes_max: int = CONTENT_BYTES_MAX) -> bytes | None:
    """Return it in one piece; None: it is too long to be kept."""
    said = {
        "headers": {name.lower(): value for name, value in received.headers.items()},
        "body": b64encode(received.body).decode(),
    }
    content = json.dumps(said).encode()
    return content if len(content) <= bytes_max else None


def unpacked(content: bytes) -> ReceivedCallback:
    """Return what was packed."""
    said = json.loads(content)
    return ReceivedCallback(headers=said["headers"], body=b64decode(said["body"]))
