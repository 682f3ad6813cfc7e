"""The format of log lines, and their last safety net: each finished line, traceback included, is
redacted."""

import json
import logging
from collections.abc import Iterable
from datetime import UTC, datetime

from limosa.config.redaction import Redaction
from limosa.servers.request_number import request_number

LINE = "%(asctime)s %(levelname)s %(name)s %(request)s%(message)s"


class CarefulFormatter(logging.Formatter):
    """Formats a line without the settings' secrets, and without anything that looks like a
    secret."""

    def __init__(self, format: str = LINE, *, secrets: Iterable[str]) -> None:  # noqa: A002 -- logging's
        super().__init__(format)
        self._redaction = Redaction(secrets)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        request = request_number()
        record.request = f"[{request}] " if request else ""
        return self._redaction.blotted(super().format(record))


class CarefulJsonFormatter(CarefulFormatter):
    """Formats the same as a JSON object, for log collectors."""

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
        careful = {name: self._redaction.blotted(text) for name, text in said.items()}
        return json.dumps(careful, ensure_ascii=False)
