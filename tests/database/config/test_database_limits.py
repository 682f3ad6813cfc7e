"""PostgreSQL itself ends what takes too long, by the kind of work."""

import os
import subprocess
import sys

import psycopg
import pytest
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg.conninfo import make_conninfo

from limosa.config.libpq import libpq_options
from limosa.config.settings.database import LIMITS, django_database
from limosa.config.settings.database_address import DatabaseAddress
from limosa.web.console.long_reads import statements_may_take

pytestmark = pytest.mark.django_db
NAMES = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")


def shown(options: str) -> dict[str, int]:
    """Return the limits of a new connection with these options, in seconds."""
    parameters = connection.get_connection_params() | {"options": options}
    known = {"dbname", "user", "password", "host", "port", "options"}
    its = {name: value for name, value in parameters.items() if name in known}
    with psycopg.connect(**its) as new:
        rows = [
            new.execute("SELECT setting FROM pg_settings WHERE name = %s", [name]).fetchone()
            for name in NAMES
        ]
    return {name: int(row[0]) // 1000 for name, row in zip(NAMES, rows, strict=True) if row}


@pytest.mark.parametrize("work", sorted(LIMITS))
def test_each_kind_of_work_has_its_limits(work: str) -> None:
    limits = LIMITS[work]
    assert shown(limits.options) == dict(
        zip(NAMES, (limits.statement, limits.lock, limits.idle_in_transaction), strict=True)
    )


def options_of(**environment: str) -> str:
    """Return what a process with this environment sends when it connects."""
    program = (
        "from limosa.config.settings.database import DATABASES;"
        "print(DATABASES['default']['OPTIONS'].get('options', 'none'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_the_limits_go_along_with_the_connection_unless_the_role_has_them() -> None:
    assert options_of(LIMOSA_WORK="web") == LIMITS["web"].options
    assert options_of(LIMOSA_WORK="web", LIMOSA_DATABASE_LIMITS="role") == "none"


def reached(**changed: str) -> dict[str, str]:
    """Return what a connection says of itself that is made as DATABASE_URL says."""
    ours = libpq_options(connection)
    kept = {name: ours[name] for name in ("dbname", "user", "password", "host") if name in ours}
    address = DatabaseAddress().parse(make_conninfo(**kept | changed))
    database = connection.settings_dict | django_database(address, limits=LIMITS["web"])
    names = ("application_name", "search_path", "statement_timeout", "lock_timeout")
    with psycopg.connect(**libpq_options(DatabaseWrapper(database))) as new:
        rows = [new.execute(f"SHOW {name}").fetchone() for name in names]
    return {name: str(row[0]) for name, row in zip(names, rows, strict=True) if row}


def test_what_the_address_says_reaches_the_server_beside_our_limits() -> None:
    assert reached(
        application_name="shop",
        options="-c search_path=pg_catalog -c lock_timeout=7s",
    ) == {
        "application_name": "shop",
        "search_path": "pg_catalog",
        "statement_timeout": "10s",
        "lock_timeout": "7s",
    }


def test_of_several_hosts_the_one_that_fits_is_taken() -> None:
    hosts = f"/nonexistent,{libpq_options(connection)['host']}"
    assert reached(host=hosts, target_session_attrs="read-write")["statement_timeout"] == "10s"
    with pytest.raises(psycopg.OperationalError, match="read-only"):
        reached(host=hosts, target_session_attrs="read-only")


def test_what_the_address_says_of_tls_reaches_libpq() -> None:
    """It refuses by itself what would trust anybody, whatever the server does."""
    with pytest.raises(ValueError, match='weak sslmode "require"'):
        DatabaseAddress().parse("dbname=limosa sslmode=require sslrootcert=system")
    address = DatabaseAddress().parse("dbname=limosa sslmode=verify-full sslrootcert=system")
    database = connection.settings_dict | django_database(address, limits=LIMITS["web"])
    options = libpq_options(DatabaseWrapper(database))
    assert (options["sslmode"], options["sslrootcert"]) == ("verify-full", "system")


def test_a_long_read_has_more_time_and_only_inside() -> None:
    def limit() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            return str(cursor.fetchone()[0])

    before = limit()
    with statements_may_take(77):
        assert limit() == "77s"
    assert before != "77s"
