"""Which channels are offered, by tables: operator, country, device, currency, rate."""

from dataclasses import replace
from decimal import Decimal

import pytest

from limosa.domain.payments.engine.offering import (
    ChannelTerms,
    Circumstances,
    offers,
    other_methods,
)
from limosa.domain.payments.requests import Device, Method, Shape
from limosa.foundation.money import Money

DESKTOP, PHONE, WECHAT = Device.DESKTOP, Device.PHONE, Device.WECHAT
CNY = frozenset({"CNY"})


def test_an_amount_below_the_least_is_known_in_the_channels_own_currency() -> None:
    cards = replace(CARDS, least_minor={"USD": 50})
    yuan = replace(WECHATPAY, least_minor={"CNY": 10})
    least = {one.provider: one.least_minor for one in offers([cards, yuan], here=HERE, rates=RATES)}
    assert least == {"stripe": 50, "wechatpay": 10}
    here = replace(HERE, currency="IDR")
    assert [one.least_minor for one in offers([cards], here=here, rates={})] == [1]


def method(shape: Shape, *devices: Device, needs_payer: bool = False) -> Method:
    return Method(shape=shape, devices=frozenset(devices), needs_payer=needs_payer)


WECHATPAY = ChannelTerms(
    code="wechatpay",
    currencies=CNY,
    methods={
        "native": method(Shape.QR, DESKTOP),
        "h5": method(Shape.OPEN, PHONE),
        "jsapi": method(Shape.BRIDGE, WECHAT, needs_payer=True),
    },
    names_payers=True,
)
ALIPAY = ChannelTerms(
    code="alipay",
    currencies=CNY,
    methods={
        "precreate": method(Shape.QR, DESKTOP),
        "page": method(Shape.OPEN, DESKTOP),
        "wap": method(Shape.OPEN, PHONE),
    },
)
CARDS = ChannelTerms(
    code="stripe",
    currencies=frozenset(),
    methods={
        "checkout": method(Shape.OPEN, DESKTOP, PHONE, WECHAT),
        "saved": method(Shape.NOTHING),
    },
    saves_methods=True,
)
PAYPAL = ChannelTerms(
    code="paypal",
    currencies=frozenset({"USD", "EUR"}),
    methods={"approve": method(Shape.OPEN, DESKTOP, PHONE)},
    saves_methods=True,
)
ALL = [WECHATPAY, ALIPAY, CARDS, PAYPAL]
HERE = Circumstances(device=PHONE, country="US", currency="USD", near_currency="USD")
RATES = {"CNY": Decimal("7.1446")}


def shown(channels: list[ChannelTerms], **other: object) -> str:
    here = replace(HERE, **other)  # type: ignore[arg-type]
    return " ".join(
        f"{one.provider}:{one.method}" for one in offers(channels, here=here, rates=RATES)
    )


@pytest.mark.parametrize(
    ("device", "expected"),
    [
        (DESKTOP, "stripe:checkout paypal:approve wechatpay:native alipay:precreate"),
        (PHONE, "stripe:checkout paypal:approve wechatpay:h5 alipay:wap"),
        (WECHAT, "stripe:checkout wechatpay:jsapi"),
    ],
)
def test_each_channel_is_used_as_one_does_on_the_device(device: Device, expected: str) -> None:
    assert shown(ALL, device=device) == expected


@pytest.mark.parametrize(
    ("currency", "near", "expected"),
    [
        ("USD", "CNY", "wechatpay alipay stripe paypal"),
        ("CNY", "CNY", "wechatpay alipay stripe"),
        ("EUR", "EUR", "stripe paypal wechatpay alipay"),
        ("MXN", "MXN", "stripe wechatpay alipay"),
        ("USD", "", "wechatpay alipay stripe paypal"),
    ],
)
def test_the_near_currency_comes_first_and_an_unknown_rate_not_at_all(
    currency: str, near: str, expected: str
) -> None:
    found = shown(ALL, currency=currency, near_currency=near)
    assert [one.partition(":")[0] for one in found.split()] == expected.split()


@pytest.mark.parametrize(
    ("countries", "country", "is_there"),
    [
        ((), "US", True),
        (("US", "CN"), "US", True),
        (("CN",), "US", False),
        (("CN",), "", True),
        ((), "", True),
    ],
)
def test_a_country_decides_where_it_is_known(
    countries: tuple[str, ...], country: str, *, is_there: bool
) -> None:
    channel = replace(CARDS, countries=frozenset(countries))
    assert bool(shown([channel], country=country)) is is_there


def test_what_the_operator_stopped_is_not_offered() -> None:
    assert shown([replace(CARDS, is_offered=False)]) == ""


def test_the_operator_s_order_goes_before_nearness() -> None:
    first = replace(ALIPAY, position=1)
    rest = [replace(one, position=2) for one in (CARDS, PAYPAL)]
    assert shown([*rest, first]) == "alipay:wap stripe:checkout paypal:approve"


def test_a_channel_that_can_not_find_out_the_payer_is_not_offered_where_it_must() -> None:
    assert shown([replace(WECHATPAY, names_payers=False)], device=WECHAT) == ""


def test_the_amount_is_the_channel_s_at_the_rate_at_hand() -> None:
    by_code = {one.provider: one for one in offers(ALL, here=HERE, rates=RATES)}
    total = Money(2500, "USD")
    assert by_code["stripe"].amount(total) == total
    assert by_code["alipay"].amount(total) == Money(17862, "CNY")
    assert by_code["alipay"].rate == Decimal("7.1446")
    assert by_code["stripe"].rate is None


def test_without_a_rate_only_channels_of_the_own_currency_are_left() -> None:
    found = [one.provider for one in offers(ALL, here=HERE, rates={})]
    assert found == ["stripe", "paypal"]


@pytest.mark.parametrize(
    ("channel", "name", "device", "expected"),
    [
        (WECHATPAY, "native", DESKTOP, ["h5"]),
        (WECHATPAY, "h5", PHONE, ["native"]),
        (WECHATPAY, "jsapi", WECHAT, ["native"]),
        (ALIPAY, "precreate", DESKTOP, ["page"]),
        (ALIPAY, "wap", PHONE, ["precreate"]),
        (CARDS, "checkout", PHONE, []),
        (CARDS, "saved", PHONE, ["checkout"]),
    ],
)
def test_another_shape_of_the_same_channel_is_at_hand(
    channel: ChannelTerms, name: str, device: Device, expected: list[str]
) -> None:
    assert other_methods(channel, method=name, device=device) == expected
