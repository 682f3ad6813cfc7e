"""A callback as it arrived, as it is kept: encrypted, so that it can be read once more."""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

# Ours: longer ones are not kept. A callback about an order has less than a kilobyte.
CONTENT_BYTES_MAX = 64 * 1024
KEPT_FOR = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class ReceivedCallback:
    """What an adapter reads a callback from. `headers`: by lower-case name."""

    headers: Mapping[str, str]
    body: bytes


def packed(received: ReceivedCallback) -> bytes | None:
    """Return it in one piece; None: it is too long to be kept."""
    said = {
        "headers": {name.lower(): value for name, value in received.headers.items()},
        "body": b64encode(received.body).decode(),
    }
    content = json.dumps(said).encode()
    return content if len(content) <= CONTENT_BYTES_MAX else None


def unpacked(content: bytes) -> ReceivedCallback:
    """Return what was packed."""
    said = json.loads(content)
    return ReceivedCallback(headers=said["headers"], body=b64decode(said["body"]))
