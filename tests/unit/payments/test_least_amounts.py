"""The least amounts of the channels: of currencies that they take, and with a source."""

import pytest

from limosa.domain.payments.providers.alipay import wire as alipay
from limosa.domain.payments.providers.paypal import wire as paypal
from limosa.domain.payments.providers.stripe import least_amounts, wire
from limosa.domain.payments.providers.wechatpay import wire as wechatpay


@pytest.mark.parametrize(
    ("least", "currencies"),
    [
        (least_amounts.LEAST_MINOR, wire.CURRENCIES),
        (paypal.LEAST_MINOR, paypal.CURRENCIES),
        (wechatpay.LEAST_MINOR, {wechatpay.CURRENCY}),
        (alipay.LEAST_MINOR, {alipay.CURRENCY}),
    ],
)
def test_they_are_whole_minor_units_of_currencies_that_are_taken(
    least: dict[str, int], currencies: set[str]
) -> None:
    assert set(least) <= set(currencies)
    assert all(amount >= 1 for amount in least.values())


def test_cards_take_half_a_dollar_and_fifty_yen() -> None:
    assert least_amounts.LEAST_MINOR["USD"] == 50
    assert least_amounts.LEAST_MINOR["JPY"] == 50
    assert least_amounts.LEAST_MINOR["GBP"] == 30
