"""Tells a database that is away from everything else that an error may mean.

Who works without a break says once that the database is away. What libraries say of the same, each
in its own words and with a traceback, is left out of the log.
"""

import logging
from collections.abc import Iterator

from psycopg import InterfaceError, OperationalError

AWAY = "the database cannot be reached"
# Connection exceptions, shutting down or starting, too many connections. None: no answer at all.
_STATES = ("08", "57P", "53300")


def is_outage(error: BaseException | None) -> bool:
    """Whether an error comes of a database that is away, or of one that broke the connection."""
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
    """Leaves out the lines whose exception only says that the database is away."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether to keep the line."""
        return not (record.exc_info and is_outage(record.exc_info[1]))
