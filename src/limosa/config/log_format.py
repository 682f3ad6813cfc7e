"""The form of a line in the log, and the last net under it: what must not be there is blotted out.

Nothing of ours logs a secret. But a library's error may quote what it was given, and an address may
hold a token that opens something. So each finished line, tracebacks and all, goes through here.
"""

import json
import logging
import re
from collections.abc import Iterable
from datetime import UTC, datetime

from limosa.servers.request_number import request_number

BLOT = "[…]"
LINE = "%(asctime)s %(levelname)s %(name)s %(request)s%(message)s"
SECRET_LENGTH_MIN = 8
_PATTERNS = (
    # Paths that open something for whoever has them: renewal links, password links, "not me".
    (re.compile(r"(/r/|/not-me/|/reset/key/|/confirm-email/)[^/\s\"']+"), rf"\1{BLOT}"),
    (re.compile(r"LPA:1\$[^\s\"']+"), f"LPA:1${BLOT}"),  # Activation codes.
    (re.compile(r"\b(?:sk|rk|whsec|pm|seti)_[A-Za-z0-9_]{8,}"), BLOT),  # Stripe's secrets.
    (re.compile(r"(?<![\w.-])\d(?:[ -]?\d){12,15}(?![\w.-])"), BLOT),  # Card numbers.
)


class CarefulFormatter(logging.Formatter):
    """Writes a line without the secrets of the settings, and without what looks like one."""

    def __init__(self, format: str = LINE, *, secrets: Iterable[str]) -> None:  # noqa: A002 -- logging's
        super().__init__(format)
        self._secrets = [secret for secret in secrets if len(secret) >= SECRET_LENGTH_MIN]

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        request = request_number()
        record.request = f"[{request}] " if request else ""
        return self._without_secrets(super().format(record))

    def _without_secrets(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, BLOT)
        for pattern, shown in _PATTERNS:
            text = pattern.sub(shown, text)
        return text


class CarefulJsonFormatter(CarefulFormatter):
    """Writes the same as a JSON object, for what gathers logs."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the object on one line: time, level, logger, message; request, exception."""
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request := request_number():
            said["request"] = request
        if record.exc_info:
            said["exception"] = self.formatException(record.exc_info)
        careful = {name: self._without_secrets(text) for name, text in said.items()}
        return json.dumps(careful, ensure_ascii=False)
