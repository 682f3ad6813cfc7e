"""What a plan costs for each gigabyte and each day, to compare it with others.

A rate is whole thousandths of a currency's minor unit, rounded down. The database keeps it beside
each price: migrations/sql/rates.sql says the same in SQL, and a test compares the two.
"""

from limosa.foundation.period import Validity, ValidityUnit
from limosa.foundation.volume import GB

THOUSANDTHS = 1_000
DAYS_OF_A_MONTH = 30
RATE_MAX = 2**63 - 1


def days_of(validity: Validity) -> int:
    """Return the days for which a validity counts in a comparison: a month is 30."""
    is_month = validity.unit is ValidityUnit.MONTH
    return validity.count * (DAYS_OF_A_MONTH if is_month else 1)


def rate_per_gb(amount_minor: int, *, volume_bytes: int) -> int:
    """Return the rate of a gigabyte at full speed.

    `volume_bytes`: the plan's data; of unlimited data, what comes at full speed.
    """
    return min(amount_minor * THOUSANDTHS * GB // volume_bytes, RATE_MAX)


def rate_per_day(amount_minor: int, *, validity: Validity | None) -> int | None:
    """Return the rate of a day; None for a top-up, which has no days of its own."""
    return None if validity is None else amount_minor * THOUSANDTHS // days_of(validity)


def minor_of(rate: int) -> int:
    """Return a rate in minor units for people, rounded half up and never nothing."""
    return max((rate + THOUSANDTHS // 2) // THOUSANDTHS, 1)
