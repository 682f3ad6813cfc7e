"""DATABASE_URL is read as libpq reads it: what an operator wrote there is what libpq is told."""

from pathlib import Path
from typing import Any

import pytest
from django.db.backends.postgresql.base import DatabaseWrapper

from limosa.config.libpq import libpq_options
from limosa.config.settings.database import LIMITS, Limits, django_database
from limosa.config.settings.database_address import DatabaseAddress

SHORT = Limits(statement=1, lock=2, idle_in_transaction=3)
OURS = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
    "client_encoding": "UTF8",  # Django's.
}


def told(text: str, *, limits: Limits | None = None) -> dict[str, Any]:
    """Return what libpq is told by Django, and by the connections that Django does not make."""
    database = django_database(DatabaseAddress().parse(text), limits=limits)
    rest = {"TIME_ZONE": None, "ATOMIC_REQUESTS": False, "AUTOCOMMIT": True}
    return libpq_options(DatabaseWrapper(rest | database))


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("postgresql:///limosa", {"dbname": "limosa"}),
        (
            "postgres://u:p%40ss%2Fw%3Ard@db.example:5433/limosa",
            {
                "user": "u",
                "password": "p@ss/w:rd",
                "host": "db.example",
                "port": "5433",
                "dbname": "limosa",
            },
        ),
        (
            "postgresql://db/limosa?sslmode=verify-full&sslrootcert=ca%20file&application_name=shop",
            {
                "host": "db",
                "dbname": "limosa",
                "sslmode": "verify-full",
                "sslrootcert": "ca file",
                "application_name": "shop",
            },
        ),
        (
            "postgresql://u@one:5432,two:5433/limosa?target_session_attrs=read-write",
            {
                "user": "u",
                "host": "one,two",
                "port": "5432,5433",
                "dbname": "limosa",
                "target_session_attrs": "read-write",
            },
        ),
        ("postgresql://[::1]:5433/limosa", {"host": "::1", "port": "5433", "dbname": "limosa"}),
        (
            "postgresql://u:p@/limosa?host=/var/run/postgresql&port=5433",
            {
                "user": "u",
                "password": "p",
                "host": "/var/run/postgresql",
                "port": "5433",
                "dbname": "limosa",
            },
        ),
        (
            r"host=/socket dbname=limosa user=u password='two \'words' passfile=/etc/pgpass",
            {
                "host": "/socket",
                "dbname": "limosa",
                "user": "u",
                "password": "two 'words",
                "passfile": "/etc/pgpass",
            },
        ),
        ("service=limosa", {"service": "limosa"}),
        ("postgresql:///limosa?connect_timeout=60", {"dbname": "limosa", "connect_timeout": "60"}),
        ("postgresql:///limosa?keepalives=0", {"dbname": "limosa", "keepalives": "0"}),
    ],
)
def test_libpq_is_told_what_the_operator_wrote_and_our_limits(
    text: str, options: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("ca file").touch()
    Path("services").write_text("[limosa]\ndbname=limosa\n")
    monkeypatch.setenv("PGSERVICEFILE", "services")
    assert told(text) == OURS | options


def test_our_limits_go_along_and_an_operators_options_have_the_last_word() -> None:
    own = "-c statement_timeout=60s -c search_path=shop"
    written = f"postgresql:///limosa?options={own.replace(' ', '%20').replace('=', '%3D')}"
    assert told(written)["options"] == own
    assert told(written, limits=SHORT)["options"] == f"{SHORT.options} {own}"
    assert told("dbname=limosa", limits=LIMITS["web"])["options"] == LIMITS["web"].options
    assert "options" not in told("dbname=limosa")


@pytest.mark.parametrize(
    "text",
    [
        "mysql://u:hidden@db/limosa",
        "postgresql://u:hidden@db:port/limosa",
        "postgresql://u:hidden@db:70000/limosa",
        "postgresql://u:hidden@db:0/limosa",
        "postgresql://u:hidden@one:1,two:x/limosa",
        "postgresql://u:hidden@[::1/limosa",
        "postgresql://u:hidden@db/limosa?sslmod=require",
        "postgresql://u:hidden@db",
        "postgresql:///",
        "host=db dbname='' password=hidden",
        "dbname=limosa password='hidden",
    ],
)
def test_what_libpq_does_not_read_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(ValueError, match="must be like postgresql://user:password@host") as refused:
        DatabaseAddress().parse(text)
    assert "hidden" not in str(refused.value)


def test_another_encoding_than_djangos_is_refused() -> None:
    with pytest.raises(ValueError, match="must not name client_encoding"):
        DatabaseAddress().parse("postgresql:///limosa?client_encoding=LATIN1")


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("postgresql://u:p%40ss@db/limosa", {"p%40ss", "p@ss"}),
        ("postgresql://u@db/limosa?password=hidden&sslpassword=too", {"hidden", "too"}),
        ("dbname=limosa password=hidden", {"hidden"}),
        ("mysql://u:hidden@db/limosa", {"hidden"}),
        ("postgresql:///limosa", set()),
        ("postgresql://[", set()),
    ],
)
def test_its_passwords_are_secret(text: str, secrets: set[str]) -> None:
    assert set(DatabaseAddress().secrets_in(text)) - {""} == secrets
