"""The form of a line in the log, and the last net under it: each finished line, tracebacks and all,
goes through the redaction."""

import json
import logging
from collections.abc import Iterable
from datetime import UTC, datetime

from limosa.config.redaction import Redaction
from limosa.servers.request_number import request_number

LINE = "%(asctime)s %(levelname)s %(name)s %(request)s%(message)s"


class CarefulFormatter(logging.Formatter):
    """Writes a line without the secrets of the settings, and without what looks like one."""

    def __init__(self, format: str = LINE, *, secrets: Iterable[str]) -> None:  # noqa: A002 -- logging's
        super().__init__(format)
        self._redaction = Redaction(secrets)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        request = request_number()
        record.request = f"[{request}] " if request else ""
        return self._redaction.blotted(super().format(record))


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
        careful = {name: self._redaction.blotted(text) for name, text in said.items()}
        return json.dumps(careful, ensure_ascii=False)
