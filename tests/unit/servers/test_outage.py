"""A database that is away is told from a database that only refuses a statement."""

import logging

import pytest
from procrastinate.exceptions import ConnectorException
from psycopg import OperationalError
from psycopg.errors import (
    AdminShutdown,
    CannotConnectNow,
    DeadlockDetected,
    LockNotAvailable,
    QueryCanceled,
    TooManyConnections,
    UndefinedTable,
)
from psycopg_pool import PoolTimeout

from limosa.servers.outage import WithoutOutages, is_outage

OUTAGES = (
    OperationalError("connection refused"),
    AdminShutdown(),
    CannotConnectNow(),
    TooManyConnections(),
    PoolTimeout(),
)
REFUSALS = (UndefinedTable(), QueryCanceled(), LockNotAvailable(), DeadlockDetected(), OSError())


def wrapped(error: Exception) -> ConnectorException:
    """Return an error as procrastinate hands it on."""
    outer = ConnectorException()
    outer.__cause__ = error
    return outer


@pytest.mark.parametrize("error", OUTAGES, ids=repr)
def test_a_broken_connection_is_an_outage(error: Exception) -> None:
    assert is_outage(error)
    assert is_outage(wrapped(error))


@pytest.mark.parametrize("error", REFUSALS, ids=repr)
def test_a_statement_that_fails_is_none(error: Exception) -> None:
    assert not is_outage(error)
    assert not is_outage(wrapped(error))
    assert not is_outage(None)


@pytest.mark.parametrize(
    ("error", "is_kept"), [(OUTAGES[0], False), (REFUSALS[0], True), (None, True)], ids=repr
)
def test_only_lines_about_an_outage_are_left_out(error: Exception | None, is_kept: object) -> None:
    caught = (type(error), error, None) if error else None
    record = logging.LogRecord("procrastinate", logging.ERROR, "", 0, "It failed", (), caught)
    assert WithoutOutages().filter(record) is is_kept
