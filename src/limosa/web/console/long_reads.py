"""A longer statement timeout than the process's default."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

EXPORT_SECONDS_MAX = 600


@contextmanager
def statements_may_take(seconds: int) -> Iterator[None]:
    """Run the block in a transaction whose statements and pauses may take this long.

    The limit ends with the transaction, so it is safe behind a pooler.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{seconds}s'")
            cursor.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{seconds}s'")
        yield
