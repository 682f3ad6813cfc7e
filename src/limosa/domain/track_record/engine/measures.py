"""What is measured, and how much of it is enough to be said."""

from datetime import timedelta
from enum import StrEnum

PERIOD = timedelta(days=30)
CASES_LEAST = 10
# Of counts of use no more than the newest so many are looked at.
COUNTS_MOST = 20_000


class Measure(StrEnum):
    """CREDITED: from payment to delivery. REFUNDED: from a refund's start to the provider's word
    that the money went back; those that failed are left out. ANSWERED: from a question to our
    answer or its closing. DISPUTED: renewals whose payer asked their bank for the money. USAGE_AGE:
    how old a count of use is when it arrives.

    What is still waiting counts with the time that it has waited.
    """

    CREDITED = "credited"
    REFUNDED = "refunded"
    ANSWERED = "answered"
    DISPUTED = "disputed"
    USAGE_AGE = "usage_age"
