"""One change of many plans at a time: an import, a pricing pass, or decisions about prices."""

from django.db import connection


def hold_catalog() -> None:
    """Keep others from changing many plans, until the transaction ends. Readers are not blocked,
    nor is who changes one plan.

    An import writes plans in its file's order and then their sources; a pricing pass writes sources
    first. Rows alone would let them wait for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE catalog_catalogimport IN SHARE ROW EXCLUSIVE MODE")
