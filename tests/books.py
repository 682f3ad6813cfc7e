"""The books at rest, by two who do not share a line of code, so that neither covers for the other.

The fault simulation's look computes from orders, payments and statements what must be in the books;
the product's guards look for what contradicts itself. Each has faults planted for it (the
simulation's bugs, and tests/database/support/test_guards.py). Their faults are AssertionErrors.
"""

from collections.abc import Mapping
from datetime import timedelta

from limosa.domain.connectivity.own_profiles import stocked_types
from limosa.domain.support.guards import GUARDS, found_in
from limosa_lab.simulation import books
from tests.factories import MOMENT

__all__ = ["check_books"]

# A story may leave an order unpaid or a day uncompared; what waits is not looked at here.
AT = MOMENT + timedelta(minutes=1)


def check_books(*, statements: Mapping[str, Mapping[str, int]]) -> None:
    """Check that all is as it must be when everything that is due has been done."""
    books.check_books(statements=statements)
    # As `run_guards` asks, at once over all rows and without keeping what is found: it is asked
    # hundreds of times.
    values = {"now": AT, "stocked": stocked_types()}
    found = {guard.kind: found_in(guard, "TRUE", values) for guard in GUARDS}
    assert not any(found.values()), {kind: rows for kind, rows in found.items() if rows}
