"""Stripe's events: which are believed, and what they say."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from limosa.domain.payments.providers.stripe.notification import NotificationReader
from limosa.domain.payments.status_reports import (
    Decline,
    DisputeOutcome,
    DisputeStatusReport,
    NoReport,
    NotificationRefusedError,
    PaymentStatusReport,
    ProviderNotification,
    ProviderState,
    RefundOutcome,
    RefundStatusReport,
)
from tests.contract.providers.stripe_signer import (
    ACCOUNT,
    CREATED,
    INTENT,
    NUMBER,
    OTHER_SECRET,
    REFUND,
    SECRET,
    dispute,
    event,
    header,
    intent,
    refund,
    session,
    signature,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
AT = datetime.fromtimestamp(CREATED, UTC)
READER = NotificationReader(secrets=(SECRET,), account_id=ACCOUNT, is_live=False)


def read(body: bytes, headers: dict[str, str] | None = None, **reader: Any) -> ProviderNotification:
    words: dict[str, Any] = {"secrets": (SECRET,), "account_id": ACCOUNT, "is_live": False} | reader
    sent = header(body, at=NOW) if headers is None else headers
    return NotificationReader(**words).read(headers=sent, body=body, now=NOW)


def reason(body: bytes, headers: dict[str, str] | None = None, **reader: Any) -> str:
    with pytest.raises(NotificationRefusedError) as refused:
        read(body, headers, **reader)
    return refused.value.reason


PAID = PaymentStatusReport(
    payment_number=NUMBER,
    state=ProviderState.SUCCEEDED,
    transaction_id=INTENT,
    amount_minor=2599,
    currency="USD",
    merchant=ACCOUNT,
    paid_at=AT,
)
REFUNDED = RefundStatusReport(
    refund_number=REFUND,
    payment_number=NUMBER,
    outcome=RefundOutcome.SUCCEEDED,
    reference="re_3abc",
    transaction_id=INTENT,
    amount_minor=600,
    currency="USD",
)
DISPUTED = DisputeStatusReport(
    reference="du_1abc",
    outcome=DisputeOutcome.OPEN,
    transaction_id=INTENT,
    amount_minor=2599,
    currency="USD",
    reason="product_not_received",
)


def unpaid(state: ProviderState) -> PaymentStatusReport:
    return PaymentStatusReport(payment_number=NUMBER, state=state, merchant=ACCOUNT)


DECLINED = {"code": "card_declined", "decline_code": "generic_decline"}
TOO_LITTLE = {"code": "card_declined", "decline_code": "insufficient_funds"}
WANTED = {"code": "authentication_required"}
WANTED_BY_BANK = {"code": "card_declined", "decline_code": "authentication_required"}
UNPAID = {"payment_status": "unpaid", "payment_intent": None}
IN_CHECKOUT = {"metadata": {"payment_number": NUMBER, "method": "checkout"}}
STORIES: dict[str, tuple[str, dict[str, Any], Any]] = {
    "a paid session": ("checkout.session.completed", session(), PAID),
    "a session whose money is on its way": (
        "checkout.session.completed",
        session(payment_status="unpaid"),
        unpaid(ProviderState.PROCESSING),
    ),
    "money that came later": ("checkout.session.async_payment_succeeded", session(), PAID),
    "money that never came": (
        "checkout.session.async_payment_failed",
        session(payment_status="unpaid"),
        unpaid(ProviderState.FAILED),
    ),
    "an expired session": (
        "checkout.session.expired",
        session(status="expired", **UNPAID),
        unpaid(ProviderState.CLOSED),
    ),
    "a saved card that was charged": ("payment_intent.succeeded", intent(), PAID),
    "a saved card that was declined": (
        "payment_intent.payment_failed",
        intent(status="requires_payment_method", last_payment_error=DECLINED),
        replace(unpaid(ProviderState.FAILED), decline=Decline.REFUSED),
    ),
    "a saved card without the money": (
        "payment_intent.payment_failed",
        intent(status="requires_payment_method", last_payment_error=TOO_LITTLE),
        replace(unpaid(ProviderState.FAILED), decline=Decline.INSUFFICIENT_FUNDS),
    ),
    "a saved card that has expired, in Stripe's own word": (
        "payment_intent.payment_failed",
        intent(status="requires_payment_method", last_payment_error={"code": "expired_card"}),
        replace(unpaid(ProviderState.FAILED), decline=Decline.CARD_EXPIRED),
    ),
    "a saved card whose bank wants the payer": (
        "payment_intent.payment_failed",
        intent(status="requires_payment_method", last_payment_error=WANTED),
        unpaid(ProviderState.PAYER_NEEDED),
    ),
    "a saved card whose bank wants the payer, in the bank's word": (
        "payment_intent.payment_failed",
        intent(status="requires_payment_method", last_payment_error=WANTED_BY_BANK),
        unpaid(ProviderState.PAYER_NEEDED),
    ),
    "a refund": ("refund.created", refund(), REFUNDED),
    "a refund that changed": ("refund.updated", refund(), REFUNDED),
    "a refund of a charge that changed": ("charge.refund.updated", refund(), REFUNDED),
    "a refund that failed after all": (
        "refund.failed",
        refund(status="failed"),
        replace(REFUNDED, outcome=RefundOutcome.FAILED),
    ),
    "a dispute": ("charge.dispute.created", dispute(), DISPUTED),
    "a dispute that changed": ("charge.dispute.updated", dispute(), DISPUTED),
}
NOTHING: dict[str, tuple[str, dict[str, Any]]] = {
    "a card that was declined in a session": (
        "payment_intent.payment_failed",
        intent(status="requires_payment_method", **IN_CHECKOUT),
    ),
    "the payment inside of a session": ("payment_intent.succeeded", intent(**IN_CHECKOUT)),
    "the payment of another shop": ("payment_intent.succeeded", intent(metadata={})),
    "the session of another shop": (
        "checkout.session.completed",
        session(client_reference_id=None),
    ),
    "the lost session of another shop": (
        "checkout.session.async_payment_failed",
        session(client_reference_id=None),
    ),
    "an inquiry": ("charge.dispute.created", dispute(status="warning_needs_response")),
    "an inquiry's end": ("charge.dispute.closed", dispute(status="warning_closed")),
    "a dispute that was prevented": ("charge.dispute.closed", dispute(status="prevented")),
    "a charge": ("charge.succeeded", {"id": "ch_1"}),
    "a refunded charge": ("charge.refunded", {"id": "ch_1"}),
    "funds that were withdrawn": ("charge.dispute.funds_withdrawn", dispute()),
    "something new": ("stripe.of.tomorrow", {}),
}


@pytest.mark.parametrize("story", STORIES)
def test_an_event_says(story: str) -> None:
    kind, subject, report = STORIES[story]
    said = read(event(kind, subject))
    assert said.message_id == "evt_1Q2w3E4r5T6y"
    assert said.report == report


@pytest.mark.parametrize("story", NOTHING)
def test_an_event_says_nothing_of_ours(story: str) -> None:
    kind, subject = NOTHING[story]
    assert isinstance(read(event(kind, subject)).report, NoReport)


@pytest.mark.parametrize(
    "status", ["succeeded", "pending", "requires_action", "failed", "canceled"]
)
def test_a_refund_of_each_status_is_told(status: str) -> None:
    report = read(event("refund.failed", refund(status=status))).report
    assert isinstance(report, RefundStatusReport)
    assert (
        report.outcome
        is {
            "succeeded": RefundOutcome.SUCCEEDED,
            "pending": RefundOutcome.PENDING,
            "requires_action": RefundOutcome.PENDING,
            "failed": RefundOutcome.FAILED,
            "canceled": RefundOutcome.FAILED,
        }[status]
    )


def test_a_refund_by_hand_has_no_number_of_ours() -> None:
    report = read(event("refund.created", refund(metadata={}))).report
    assert isinstance(report, RefundStatusReport)
    assert (report.refund_number, report.payment_number) == ("", "")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("under_review", DisputeOutcome.OPEN),
        ("appeal_needs_response", DisputeOutcome.OPEN),
        ("appeal_under_review", DisputeOutcome.OPEN),
        ("won", DisputeOutcome.WON),
        ("lost", DisputeOutcome.LOST),
    ],
)
def test_a_dispute_of_each_status_is_told(status: str, outcome: DisputeOutcome) -> None:
    report = read(event("charge.dispute.closed", dispute(status=status))).report
    assert isinstance(report, DisputeStatusReport)
    assert report.outcome is outcome


def moved(*amounts: int, currency: str = "usd") -> list[dict[str, Any]]:
    return [
        {"object": "balance_transaction", "amount": amount, "currency": currency}
        for amount in amounts
    ]


@pytest.mark.parametrize(
    ("status", "rows", "lost_minor"),
    [
        ("lost", moved(-2599, 999), 1600),
        ("lost", moved(-2599), 2599),
        ("lost", moved(-2400, 900, currency="eur"), None),
        ("lost", moved(-2599, 2599), None),
        ("lost", [], None),
        ("lost", [{"object": "balance_transaction"}], None),
        ("won", moved(-2599, 2599), None),
        ("under_review", moved(-2599), None),
    ],
)
def test_of_a_lost_dispute_is_lost_what_moved_and_did_not_come_back(
    status: str, rows: list[dict[str, Any]], lost_minor: int | None
) -> None:
    lost = dispute(status=status, balance_transactions=rows)
    report = read(event("charge.dispute.closed", lost)).report
    assert isinstance(report, DisputeStatusReport)
    assert report.lost_minor == lost_minor


def test_a_payment_of_another_account_is_told_as_theirs() -> None:
    said = read(event("checkout.session.completed", session(), account="acct_1Another"))
    assert isinstance(said.report, PaymentStatusReport)
    assert said.report.merchant == "acct_1Another"


BODY = event("checkout.session.completed", session())
MOMENT = int(NOW.timestamp())
SIGNED = signature(BODY, at=NOW)
STALE = header(BODY, at=NOW - timedelta(seconds=301))
FUTURE = header(BODY, at=NOW + timedelta(seconds=301))
REFUSED: dict[str, tuple[str, bytes, dict[str, str]]] = {
    "no header": ("header_missing", BODY, {}),
    "an empty header": ("header_missing", BODY, {"stripe-signature": ""}),
    "no time": ("timestamp_malformed", BODY, {"stripe-signature": f"v1={SIGNED}"}),
    "two times": (
        "timestamp_malformed",
        BODY,
        {"stripe-signature": f"t={MOMENT},t={MOMENT},v1={SIGNED}"},
    ),
    "a time that is none": ("timestamp_malformed", BODY, {"stripe-signature": f"t=١,v1={SIGNED}"}),
    "another scheme": (
        "signature_type_unknown",
        BODY,
        {"stripe-signature": f"t={MOMENT},v0={SIGNED}"},
    ),
    "too old": ("timestamp_too_old", BODY, STALE),
    "from the future": ("timestamp_in_future", BODY, FUTURE),
    "another secret": ("signature_wrong", BODY, header(BODY, at=NOW, secrets=(OTHER_SECRET,))),
    "another body": ("signature_wrong", BODY + b" ", header(BODY, at=NOW)),
    "another time": (
        "signature_wrong",
        BODY,
        {"stripe-signature": f"t={MOMENT + 1},v1={SIGNED}"},
    ),
    "a signature in other letters": (
        "signature_wrong",
        BODY,
        {"stripe-signature": f"t={MOMENT},v1={SIGNED[:-1]}é"},
    ),
    "a lone surrogate": (
        "signature_wrong",
        BODY,
        {"stripe-signature": f"t={MOMENT},v1={SIGNED}\ud800"},
    ),
    "a signature behind too many others": (
        "signature_wrong",
        BODY,
        {"stripe-signature": f"t={MOMENT},{'v1=00,' * 8}v1={SIGNED}"},
    ),
    "too much": ("body_too_large", b" " * (64 * 1024 + 1), {}),
}


@pytest.mark.parametrize("story", REFUSED)
def test_it_is_refused(story: str) -> None:
    why, body, headers = REFUSED[story]
    assert reason(body, headers) == why


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_five_minutes_either_side_are_fresh(seconds: int) -> None:
    read(BODY, header(BODY, at=NOW + timedelta(seconds=seconds)))


def test_while_a_secret_is_replaced_either_is_believed() -> None:
    both = (SECRET, OTHER_SECRET)
    for signed_by in ((SECRET,), (OTHER_SECRET,), both):
        read(BODY, header(BODY, at=NOW, secrets=signed_by), secrets=both)
    read(BODY, header(BODY, at=NOW, secrets=both), secrets=(OTHER_SECRET,))
    assert reason(BODY, header(BODY, at=NOW, secrets=("whsec_third00",)), secrets=both)


ENVELOPES: dict[str, bytes] = {
    "no JSON": b"{",
    "a list": b"[]",
    "deep": b"[" * 20_000,
    "no text": b"\xff",
    "no id": event("charge.refunded", {}, id=None),
    "an id of something else": event("charge.refunded", {}, id="re_1"),
    "an id too long": event("charge.refunded", {}, id="evt_" + "a" * 77),
    "no type": event("charge.refunded", {}, type=None),
    "no time": event("charge.refunded", {}, created=None),
    "a time that is true": event("charge.refunded", {}, created=True),
    "a time beyond all": event("charge.refunded", {}, created=10**15),
    "no data": event("charge.refunded", {}, data=None),
    "no object": event("charge.refunded", []),
    "an account that is none": event("charge.refunded", {}, account=5),
}


@pytest.mark.parametrize("story", ENVELOPES)
def test_an_envelope_of_another_form_is_refused(story: str) -> None:
    assert reason(ENVELOPES[story]) == "envelope_malformed"


@pytest.mark.parametrize("said", [True, None, 0, "false"])
def test_an_event_of_the_other_mode_is_refused(said: object) -> None:
    body = event("checkout.session.completed", session(), livemode=said)
    assert reason(body) == "livemode_wrong"


def test_a_live_shop_refuses_test_events() -> None:
    assert reason(BODY, is_live=True) == "livemode_wrong"


@pytest.mark.parametrize(
    ("kind", "subject"), [("refund.updated", refund()), ("charge.dispute.closed", dispute())]
)
def test_what_happened_on_another_account_is_refused(kind: str, subject: Any) -> None:
    assert reason(event(kind, subject, account="acct_1Another")) == "merchant_wrong"


WRONG: dict[str, tuple[str, dict[str, Any]]] = {
    "a number with a slash": ("checkout.session.completed", session(client_reference_id="a/b")),
    "a number too long": ("checkout.session.completed", session(client_reference_id="a" * 33)),
    "a status of tomorrow": ("checkout.session.completed", session(status="new")),
    "no status": ("checkout.session.completed", session(status=None)),
    "no payment status": ("checkout.session.completed", session(payment_status=7)),
    "no payment": ("checkout.session.completed", session(payment_intent=None)),
    "an amount that is true": ("checkout.session.completed", session(amount_total=True)),
    "an amount in parts": ("checkout.session.completed", session(amount_total=25.99)),
    "an amount below nothing": ("checkout.session.completed", session(amount_total=-1)),
    "an amount beyond all": ("checkout.session.completed", session(amount_total=10**15 + 1)),
    "a currency in capitals": ("checkout.session.completed", session(currency="USD")),
    "an intent's status of tomorrow": ("payment_intent.succeeded", intent(status="new")),
    "an intent without metadata": ("payment_intent.succeeded", intent(metadata=None)),
    "a saved card's payment without number": (
        "payment_intent.succeeded",
        intent(metadata={"method": "saved"}),
    ),
    "a refund's status of tomorrow": ("refund.created", refund(status="new")),
    "a refund number that is none": ("refund.created", refund(metadata={"refund_number": "a b"})),
    "a dispute without payment": ("charge.dispute.created", dispute(payment_intent=None)),
    "a dispute's reason in words": ("charge.dispute.created", dispute(reason="Not mine")),
}


@pytest.mark.parametrize("story", WRONG)
def test_content_of_another_form_is_refused(story: str) -> None:
    kind, subject = WRONG[story]
    assert reason(event(kind, subject)) == "resource_malformed"


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
kinds = st.sampled_from([kind for kind, *_ in STORIES.values()])
whole = st.sampled_from([subject for _, subject, _ in STORIES.values()])


@given(
    kind=kinds,
    subject=whole,
    changed=st.dictionaries(
        st.sampled_from(
            sorted(session()) + sorted(intent()) + sorted(refund()) + sorted(dispute())
        ),
        values,
        max_size=3,
    ),
)
def test_signed_garbage_is_read_or_refused(
    kind: str, subject: dict[str, Any], changed: dict[str, Any]
) -> None:
    body = event(kind, subject | changed)
    try:
        report = READER.read(headers=header(body, at=NOW), body=body, now=NOW).report
    except NotificationRefusedError:
        return
    json.dumps(report.to_json(), allow_nan=False)


@given(body=st.binary(max_size=200), words=st.text(max_size=200))
@example(body=b"", words="t=,v1=")
@example(body=b"{}", words=f"t={MOMENT},v1")
def test_unsigned_garbage_is_refused(body: bytes, words: str) -> None:
    with pytest.raises(NotificationRefusedError):
        READER.read(headers={"stripe-signature": words}, body=body, now=NOW)


@given(place=st.integers(0, len(BODY) - 1), bit=st.integers(0, 7))
def test_no_bit_of_an_event_can_be_changed(place: int, bit: int) -> None:
    altered = bytearray(BODY)
    altered[place] ^= 1 << bit
    assert reason(bytes(altered), header(BODY, at=NOW)) == "signature_wrong"
