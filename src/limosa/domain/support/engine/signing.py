"""When one member of the staff is enough to give money back, and when two must agree."""

from collections.abc import Mapping

from limosa.foundation.money import Money


def needs_second_signature(
    amount: Money, *, returned_before: Money, limits_minor: Mapping[str, int]
) -> bool:
    """Return whether a refund is over the limit of what one person may give back.

    What went back of the same payment before counts too, so that a large refund can't be given in
    small parts. A currency without a limit always needs two. Raises CurrencyMismatchError.
    """
    whole = amount + returned_before
    return whole.amount_minor > limits_minor.get(whole.currency, 0)
