"""What Alipay's words mean, state by state, and what we may say to it."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.payments.message_refusals import MessageRefusedError
from limosa.domain.payments.providers.alipay import wire
from limosa.domain.payments.providers.alipay.refusals import Refusal
from limosa.domain.payments.status_reports import (
    PaymentStatusReport,
    ProviderState,
    RefundOutcome,
    RefundStatusReport,
)
from limosa.foundation.errors import LocalProtocolError
from limosa.foundation.money import Money
from tests.contract.providers.alipay_signer import SELLER_ID, notice, refund_notice, trade

PAID_AT = datetime(2019, 10, 22, 7, 59, 49, tzinfo=UTC)


def read_query(**changed: Any) -> PaymentStatusReport:
    return wire.read_payment(trade(**changed), paid_at_name="send_pay_date", merchant=SELLER_ID)


def read_notice(fields: dict[str, str]) -> PaymentStatusReport:
    return wire.read_payment(fields, paid_at_name="gmt_payment", merchant=SELLER_ID)


@pytest.mark.parametrize(
    ("word", "paid_at", "state"),
    [
        ("WAIT_BUYER_PAY", "", ProviderState.PENDING),
        ("TRADE_SUCCESS", "2019-10-22 15:59:49", ProviderState.SUCCEEDED),
        ("TRADE_FINISHED", "2019-10-22 15:59:49", ProviderState.SUCCEEDED),
        ("TRADE_CLOSED", "", ProviderState.CLOSED),
        ("TRADE_CLOSED", "2019-10-22 15:59:49", ProviderState.SUCCEEDED),
    ],
)
def test_each_documented_state_has_its_meaning(
    word: str, paid_at: str, state: ProviderState
) -> None:
    assert read_query(trade_status=word, send_pay_date=paid_at).state is state


def test_a_payment_that_went_back_in_full_was_paid_all_the_same() -> None:
    # A published reply: everything is 0.00 but the order's amount.
    said = read_query(trade_status="TRADE_CLOSED", receipt_amount="0.00", buyer_pay_amount="0.00")
    assert said == read_query()
    assert said == PaymentStatusReport(
        payment_number="P20200327",
        state=ProviderState.SUCCEEDED,
        transaction_id="2019102222001443721000074028",
        amount_minor=2599,
        currency="CNY",
        merchant=SELLER_ID,
        paid_at=PAID_AT,
    )


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"refund_fee": "6.00", "trade_status": "TRADE_SUCCESS", "gmt_close": ""},
        {"refund_fee": "0.01"},
    ],
)
def test_a_notice_of_a_refund_says_again_what_was_paid(changed: dict[str, str]) -> None:
    assert read_notice(refund_notice(**changed)) == read_notice(notice())


def test_a_closed_trade_is_told_from_a_refunded_one_by_either_sign() -> None:
    refunded = refund_notice()
    del refunded["gmt_payment"]
    assert read_notice(refunded).state is ProviderState.SUCCEEDED
    assert read_notice(refunded).paid_at is None
    # A published notice of a trade that lapsed has a refund_fee too.
    lapsed = refunded | {"refund_fee": "0.00"}
    assert read_notice(lapsed).state is ProviderState.CLOSED
    del lapsed["refund_fee"]
    assert read_notice(lapsed).state is ProviderState.CLOSED


def test_an_unpaid_payment_says_no_amount() -> None:
    fields = trade(trade_status="WAIT_BUYER_PAY", total_amount="nonsense")
    del fields["send_pay_date"]
    said = wire.read_payment(fields, paid_at_name="send_pay_date", merchant=SELLER_ID)
    assert said == PaymentStatusReport(
        payment_number="P20200327", state=ProviderState.PENDING, merchant=SELLER_ID
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"trade_status": "TRADE_PENDING"},
        {"trade_status": None},
        {"trade_status": []},
        {"out_trade_no": "x" * 33},
        {"out_trade_no": "a b"},
        {"out_trade_no": "a\x00"},
        {"out_trade_no": ""},
        {"trade_no": None},
        {"trade_no": "x" * 65},
        {"total_amount": ""},
        {"total_amount": "25.999"},
        {"total_amount": "-25.99"},
        {"total_amount": "2,599.00"},
        {"total_amount": "NaN"},
        {"total_amount": "1e9"},
        {"total_amount": "٢٥.٩٩"},
        {"total_amount": "9" * 12},
        {"total_amount": True},
        {"total_amount": {"amount": "25.99"}},
        {"trans_currency": "yuan"},
        {"trans_currency": "JPY"},  # No hundredths of a yen.
        {"send_pay_date": "2019-10-22"},
        {"send_pay_date": "2019-13-22 15:59:49"},
        {"send_pay_date": "2019-10-22T15:59:49+08:00"},
        {"send_pay_date": "0001-01-01 00:00:00"},
        {"send_pay_date": ["2019-10-22 15:59:49"]},
        {"trade_status": "TRADE_CLOSED", "send_pay_date": "", "refund_fee": "much"},
    ],
)
def test_a_member_of_another_form_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(MessageRefusedError) as refused:
        read_query(**changed)
    assert refused.value.reason is Refusal.RESOURCE_MALFORMED


def test_another_currency_is_told_as_it_is() -> None:
    assert read_query(trans_currency="HKD").currency == "HKD"
    yen = read_query(trans_currency="JPY", total_amount="2599")
    assert (yen.amount_minor, yen.currency) == (2599, "JPY")


@given(st.integers(min_value=1, max_value=wire.FEN_MAX))
def test_an_amount_comes_back_as_it_was_written(fen: int) -> None:
    assert wire.read_minor({"a": wire.yuan(Money(fen, "CNY"))}, "a") == fen


@pytest.mark.parametrize(
    ("text", "fen"), [("0.01", 1), ("1", 100), ("88.8", 8880), ("10.00", 1000)]
)
def test_yuan_are_read_exactly(text: str, fen: int) -> None:
    assert wire.read_minor({"a": text}, "a") == fen


@pytest.mark.parametrize(
    "amount", [Money(0, "CNY"), Money(-1, "CNY"), Money(1, "USD"), Money(wire.FEN_MAX + 1, "CNY")]
)
def test_what_alipay_cannot_take_is_not_written(amount: Money) -> None:
    with pytest.raises(LocalProtocolError):
        wire.yuan(amount)


def test_times_are_beijings() -> None:
    at = datetime(2026, 11, 25, 18, 30, tzinfo=UTC)
    assert wire.beijing_time(at) == "2026-11-26 02:30:00"
    assert wire.read_time({"t": "2026-11-26 02:30:00.143"}, "t") == at + timedelta(milliseconds=143)


@pytest.mark.parametrize(
    ("seller", "application", "merchant"),
    [
        ("2088", "2014", "2088"),
        ("2089", "2014", "2089/2014"),
        ("2088", "2015", "2088/2015"),
    ],
)
def test_the_merchant_is_seller_and_application(
    seller: str, application: str, merchant: str
) -> None:
    fields = {"seller_id": seller, "app_id": application}
    assert wire.read_merchant(fields, seller_id="2088", app_id="2014") == merchant


def refund_reply(**changed: Any) -> dict[str, Any]:
    return {
        "code": "10000",
        "out_request_no": "R1",
        "out_trade_no": "P1",
        "refund_amount": "6.00",
        "refund_status": "REFUND_SUCCESS",
        "total_amount": "25.99",
    } | changed


def read_refund(fields: dict[str, Any]) -> RefundStatusReport:
    return wire.read_refund(fields, refund_number="R1", payment_number="P1")


def test_a_refund_is_done_when_its_status_says_so_and_unknown_without_one() -> None:
    done = RefundStatusReport(
        refund_number="R1",
        payment_number="P1",
        outcome=RefundOutcome.SUCCEEDED,
        amount_minor=600,
        currency="CNY",
    )
    assert read_refund(refund_reply()) == done
    unknown = RefundStatusReport(
        refund_number="R1", payment_number="P1", outcome=RefundOutcome.UNKNOWN
    )
    for fields in ({}, {"code": "10000", "msg": "Success"}, refund_reply(refund_status="")):
        assert read_refund(fields) == unknown


@pytest.mark.parametrize(
    "changed",
    [
        {"refund_status": "REFUND_FAIL"},
        {"refund_status": 1},
        {"refund_amount": None},
        {"refund_amount": "-6.00"},
        {"refund_currency": "yuan"},
        {"out_request_no": ""},
        {"out_trade_no": 7},
    ],
)
def test_a_refund_of_another_form_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(MessageRefusedError):
        read_refund(refund_reply(**changed))


@pytest.mark.parametrize("number", ["P1", "p_1", "9" * 32])
def test_a_number_of_ours_is_one_for_alipay(number: str) -> None:
    assert wire.check_number(number) == number


@pytest.mark.parametrize("number", ["", "9" * 33, "P-1", "P 1", "P1\n", "号1"])
def test_a_number_that_alipay_would_refuse_is_not_sent(number: str) -> None:
    with pytest.raises(LocalProtocolError):
        wire.check_number(number)


def test_a_subject_has_nothing_that_alipay_or_its_bill_cannot_take() -> None:
    assert wire.plain('日本/韩国, 10 GB = "A&B"\n', bytes_max=256) == "日本 韩国  10 GB    A B"
    assert wire.plain("\udcff天", bytes_max=256) == "天"


@given(st.text(), st.integers(min_value=0, max_value=60))
def test_a_subject_is_cut_at_a_character(text: str, bytes_max: int) -> None:
    short = wire.plain(text, bytes_max=bytes_max)
    assert len(short.encode()) <= bytes_max
    assert not set(short) & set('/=&,"\n\x00')


@pytest.mark.parametrize(
    ("value", "code"),
    [("ACQ.TRADE_NOT_EXIST", "ACQ.TRADE_NOT_EXIST"), ("isv.invalid-app-id", "isv.invalid-app-id"),
     (None, ""), (7, ""), ("<b>", ""), ("x" * 61, "")],
)  # fmt: skip
def test_a_code_is_told_only_if_it_looks_like_one(value: object, code: str) -> None:
    assert wire.read_code({"sub_code": value}, "sub_code") == code


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=5,
)


@given(name=st.sampled_from(sorted(trade())), value=JSON)
def test_any_member_is_read_or_refused(name: str, value: object) -> None:
    for read in (read_query, lambda **changed: read_refund(refund_reply(**changed))):
        with suppress(MessageRefusedError):
            read(**{name: value})
