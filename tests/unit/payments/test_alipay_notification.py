"""Notices are believed only when they are Alipay's, whole and fresh."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.payments.providers.alipay import notification
from limosa.domain.payments.providers.alipay.notification import NotificationReader
from limosa.domain.payments.providers.alipay.refusals import Refusal
from limosa.domain.payments.providers.alipay.signature import PlatformKey
from limosa.domain.payments.status_reports import (
    NoReport,
    NotificationRefusedError,
    PaymentStatusReport,
    ProviderNotification,
    ProviderState,
    RefundOutcome,
    RefundStatusReport,
)
from tests.contract.providers.alipay_signer import (
    APP_ID,
    SELLER_ID,
    AlipaySigner,
    notice,
    refund_notice,
)

SIGNER = AlipaySigner()
OTHER = AlipaySigner()
SENT_AT = datetime(2020, 3, 27, 10, 12, 47, tzinfo=UTC)
AFTER_A_REFUND = SENT_AT + timedelta(minutes=7)
READER = NotificationReader(
    platform_key=PlatformKey(SIGNER.key.public_key()), seller_id=SELLER_ID, app_id=APP_ID
)
PAID = PaymentStatusReport(
    payment_number="P20200327",
    state=ProviderState.SUCCEEDED,
    transaction_id="2020032722001452341437284085",
    amount_minor=2599,
    currency="CNY",
    merchant=SELLER_ID,
    paid_at=SENT_AT - timedelta(seconds=1),
)


def read(pairs: Mapping[str, str], *, now: datetime = SENT_AT) -> ProviderNotification:
    return READER.read(body=SIGNER.form(pairs), now=now)


def refusal(body: bytes, *, now: datetime = SENT_AT) -> str:
    with pytest.raises(NotificationRefusedError) as refused:
        READER.read(body=body, now=now)
    return refused.value.reason


def test_a_payment_is_told() -> None:
    said = read(notice())
    assert said.message_id == "2020032700222181247052341404297126"
    assert said.report == PAID


@pytest.mark.parametrize(
    ("changed", "sum_minor"),
    [({}, 2599), ({"trade_status": "TRADE_SUCCESS", "refund_fee": "6.00"}, 600)],
)
def test_a_refund_is_named_and_nothing_of_it_is_decided(
    changed: dict[str, str], sum_minor: int
) -> None:
    said = read(refund_notice(**changed), now=AFTER_A_REFUND)
    assert said.message_id != read(notice()).message_id
    assert said.report == RefundStatusReport(
        refund_number="R20200327",
        payment_number=PAID.payment_number,
        outcome=RefundOutcome.PENDING,
        transaction_id=PAID.transaction_id,
        amount_minor=sum_minor,
        currency="CNY",
    )


@pytest.mark.parametrize(
    "changed", [{"out_biz_no": ""}, {"refund_fee": ""}, {"refund_fee": "0.00"}]
)
def test_what_names_no_refund_tells_of_the_payment(changed: dict[str, str]) -> None:
    assert read(refund_notice(**changed), now=AFTER_A_REFUND).report == PAID


def test_a_refund_of_another_merchant_is_none_of_ours() -> None:
    report = read(refund_notice(seller_id="2088000000000000"), now=AFTER_A_REFUND).report
    assert isinstance(report, PaymentStatusReport)
    assert report.merchant != SELLER_ID


@pytest.mark.parametrize(
    ("changed", "state"),
    [
        ({"trade_status": "WAIT_BUYER_PAY", "gmt_payment": ""}, ProviderState.PENDING),
        ({"trade_status": "TRADE_CLOSED", "gmt_payment": ""}, ProviderState.CLOSED),
        ({"trade_status": "TRADE_FINISHED"}, ProviderState.SUCCEEDED),
    ],
)
def test_each_state_is_told(changed: dict[str, str], state: ProviderState) -> None:
    report = read(notice(**changed)).report
    assert isinstance(report, PaymentStatusReport)
    assert report.state is state


@pytest.mark.parametrize(
    ("changed", "merchant"),
    [
        ({"seller_id": "2088000000000000"}, f"2088000000000000/{APP_ID}"),
        ({"app_id": "2021000000000000"}, f"{SELLER_ID}/2021000000000000"),
    ],
)
def test_another_merchant_is_told_as_another(changed: dict[str, str], merchant: str) -> None:
    report = read(notice(**changed)).report
    assert isinstance(report, PaymentStatusReport)
    assert report.merchant == merchant


def test_a_notice_of_another_kind_says_nothing_here() -> None:
    said = read(notice(notify_type="dut_user_sign"))
    assert isinstance(said.report, NoReport)
    assert said.message_id


def test_pairs_that_nobody_expects_are_signed_like_all_others() -> None:
    assert read(notice(new_member="日本 = & +", voucher_detail_list="[]")).report == PAID


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"sign": ""}, Refusal.SIGNATURE_MISSING),
        ({"sign": "QUJD"}, Refusal.SIGNATURE_WRONG),
        ({"sign": "not base64"}, Refusal.SIGNATURE_WRONG),
        ({"sign": OTHER.sign("x")}, Refusal.SIGNATURE_WRONG),
        ({"sign_type": "RSA"}, Refusal.SIGNATURE_TYPE_UNKNOWN),
        ({"sign_type": ""}, Refusal.SIGNATURE_TYPE_UNKNOWN),
        ({"charset": "GBK"}, Refusal.ENVELOPE_MALFORMED),
        ({"notify_time": ""}, Refusal.TIMESTAMP_MALFORMED),
        ({"notify_time": "1585303967"}, Refusal.TIMESTAMP_MALFORMED),
        ({"notify_time": "2020-02-30 18:12:47"}, Refusal.TIMESTAMP_MALFORMED),
        ({"notify_id": ""}, Refusal.RESOURCE_MALFORMED),
        ({"notify_id": "x" * 81}, Refusal.RESOURCE_MALFORMED),
        ({"notify_id": "日"}, Refusal.RESOURCE_MALFORMED),
        ({"seller_id": ""}, Refusal.RESOURCE_MALFORMED),
        ({"app_id": ""}, Refusal.RESOURCE_MALFORMED),
        ({"trade_status": "TRADE_PENDING"}, Refusal.RESOURCE_MALFORMED),
        ({"total_amount": "25.99元"}, Refusal.RESOURCE_MALFORMED),
    ],
)
def test_each_fault_has_its_reason(changed: dict[str, str], reason: Refusal) -> None:
    assert refusal(SIGNER.form(notice(**changed))) == reason


def test_a_notice_that_another_signed_is_refused() -> None:
    assert refusal(OTHER.form(notice())) == Refusal.SIGNATURE_WRONG


@pytest.mark.parametrize(
    "body",
    [
        SIGNER.form(notice()) + b"&total_amount=0.01",
        SIGNER.form(notice()).replace(b"charset=utf-8", b"charset=%FF"),
        SIGNER.form(notice()) + "&日=本".encode(),
        SIGNER.form(notice()) + b"&a=1" * 300,
    ],
)
def test_a_form_that_can_be_read_in_two_ways_is_refused(body: bytes) -> None:
    assert refusal(body) == Refusal.ENVELOPE_MALFORMED


def test_a_changed_pair_is_refused() -> None:
    body = SIGNER.form(notice())
    assert refusal(body.replace(b"25.99", b"25.98", 1)) == Refusal.SIGNATURE_WRONG
    assert refusal(body + b"&added=1") == Refusal.SIGNATURE_WRONG
    assert refusal(body.replace(b"&version=1.0", b"")) == Refusal.SIGNATURE_WRONG
    # What is empty is not signed: it may come or be left out.
    assert READER.read(body=body.replace(b"&body=", b""), now=SENT_AT).report == PAID


def test_a_large_body_is_not_looked_at() -> None:
    assert refusal(b"a" * (notification.BODY_BYTES_MAX + 1)) == Refusal.BODY_TOO_LARGE


@pytest.mark.parametrize(
    ("age", "reason"),
    [
        (timedelta(hours=25, minutes=5), ""),
        (timedelta(hours=25, minutes=5, seconds=1), Refusal.TIMESTAMP_TOO_OLD),
        (timedelta(minutes=-5), ""),
        (timedelta(minutes=-5, seconds=-1), Refusal.TIMESTAMP_IN_FUTURE),
    ],
)
def test_a_notice_is_fresh_for_as_long_as_alipay_repeats_it(age: timedelta, reason: str) -> None:
    now = SENT_AT + age
    if reason:
        assert refusal(SIGNER.form(notice()), now=now) == reason
    else:
        assert read(notice(), now=now).report == PAID


@given(st.binary(max_size=300))
def test_garbage_is_refused(body: bytes) -> None:
    assert refusal(body) in set(Refusal)


@given(
    name=st.sampled_from(sorted(notice())),
    value=st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
)
def test_any_signed_value_is_read_or_refused(name: str, value: str) -> None:
    try:
        said = read(notice(**{name: value}))
    except NotificationRefusedError as refused:
        assert refused.reason in set(Refusal)  # noqa: PT017 -- either is right here.
    else:
        assert isinstance(said.report, PaymentStatusReport | NoReport)
