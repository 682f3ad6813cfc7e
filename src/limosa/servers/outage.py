"""Tells an unreachable database from everything else that an error may mean.

Long-running code reports once that the database is unreachable. Libraries' own reports of the same,
each in its own words and with a traceback, are left out of the log.
"""

import logging
from collections.abc import Iterator

from psycopg import InterfaceError, OperationalError

AWAY = "the database cannot be reached"
# Connection exceptions, shutting down or starting, too many connections. None: no answer at all.
_STATES = ("08", "57P", "53300")


def is_outage(error: BaseException | None) -> bool:
    """Whether an error comes from an unreachable database, or one that broke the connection."""
    return any(
        isinstance(one, OperationalError | InterfaceError)
        and (one.sqlstate is None or one.sqlstate.startswith(_STATES))
        for one in _causes(error)
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


class WithoutOutages(logging.Filter):
    """Drops log records whose exception only says that the database is unreachable."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether to keep the record."""
        return not (record.exc_info and is_outage(record.exc_info[1]))
