"""The database: how to connect, and the time limits there, by kind of work.

The only place where connections get their limits. They are set when a connection is opened, so
PostgreSQL itself ends what takes too long, whatever became of us.
"""

from dataclasses import dataclass
from typing import Any

from limosa.config.settings.database_address import Address, DatabaseAddress
from limosa.config.settings.reading import Subject
from limosa.foundation.variables import Choice, Variable


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds until PostgreSQL ends a statement, a lock wait, an idle transaction.

    0: never.
    """

    statement: int
    lock: int
    idle_in_transaction: int

    @property
    def options(self) -> str:
        """The limits in the form that libpq sends when connecting."""
        return (
            f"-c statement_timeout={self.statement}s -c lock_timeout={self.lock}s"
            f" -c idle_in_transaction_session_timeout={self.idle_in_transaction}s"
        )


# Each command declares its kind of work before the settings are read (config/command.py).
LIMITS = {
    # Pages and notifications: somebody is waiting. Exports may take longer:
    # web/console/long_reads.py.
    "web": Limits(statement=10, lock=4, idle_in_transaction=15),
    # Jobs are retried; a single statement compares the settlement of a busy day.
    "worker": Limits(statement=300, lock=10, idle_in_transaction=60),
    # Tables must not be blocked: a migration that gets no lock fails, and is run again.
    "migrate": Limits(statement=0, lock=4, idle_in_transaction=600),
    "command": Limits(statement=3600, lock=30, idle_in_transaction=600),
}
# A server that has vanished is noticed within 25 seconds rather than the kernel's two hours.
_ALIVE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
# Where Django keeps libpq's parameters of these names; the other options are passed along.
_FIELDS = {
    "dbname": "NAME",
    "user": "USER",
    "password": "PASSWORD",
    "host": "HOST",
    "port": "PORT",
}


def django_database(address: Address, *, limits: Limits | None) -> dict[str, Any]:
    """Return Django's settings for a database at an address.

    The address takes precedence: our limits come before its own `options`, of which the last one
    counts.
    """
    rest = {name: value for name, value in address.items() if name not in _FIELDS}
    words = [limits.options] if limits else []
    words += [rest.pop("options")] if rest.get("options") else []
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{field: address.get(name, "") for name, field in _FIELDS.items()},
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # A statement is planned once per connection, which saves a fifth of a renewal's CPU
            # time (ADR 6).
            "server_side_binding": True,
            "prepare_threshold": 2,
            **_ALIVE,
            **rest,
            **({"options": " ".join(words)} if words else {}),
        },
    }


_subject = Subject("Database")
_address = _subject.read(
    Variable(
        "DATABASE_URL",
        DatabaseAddress(),
        default="postgresql:///limosa",
        is_secret=True,
        about="PostgreSQL 15 or newer, as libpq reads it: `postgresql://user:password@host:port/"
        "name`, with any of libpq's options after a `?` (`host=/socket/folder`, "
        "`sslmode=verify-full`, `target_session_attrs=read-write` and so on), or the same as "
        "`host=… dbname=…`. Options given here override ours: `connect_timeout`, keepalives, and "
        "the limits selected by LIMOSA_WORK",
    )
)
WORK = _subject.read(
    Variable(
        "LIMOSA_WORK",
        Choice(tuple(LIMITS)),
        default="command",
        about="the kind of work, which determines the process's time limits in the database: "
        "`web`, `worker`, `migrate` or `command`. The commands set it themselves",
    )
)
# A pooler in front of PostgreSQL may refuse to pass them on; then they must be set on the role.
DATABASE_LIMITS = _subject.read(
    Variable(
        "LIMOSA_DATABASE_LIMITS",
        Choice(("connection", "role")),
        default="connection",
        about="who limits statements, lock waits and idle transactions: `connection`, we do when "
        "connecting, by the kind of work; or `role`, the database role does, behind a pooler that "
        "passes no options on",
    )
)
DATABASES = {
    "default": django_database(
        _address, limits=LIMITS[WORK] if DATABASE_LIMITS == "connection" else None
    )
}
