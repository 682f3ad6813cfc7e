"""The last safety net for output: logs, error pages, the lines of commands.

Our own code shows no secrets. But a library's error may quote its input, and a URL may contain a
token that grants access.
"""

import re
from collections.abc import Iterable
from html import escape

from limosa.foundation.variables import BLOT

SECRET_LENGTH_MIN = 8
_PATTERNS = (
    # Paths that grant access to anyone who has them: renewal links, password links, "not me".
    # A mistyped address leads nowhere, but what it holds still grants access.
    (re.compile(r"(?i)(/(?:r|not-me|reset/+key|confirm-email)/+)[^/\s\"']+"), rf"\1{BLOT}"),
    # An eSIM's own pages end there.
    (re.compile(r"(?i)(/(?:auto-)?renew/+)[^/?\s\"']+"), rf"\1{BLOT}"),
    (re.compile(r"LPA:1\$[^\s\"']+"), f"LPA:1${BLOT}"),  # Activation codes.
    (re.compile(r"\b(?:sk|rk|whsec|pm|seti)_[A-Za-z0-9_]{8,}"), BLOT),  # Stripe's secrets.
    (re.compile(r"(?<![\w.-])\d(?:[ -]?\d){12,15}(?![\w.-])"), BLOT),  # Card numbers.
)


class Redaction:
    """Redacts the settings' secrets, and anything that looks like a secret."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """Secrets shorter than 8 characters are ignored: they would match in any text."""
        long = {secret for secret in secrets if len(secret) >= SECRET_LENGTH_MIN}
        forms = {form for secret in long for form in (secret, escape(secret), repr(secret)[1:-1])}
        # Longest first: one secret may be part of another.
        self._secrets = sorted(forms, key=len, reverse=True)

    def without_secrets(self, text: str) -> str:
        """Return a text of our own words, and of what the reader has typed or stored, without the
        settings' secrets. A supplier's code may look like a card number, and is needed."""
        for secret in self._secrets:
            text = text.replace(secret, BLOT)
        return text

    def blotted(self, text: str) -> str:
        """Return the redacted text."""
        text = self.without_secrets(text)
        for pattern, shown in _PATTERNS:
            text = pattern.sub(shown, text)
        return text
