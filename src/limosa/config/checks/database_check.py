"""The database: whether it can be reached, and whether its tables are those of this version."""

from collections.abc import Iterator
from datetime import timedelta

from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from limosa.config.checks.finding import Finding, fault, warning

VERSION_MIN = 15
CLOCKS_APART_MAX = timedelta(seconds=30)


def check_database() -> Iterator[Finding]:
    """Yield what is wrong with the database."""
    try:
        yield from _server()
        yield from check_schema()
    except OperationalError as error:
        yield warning(
            f"The database cannot be reached ({str(error).strip()}). Pages say so until it can."
        )


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
    if not before - CLOCKS_APART_MAX <= its_time <= timezone.now() + CLOCKS_APART_MAX:
        yield warning(f"Our clock and the database's differ: {before} here, {its_time} there.")


def check_schema() -> Iterator[Finding]:
    """Yield a fault if the tables are older or newer than this version."""
    loader = MigrationLoader(connection)
    applied = set(loader.applied_migrations)
    known = set(loader.graph.nodes) | set(loader.disk_migrations or {})
    apps = loader.migrated_apps
    missing = [key for key in loader.graph.nodes if key not in applied]
    unknown = sorted(key for key in applied if key[0] in apps and key not in known)
    if missing:
        yield fault(
            f"The database is older than this version ({len(missing)} changes): run "
            "`limosa migrate`."
        )
    if unknown:
        app, name = unknown[-1]
        yield fault(
            f"The database is newer than this version (it has {app} {name}): start that one."
        )


class Readiness:
    """Says what is in the way of serving. The tables are looked at until they are right once."""

    def __init__(self) -> None:
        self._is_schema_right = False

    def obstacle(self) -> str:
        """Return what is in the way, or an empty text. For a thread of its own."""
        connection.close_if_unusable_or_obsolete()
        try:
            connection.ensure_connection()
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            found = [] if self._is_schema_right else [one.text for one in check_schema()]
        except OperationalError:
            connection.close()
            return "the database cannot be reached"
        self._is_schema_right = not found
        return " ".join(found)
