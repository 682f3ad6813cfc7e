"""The last net under what is shown: logs, error pages, the lines of commands.

Nothing of ours shows a secret. But a library's error may quote what it was given, and an address
may hold a token that opens something.
"""

import re
from collections.abc import Iterable
from html import escape

from limosa.foundation.variables import BLOT

SECRET_LENGTH_MIN = 8
_PATTERNS = (
    # Paths that open something for whoever has them: renewal links, password links, "not me".
    (re.compile(r"(/r/|/not-me/|/reset/key/|/confirm-email/)[^/\s\"']+"), rf"\1{BLOT}"),
    (re.compile(r"LPA:1\$[^\s\"']+"), f"LPA:1${BLOT}"),  # Activation codes.
    (re.compile(r"\b(?:sk|rk|whsec|pm|seti)_[A-Za-z0-9_]{8,}"), BLOT),  # Stripe's secrets.
    (re.compile(r"(?<![\w.-])\d(?:[ -]?\d){12,15}(?![\w.-])"), BLOT),  # Card numbers.
)


class Redaction:
    """Blots out the secrets of the settings, and what looks like a secret."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """Shorter ones than 8 characters are left: they would be found in any text."""
        long = {secret for secret in secrets if len(secret) >= SECRET_LENGTH_MIN}
        forms = {form for secret in long for form in (secret, escape(secret), repr(secret)[1:-1])}
        # The longest first: one secret may be a part of another one.
        self._secrets = sorted(forms, key=len, reverse=True)

    def blotted(self, text: str) -> str:
        """Return the text without them."""
        for secret in self._secrets:
            text = text.replace(secret, BLOT)
        for pattern, shown in _PATTERNS:
            text = pattern.sub(shown, text)
        return text
