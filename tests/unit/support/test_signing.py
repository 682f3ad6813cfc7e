"""Over the limit two sign, and small parts do not get around it."""

import pytest

from limosa.domain.support.engine.signing import needs_second_signature
from limosa.foundation.money import CurrencyMismatchError, Money

LIMITS = {"USD": 5000}


@pytest.mark.parametrize(
    ("amount", "before", "needs"),
    [
        (1, 0, False),
        (5000, 0, False),
        (5001, 0, True),
        (1, 5000, True),
        (2500, 2500, False),
    ],
)
def test_the_limit_is_of_the_whole_payment(amount: int, before: int, *, needs: bool) -> None:
    said = needs_second_signature(
        Money(amount, "USD"), returned_before=Money(before, "USD"), limits_minor=LIMITS
    )
    assert said is needs


def test_a_currency_without_a_limit_needs_two() -> None:
    yuan = Money(1, "CNY")
    assert needs_second_signature(yuan, returned_before=Money(0, "CNY"), limits_minor=LIMITS)


def test_currencies_do_not_mix() -> None:
    with pytest.raises(CurrencyMismatchError):
        needs_second_signature(
            Money(1, "USD"), returned_before=Money(1, "CNY"), limits_minor=LIMITS
        )
