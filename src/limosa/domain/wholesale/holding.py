"""One change of proposals at a time: a pass over all plans, or a decision."""

from django.db import connection


def hold_proposals() -> None:
    """Lock the table of proposals against all who write to it, until the transaction ends.

    Taken before the plans' rows by everybody: rows alone would let a pass and a decision wait for
    each other.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE wholesale_priceproposal IN SHARE ROW EXCLUSIVE MODE")
