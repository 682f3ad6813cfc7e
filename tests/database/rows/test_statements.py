"""Statements that go out together answer as if each had gone alone."""

import pytest
from django.db import DataError, connection, transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.statements import fetch_all, fetch_one, fetch_together
from tests.factories.accounts import make_subscriber

pytestmark = pytest.mark.django_db(transaction=True)
COUNT = ("SELECT count(*) FROM accounts_subscriber", ())


def test_each_has_its_own_rows() -> None:
    with transaction.atomic():
        assert fetch_together(
            [
                ("SELECT generate_series(1, %s)", [3]),
                ("SELECT 1 WHERE %s", [False]),
                ("SELECT %s::text, %s::bigint", ["two", 2]),
            ]
        ) == [[(1,), (2,), (3,)], [], [("two", 2)]]


def test_each_sees_what_the_one_before_it_did() -> None:
    make_subscriber()
    rename = "UPDATE accounts_subscriber SET display_name = %s RETURNING 1"
    with transaction.atomic():
        fetch_together([(rename, ["Ann"]), (rename, ["Bo"])])
    assert Subscriber.objects.get().display_name == "Bo"


def test_one_that_fails_stops_those_behind_it_and_leaves_a_connection_that_works() -> None:
    make_subscriber()
    with pytest.raises(DataError, match="division by zero"), transaction.atomic():
        fetch_together([COUNT, ("SELECT 1 / %s::int", [0]), ("DELETE FROM nowhere", ())])
    assert fetch_one(*COUNT) == (1,)
    with transaction.atomic():
        assert fetch_together([COUNT, COUNT]) == [[(1,)], [(1,)]]


def test_after_a_new_connection_nothing_is_left_of_the_old_one() -> None:
    fetch_together([COUNT, COUNT])
    connection.close()
    assert fetch_together([COUNT, COUNT, COUNT]) == [[(0,)]] * 3
    assert fetch_all(*COUNT) == [(0,)]
