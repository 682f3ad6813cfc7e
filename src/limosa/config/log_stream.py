"""Where log lines go, with a limit on what anybody can have logged without signing in."""

import logging
import threading
from collections.abc import Collection
from copy import copy
from typing import TextIO

SUM_SECONDS = 5.0

_Kind = tuple[str, str]


class SummingStream(logging.StreamHandler[TextIO]):
    """Writes lines to a stream. summed: the loggers of which each kind of line is written once at a
    time; those that follow within `seconds` are counted, and become one line that tells how many.
    """

    def __init__(
        self,
        stream: TextIO | None = None,
        *,
        summed: Collection[str] = (),
        seconds: float = SUM_SECONDS,
    ) -> None:
        super().__init__(stream)
        self._summed = frozenset(summed)
        self._seconds = seconds
        self._pending: dict[_Kind, tuple[logging.LogRecord, int]] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, or count it; the logging module holds this handler's lock meanwhile."""
        kind = (record.name, str(record.msg))  # Before its values are put in: there are few.
        if record.name not in self._summed:
            super().emit(record)
        elif kind in self._pending:
            first, more = self._pending[kind]
            self._pending[kind] = first, more + 1
        else:
            self._pending[kind] = record, 0
            super().emit(record)
            timer = threading.Timer(self._seconds, self._tell, [kind])
            timer.daemon = True
            timer.start()

    def close(self) -> None:
        """Write what is counted and not told yet."""
        for kind in list(self._pending):
            self._tell(kind)
        super().close()

    def _tell(self, kind: _Kind) -> None:
        self.acquire()
        try:
            first, more = self._pending.pop(kind, (None, 0))
            if first is None or not more:
                return
            line = copy(first)
            line.msg = "%s (and %d more like it in %g seconds)"
            line.args = (first.getMessage(), more, self._seconds)
            super().emit(line)
        finally:
            self.release()
