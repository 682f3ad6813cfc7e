"""Money that came by a channel is worth its part of the order's own price."""

import pytest

from limosa.domain.ordering.engine.worth import Price, worth
from limosa.foundation.money import Money

TEN_DOLLARS = Price(total=Money(10_00, "USD"), asked=Money(71_99, "CNY"))


@pytest.mark.parametrize(
    ("fen", "cents"),
    [(71_99, 10_00), (36_00, 5_00), (143_98, 20_00), (7, 0), (8, 1), (0, 0)],
)
def test_it_is_worth_its_part_of_the_price_rounded_down(fen: int, cents: int) -> None:
    assert worth(Money(fen, "CNY"), TEN_DOLLARS) == Money(cents, "USD")


def test_a_currency_that_was_not_asked_for_stays_what_it_is() -> None:
    for received in (Money(5_00, "EUR"), Money(5_00, "USD")):
        assert worth(received, TEN_DOLLARS) == received
