"""A statement that is prepared by its text says the same as the driver's own cursor, and outlives
whatever makes a server forget it.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import (
    DataError,
    IntegrityError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)
from psycopg.types.json import Jsonb

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ordering.models import OrderState
from limosa.domain.statements import fetch_all, fetch_one, fetch_together

pytestmark = pytest.mark.django_db(transaction=True)
ADD = "SELECT %s::bigint + %s::bigint"
PREPARED = "SELECT name FROM pg_prepared_statements WHERE statement LIKE 'SELECT $1::bigint + %'"


@pytest.fixture(autouse=True)
def _new_connection() -> Iterator[None]:
    connection.close()
    yield
    connection.close()


def on_server() -> list[str]:
    """Return the names by which the server knows ADD."""
    with connection.cursor() as cursor:
        cursor.execute(PREPARED)
        return [name for (name,) in cursor.fetchall()]


@pytest.mark.parametrize(
    ("value", "type_"),
    [
        (0, "smallint"),
        (-(2**63), "bigint"),
        (2**63 - 1, "bigint"),
        (True, "boolean"),
        (False, "boolean"),
        (None, "text"),
        ("", "text"),
        ('it\'s "quoted" \\ 100 % $1 # 流量', "text"),
        (OrderState.PAID, "text"),
        (datetime(2026, 11, 26, 9, 30, 0, 123456, tzinfo=UTC), "timestamptz"),
        (
            datetime(2026, 11, 26, 9, 30, tzinfo=timezone(timedelta(hours=-7, minutes=-30))),
            "timestamptz",
        ),
        (date(2026, 11, 26), "date"),
        (Decimal("7.14480"), "numeric"),
        (UUID(int=7), "uuid"),
        (b"\x00\xff'\\", "bytea"),
        ([1, 2, 3], "bigint[]"),
        (["a,b", '"{}\\'], "text[]"),
        (timedelta(days=1, microseconds=5), "interval"),
    ],
)
def test_a_value_arrives_as_the_drivers_cursor_brings_it(value: Any, type_: str) -> None:
    statement = f"SELECT %s::{type_}, pg_typeof(%s::{type_})::text"
    with connection.cursor() as cursor:
        cursor.execute(statement, [value, value])
        expected = cursor.fetchone()
    assert fetch_one(statement, [value, value]) == expected


def test_json_comes_as_text_for_its_field_to_read() -> None:
    content = {"a": ["100 % $1", None, 1.5]}
    found = fetch_one("SELECT %s::jsonb", [Jsonb(content)])
    assert found is not None
    assert json.loads(found[0]) == content


def test_a_text_that_the_server_would_cut_is_refused() -> None:
    with pytest.raises(DataError, match="NUL"):
        fetch_one("SELECT %s::text", ["a\0b"])
    assert fetch_one(ADD, [1, 1]) == (2,)


def test_it_is_prepared_once_whatever_the_sizes_of_its_numbers() -> None:
    for number in (1, 2**40, None, 2**20, -1):
        fetch_one(ADD, [number, 0])
    assert fetch_together([(ADD, [1, 2]), (ADD, [3, 4])]) == [[(3,)], [(7,)]]
    assert len(on_server()) == 1


def make_the_driver_prepare() -> None:
    """The driver has the server forget all statements after a rollback if it prepared any."""
    for _ in range(4):
        assert not Subscriber.objects.filter(pk=-1).exists()


def roll_back() -> None:
    transaction.set_rollback(True)


def test_it_is_prepared_anew_after_a_rollback() -> None:
    with transaction.atomic():
        make_the_driver_prepare()
        assert fetch_one(ADD, [1, 2]) == (3,)
        roll_back()
    assert on_server() == []  # As the driver is.
    with transaction.atomic():
        assert not Subscriber.objects.exists()
        assert fetch_one(ADD, [1, 2]) == (3,)


def test_it_is_prepared_anew_after_a_part_is_rolled_back() -> None:
    with transaction.atomic():
        make_the_driver_prepare()
        assert fetch_one(ADD, [1, 2]) == (3,)
        with transaction.atomic():
            roll_back()
        assert fetch_one(ADD, [2, 2]) == (4,)


def test_a_statement_that_is_wrong_says_so_each_time_and_harms_no_other() -> None:
    for _ in range(2):
        with pytest.raises(ProgrammingError, match="nowhere"), transaction.atomic():
            fetch_together([(ADD, [1, 2]), ("SELECT * FROM nowhere", []), (ADD, [2, 3])])
        assert fetch_together([(ADD, [1, 2]), ("SELECT 1", [])]) == [[(3,)], [(1,)]]


def test_a_table_that_changed_is_told_once() -> None:
    read = "SELECT * FROM pg_temp.thing"
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE thing (id bigint)")
    assert fetch_all(read, []) == []
    # Not by a cursor: the driver would notice.
    connection.connection.pgconn.exec_(b"ALTER TABLE thing ADD COLUMN name text DEFAULT 'new'")
    with pytest.raises(NotSupportedError, match="cached plan"):
        fetch_all(read, [])
    assert fetch_all(read, []) == []


def test_a_transaction_is_begun_and_undone_as_with_the_drivers_cursor() -> None:
    insert = "INSERT INTO ledger_account (code, kind, currency) VALUES (%s, 'cash', 'USD')"
    with pytest.raises(IntegrityError), transaction.atomic():
        fetch_together([(insert, ["twice"]), (insert, ["twice"])])
    assert fetch_one("SELECT count(*) FROM ledger_account WHERE code = 'twice'", []) == (0,)
    with transaction.atomic():
        assert fetch_all(insert, ["once"]) == []
    assert fetch_one("SELECT count(*) FROM ledger_account WHERE code = 'once'", []) == (1,)


def test_no_statement_follows_a_failed_one_in_the_same_transaction() -> None:
    with transaction.atomic():
        with pytest.raises(ProgrammingError):
            fetch_one("SELECT * FROM nowhere", [])
        with pytest.raises(Exception, match="aborted"):
            fetch_one(ADD, [1, 2])
        roll_back()


def test_a_connection_that_the_server_ended_is_told_and_made_anew() -> None:
    assert fetch_one(ADD, [1, 2]) == (3,)
    parameters = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    with psycopg.connect(**{n: parameters[n] for n in names if n in parameters}) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
    with pytest.raises(OperationalError):
        fetch_one(ADD, [1, 2])
    connection.close()
    assert fetch_one(ADD, [1, 2]) == (3,)


def test_a_connection_with_answers_that_nobody_took_is_not_used_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    connection.ensure_connection()
    with monkeypatch.context() as patch:
        patch.setattr(psycopg.Connection, "wait", interrupted)
        with pytest.raises(KeyboardInterrupt):
            fetch_one(ADD, [1, 2])
    assert connection.connection.closed
