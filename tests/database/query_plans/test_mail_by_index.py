"""Looking for mail to send, every few seconds, reads the messages that wait and no others."""

from contextlib import closing
from datetime import timedelta

import pytest
from django.core.mail import get_connection
from django.db import connection

from limosa.domain.notifications.operations.send_due_mail import send_due_mail
from tests.database.query_plans.reading import check_by_index, reads_of
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber

TABLE = "notifications_notification"
MAILED, WAITING = 20_000, 50
_MESSAGES = f"""
INSERT INTO {TABLE} (key, subscriber_id, kind, parameters, created_at, mailed_at, next_mail_at,
                     mail_attempts)
SELECT 'm' || i, %(subscriber)s, 'order_late', '{{"order_number": "L-7Q4K92MX"}}', %(now)s,
       CASE WHEN i > %(waiting)s THEN %(now)s::timestamptz END,
       CASE WHEN i <= %(waiting)s THEN %(now)s::timestamptz END, 0
  FROM generate_series(1, %(mailed)s::bigint + %(waiting)s::bigint) AS i
"""  # noqa: S608 -- a constant

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _messages() -> None:
    """Many messages, of which a few wait."""
    with connection.cursor() as cursor:
        cursor.execute(
            _MESSAGES,
            {
                "subscriber": make_subscriber().pk,
                "now": MOMENT,
                "mailed": MAILED,
                "waiting": WAITING,
            },
        )
        cursor.execute(f"ANALYZE {TABLE}")


def check() -> None:
    found: list[bool] = []

    def send() -> None:
        with closing(get_connection()) as outbox:
            found.append(send_due_mail(outbox=outbox, now=MOMENT + timedelta(seconds=5)))

    reads = [read for read in reads_of(send) if read.table == TABLE]
    assert found == [True]
    assert len(reads) == 2, reads  # The oldest that is due, and that one again under its lock.
    check_by_index(reads, tables={TABLE}, rows_max=WAITING)


def test_the_mail_to_send_is_found_by_index() -> None:
    check()


def test_without_its_index_the_read_is_caught() -> None:
    """The control."""
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX notification_to_mail")
    with pytest.raises(AssertionError, match="Seq Scan"):
        check()
