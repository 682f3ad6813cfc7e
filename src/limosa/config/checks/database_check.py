"""Whether the database can be reached, and has the schema of this version."""

from collections.abc import Iterable, Iterator
from datetime import UTC, timedelta
from functools import cache

from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

from limosa.config.checks.clock_check import check_clock
from limosa.config.checks.finding import Finding, fault
from limosa.config.libpq import libpq_options
from limosa.servers.outage import AWAY

VERSION_MIN = 15
_Migration = tuple[str, str]


def check_database(*, may_be_away: bool = False) -> Iterator[Finding]:
    """Yield what is wrong with the database.

    may_be_away: an unreachable server is only a warning, for callers that wait for it. A server
    that rejects us is a fault all the same: it would reject us later, too.
    """
    try:
        yield from _server()
        yield from check_schema()
    except OperationalError as error:
        why = " ".join(str(error).split())
        if _server_answers():
            yield fault(f"The database refuses us ({why}); see DATABASE_URL.")
        else:
            yield Finding(
                f"The database cannot be reached ({why}). It is waited for.",
                is_fault=not may_be_away,
            )


def _server_answers() -> bool:
    """Whether any server accepts connections there."""
    return PGconn.ping(make_conninfo(**libpq_options(connection)).encode()) == Ping.OK


def _server() -> Iterator[Finding]:
    before = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version_num')::int / 10000,"
            " current_setting('server_encoding'), clock_timestamp()"
        )
        version, encoding, its_time = cursor.fetchone()
    if version < VERSION_MIN:
        yield fault(f"PostgreSQL {version} is too old: Limosa needs {VERSION_MIN} or newer.")
    if encoding != "UTF8":
        yield fault(f"The database's encoding is {encoding}: create it with UTF8.")
    # A difference in these does not prevent serving.
    yield from check_clock(
        "the database's",
        its_time.astimezone(UTC),
        asked_at=before,
        answered_at=timezone.now(),
        fatal_after=timedelta.max,
    )


def check_schema() -> Iterator[Finding]:
    """Yield a fault if the schema is older or newer than this version. One small query."""
    applied = set(MigrationRecorder(connection).applied_migrations())
    needed, known = _migrations_of_this_version()
    if missing := needed - applied:
        yield fault(
            f"The database is older than this version ({len(missing)} changes): run "
            "`limosa migrate`."
        )
    yield from _newer(applied, known)


def check_not_newer() -> Iterator[Finding]:
    """Yield a fault if the schema is newer than this version."""
    applied = MigrationRecorder(connection).applied_migrations()
    yield from _newer(applied, _migrations_of_this_version()[1])


def _newer(applied: Iterable[_Migration], known: frozenset[_Migration]) -> Iterator[Finding]:
    apps = {app for app, _ in known}
    if unknown := sorted(key for key in applied if key[0] in apps and key not in known):
        app, name = unknown[-1]
        yield fault(
            f"The database is newer than this version (it has {app} {name}): start that one."
        )


@cache
def _migrations_of_this_version() -> tuple[frozenset[_Migration], frozenset[_Migration]]:
    """Return the migrations that must have been applied, and those that may have been."""
    loader = MigrationLoader(None)
    needed = frozenset(loader.graph.nodes)
    return needed, needed | frozenset(loader.disk_migrations or {})


class Readiness:
    """Finds what prevents serving; checks the schema each time, too."""

    def obstacle(self) -> str:
        """Return the obstacle, or an empty text. To be called in its own thread."""
        connection.close_if_unusable_or_obsolete()
        try:
            return " ".join(one.text for one in check_schema())
        except OperationalError:
            connection.close()
            return AWAY
