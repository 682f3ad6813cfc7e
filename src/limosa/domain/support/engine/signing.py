"""When one member of the staff may refund money alone, and when two must sign."""

from collections.abc import Mapping

from limosa.foundation.money import Money


def needs_second_signature(
    amount: Money, *, returned_before: Money, limits_minor: Mapping[str, int]
) -> bool:
    """Return whether a refund exceeds what one person may give back.

    Earlier refunds of the same payment count too, so a large refund can't be split into small ones.
    A currency without a limit always needs two. Raises CurrencyMismatchError.
    """
    whole = amount + returned_before
    return whole.amount_minor > limits_minor.get(whole.currency, 0)
