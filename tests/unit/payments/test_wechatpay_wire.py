"""What WeChat Pay's words mean, state by state, and what we may say to it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.payments.message_refusals import MessageRefusedError
from limosa.domain.payments.providers.wechatpay import wire
from limosa.domain.payments.providers.wechatpay.refusals import Refusal
from limosa.domain.payments.status_reports import PaymentStatusReport, ProviderState, RefundOutcome
from limosa.foundation.errors import LocalProtocolError
from tests.contract.providers.signer import APPID, MCHID, refund_notice, transaction


def read_payment(**changed: Any) -> PaymentStatusReport:
    return wire.read_payment(transaction(**changed), mchid=MCHID, appid=APPID)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("SUCCESS", ProviderState.SUCCEEDED),
        ("REFUND", ProviderState.SUCCEEDED),
        ("NOTPAY", ProviderState.PENDING),
        ("USERPAYING", ProviderState.PENDING),
        ("CLOSED", ProviderState.CLOSED),
        ("REVOKED", ProviderState.CLOSED),
        ("PAYERROR", ProviderState.FAILED),
    ],
)
def test_each_documented_state_has_its_meaning(word: str, state: ProviderState) -> None:
    assert read_payment(trade_state=word).state is state


def test_an_unpaid_payment_says_no_amount() -> None:
    fields = transaction(trade_state="NOTPAY", amount={"total": 1, "payer_currency": "CNY"})
    del fields["transaction_id"], fields["success_time"]
    assert wire.read_payment(fields, mchid=MCHID, appid=APPID) == PaymentStatusReport(
        payment_number="1217752501201407033233368018",
        state=ProviderState.PENDING,
        merchant=MCHID,
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"trade_state": "PAID"},
        {"trade_state": None},
        {"trade_state": []},
        {"out_trade_no": "x" * 33},
        {"out_trade_no": "a b"},
        {"out_trade_no": "a\x00"},
        {"out_trade_no": ""},
        {"transaction_id": None},
        {"mchid": 1900000109},
        {"appid": ""},
        {"amount": None},
        {"amount": {"total": True}},
        {"amount": {"total": 1.0}},
        {"amount": {"total": "1"}},
        {"amount": {"total": -1}},
        {"amount": {"total": 10**15 + 1}},
        {"amount": {"total": 1, "currency": "cny"}},
        {"amount": {"total": 1, "currency": None}},
        {"success_time": "2018-06-08T10:34:56"},
        {"success_time": "yesterday"},
        {"success_time": 1528425296},
        {"success_time": "0001-01-01T00:00:00+14:00"},
    ],
)
def test_a_member_of_another_form_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(MessageRefusedError) as refused:
        read_payment(**changed)
    assert refused.value.reason is Refusal.RESOURCE_MALFORMED


def test_a_payment_without_a_currency_is_in_yuan() -> None:
    assert read_payment(amount={"total": 7}).currency == "CNY"


def test_a_payment_without_a_time_is_a_payment() -> None:
    fields = transaction()
    del fields["success_time"]
    assert wire.read_payment(fields, mchid=MCHID, appid=APPID).paid_at is None


@pytest.mark.parametrize(
    ("word", "outcome"),
    [
        ("SUCCESS", RefundOutcome.SUCCEEDED),
        ("PROCESSING", RefundOutcome.PENDING),
        ("CLOSED", RefundOutcome.FAILED),
        ("ABNORMAL", RefundOutcome.FAILED),
    ],
)
def test_each_documented_refund_status_has_its_meaning(word: str, outcome: RefundOutcome) -> None:
    fields = refund_notice(status=word)
    assert wire.read_refund(fields, status_name="status").outcome is outcome


@pytest.mark.parametrize("word", ["", "REFUNDED", None, 1])
def test_an_unknown_refund_status_is_refused(word: Any) -> None:
    with pytest.raises(MessageRefusedError):
        wire.read_refund(refund_notice(status=word), status_name="status")


@pytest.mark.parametrize(
    "link", [None, 7, "", "bizpayurl", "javascript:alert(1)", "https://a b", "https://" + "a" * 501]
)
def test_a_link_that_is_none_is_refused(link: Any) -> None:
    with pytest.raises(MessageRefusedError):
        wire.read_link({"code_url": link}, "code_url")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"code":"ORDER_NOT_EXIST","message":"..."}', "ORDER_NOT_EXIST"),
        (b'{"code":"<b>","message":"..."}', ""),
        (b'{"code":7}', ""),
        (b"<html>", ""),
        (b"", ""),
    ],
)
def test_an_error_code_is_a_word_or_nothing(body: bytes, code: str) -> None:
    assert wire.read_error_code(body) == code


def test_times_are_written_as_the_documentation_writes_them() -> None:
    moment = datetime(2026, 11, 22, 16, 30, 5, 999, tzinfo=UTC)
    assert wire.beijing_time(moment) == "2026-11-23T00:30:05+08:00"


@given(text=st.text(), bytes_max=st.integers(0, 200))
def test_a_shortened_text_fits_and_is_a_beginning(text: str, bytes_max: int) -> None:
    short = wire.shorten(text, bytes_max=bytes_max)
    assert len(short.encode()) <= bytes_max
    assert text.startswith(short)
    assert short == text or len(short.encode()) > bytes_max - 4


@pytest.mark.parametrize("number", ["", "short", "x" * 33, "with/slash", "a|b*cd", "日本語日本語"])
def test_a_number_that_would_break_the_path_is_our_own_mistake(number: str) -> None:
    with pytest.raises(LocalProtocolError):
        wire.check_payment_number(number)


@pytest.mark.parametrize("number", ["", "x" * 65, "with?query", "R1\n"])
def test_a_refund_number_that_would_break_the_path_is_our_own_mistake(number: str) -> None:
    with pytest.raises(LocalProtocolError):
        wire.check_refund_number(number)
