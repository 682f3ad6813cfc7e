"""PostgreSQL itself ends what takes too long, by the kind of work."""

import os
import subprocess
import sys

import psycopg
import pytest
from django.db import connection

from limosa.config.settings.database import LIMITS
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


def test_a_long_read_has_more_time_and_only_inside() -> None:
    def limit() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            return str(cursor.fetchone()[0])

    before = limit()
    with statements_may_take(77):
        assert limit() == "77s"
    assert before != "77s"
