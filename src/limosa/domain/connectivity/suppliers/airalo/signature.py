"""Airalo's signatures: hex HMAC-SHA512 by the client secret over the compact JSON of a body. Pure.

It is over the JSON as parsed, also of what is sent as a form, and several ways of writing it are in
use: its PHP escapes slashes and every letter beyond ASCII, its other SDKs less. All of them say the
same, so any is accepted.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

HEADER = "airalo-signature"


def sign(secret: str, content: Any) -> str:
    """Return the signature of a body that we send, as its Python SDK makes it."""
    written = json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")
    return _hmac(secret, written.encode())


def is_signed(secret: str, body: bytes, given: str) -> bool:
    """Return whether a body has this signature, in any of the ways of writing it."""
    wanted = given.strip().lower().encode("utf-8", "replace")
    matches = [hmac.compare_digest(_hmac(secret, form).encode(), wanted) for form in _forms(body)]
    return any(matches)


def _forms(body: bytes) -> Iterator[bytes]:
    yield body
    try:
        content = json.loads(body)
        for is_ascii in (False, True):
            compact = json.dumps(content, ensure_ascii=is_ascii, separators=(",", ":"))
            yield compact.encode()
            yield compact.replace("/", "\\/").encode()
    except (ValueError, RecursionError):
        return  # Not JSON, or half a letter that UTF-8 can't write.


def _hmac(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha512).hexdigest()
