"""The database: how it is reached, and how long anything may take there, by kind of work.

This is the one place where a connection gets its limits. They go along when it is opened, so that
PostgreSQL itself ends what takes too long, whatever became of us.
"""

import os
from dataclasses import dataclass
from typing import Any

from limosa.config.settings.reading import read_choice, read_database


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds until PostgreSQL ends a statement, a wait for a lock, an idle transaction.

    0: never.
    """

    statement: int
    lock: int
    idle_in_transaction: int

    @property
    def options(self) -> str:
        """The limits as libpq sends them when it connects."""
        return (
            f"-c statement_timeout={self.statement}s -c lock_timeout={self.lock}s"
            f" -c idle_in_transaction_session_timeout={self.idle_in_transaction}s"
        )


# What a process does is said by its command, before the settings are read (config/command.py).
LIMITS = {
    # Pages and notifications: somebody waits. Exports take more: web/console/long_reads.py.
    "web": Limits(statement=10, lock=4, idle_in_transaction=15),
    # Jobs come again; settlements of a busy day are compared by one statement.
    "worker": Limits(statement=300, lock=10, idle_in_transaction=60),
    # A table must not be held up: a migration that gets no lock fails, and is run again.
    "migrate": Limits(statement=0, lock=4, idle_in_transaction=600),
    "command": Limits(statement=3600, lock=30, idle_in_transaction=600),
}
WORK = read_choice("WORK", "command", tuple(LIMITS))
# A pooler between us and PostgreSQL may refuse to pass them on; then the role has to have them.
DATABASE_LIMITS = read_choice("DATABASE_LIMITS", "connection", ("connection", "role"))
# A server that vanished is noticed within 25 seconds, not after the kernel's two hours.
_ALIVE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}


def _with_limits(database: dict[str, Any]) -> dict[str, Any]:
    options = database["OPTIONS"] | _ALIVE
    if DATABASE_LIMITS == "connection":
        options["options"] = LIMITS.get(WORK, LIMITS["command"]).options
    return database | {"OPTIONS": options}


DATABASES = {
    "default": _with_limits(read_database(os.environ.get("DATABASE_URL", "postgresql:///limosa")))
}
