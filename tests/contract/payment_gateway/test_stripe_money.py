"""Stripe's saved cards, refunds, disputes, and the balance that they come out in."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe

from limosa.simulators.payment_gateway.stripe.balance import charge_fee
from tests.contract.payment_gateway.merchant_side import Shop
from tests.contract.payment_gateway.stripe_side import (
    AUTHENTICATION,
    StripeMerchant,
    by_saved,
    confirm,
    events,
    new_number,
    pay,
    saved,
)

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def merchant(stripe_merchant: StripeMerchant) -> StripeMerchant:
    return stripe_merchant


def refused(error: pytest.ExceptionInfo[stripe.StripeError]) -> tuple[int | None, str | None]:
    return error.value.http_status, error.value.code


def test_a_bank_that_wants_the_payer_says_so(merchant: StripeMerchant) -> None:
    intent = by_saved(merchant, saved(merchant, AUTHENTICATION))
    with pytest.raises(stripe.CardError) as error:
        confirm(merchant, intent)
    assert refused(error) == (402, "authentication_required")
    found = merchant.sdk.payment_intents.retrieve(intent.id)
    assert found.status == "requires_payment_method"
    assert found.last_payment_error.code == "authentication_required"


def test_a_card_of_somebody_else_is_refused(merchant: StripeMerchant) -> None:
    _, method = saved(merchant)
    other = merchant.sdk.customers.create({})
    with pytest.raises(stripe.InvalidRequestError):
        by_saved(merchant, (other.id, method))


def test_a_payment_is_made_once(merchant: StripeMerchant) -> None:
    intent = by_saved(merchant, saved(merchant))
    assert confirm(merchant, intent).status == "succeeded"
    for act in (merchant.sdk.payment_intents.confirm, merchant.sdk.payment_intents.cancel):
        with pytest.raises(stripe.InvalidRequestError) as error:
            act(intent.id)
        assert error.value.code == "payment_intent_unexpected_state"


def test_confirming_at_once_is_not_played(merchant: StripeMerchant) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        merchant.sdk.payment_intents.create({"amount": 5, "currency": "usd", "confirm": True})


def test_an_order_of_a_saved_card_is_shown(merchant: StripeMerchant) -> None:
    intent = by_saved(merchant, saved(merchant))
    assert merchant.look(f"order/{intent.id}")["status"] == "requires_confirmation"


def test_the_numbers_of_cards_are_nowhere(merchant: StripeMerchant, data: Path) -> None:
    _, method = saved(merchant, AUTHENTICATION)
    kept = b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file())
    assert method.encode() in kept, "the file and its log hold the card"
    assert AUTHENTICATION.encode() not in kept


def paid(merchant: StripeMerchant, **how: object) -> Any:
    number = new_number()
    merchant.session(number)
    session = pay(merchant, number, **how)
    return merchant.sdk.payment_intents.retrieve(session["payment_intent"])


def refund(merchant: StripeMerchant, intent: Any, **more: Any) -> Any:
    return merchant.sdk.refunds.create({"payment_intent": intent.id, **more})


def test_no_more_goes_back_than_came(merchant: StripeMerchant) -> None:
    intent = paid(merchant)
    assert refund(merchant, intent, amount=500).amount == 500
    with pytest.raises(stripe.InvalidRequestError) as error:
        refund(merchant, intent, amount=2001)
    assert error.value.code == "amount_too_large"
    assert refund(merchant, intent).amount == 2000
    with pytest.raises(stripe.InvalidRequestError) as error:
        refund(merchant, intent)
    assert error.value.code == "charge_already_refunded"


def test_a_refund_that_failed_leaves_the_money_to_be_refunded(
    merchant: StripeMerchant, shop: Shop
) -> None:
    intent = paid(merchant)
    merchant.control("webhook", url=shop.url)
    merchant.control("refund-outcomes", outcome="failed")
    refund(merchant, intent)
    types = [event["type"] for event in events(shop, 4)]
    assert sorted(types) == ["charge.refunded", "refund.created", "refund.failed", "refund.updated"]
    assert refund(merchant, intent).amount == 2500


def test_a_refund_that_had_arrived_can_come_back(merchant: StripeMerchant, shop: Shop) -> None:
    intent = paid(merchant)
    merchant.control("webhook", url=shop.url)
    merchant.control("refund-outcomes", outcome="succeeded_then_failed")
    made = refund(merchant, intent)
    told = [event["type"] for event in events(shop, 6)]
    assert sorted(told) == [
        "charge.refund.updated", "charge.refunded", "refund.created", "refund.failed",
        "refund.updated", "refund.updated",
    ]  # fmt: skip
    ended = merchant.sdk.refunds.retrieve(made.id)
    assert (ended.status, ended.failure_reason) == ("failed", "expired_or_canceled_card")
    lines = {line.id: line for line in merchant.sdk.balance_transactions.list().data}
    back = lines[ended.failure_balance_transaction]
    assert (back.type, back.amount) == ("refund_failure", 2500)
    assert back.amount + lines[ended.balance_transaction].amount == 0
    assert merchant.look("statement")["currencies"]["USD"]["refunds_minor"] == 0
    assert refund(merchant, intent).amount == 2500, "it may be refunded anew"


def test_what_was_not_paid_is_not_refunded(merchant: StripeMerchant) -> None:
    intent = by_saved(merchant, saved(merchant))
    with pytest.raises(stripe.InvalidRequestError):
        refund(merchant, intent)
    with pytest.raises(stripe.InvalidRequestError):
        merchant.sdk.refunds.create({})


def test_a_list_is_cut_into_pages(merchant: StripeMerchant) -> None:
    intent = paid(merchant)
    made = [refund(merchant, intent, amount=100).id for _ in range(5)]
    listed = merchant.sdk.refunds.list({"payment_intent": intent.id, "limit": 2})
    assert [one.id for one in listed.auto_paging_iter()] == made[::-1]
    assert merchant.sdk.refunds.list({"payment_intent": "pi_other"}).data == []
    with pytest.raises(stripe.InvalidRequestError):
        merchant.sdk.refunds.list({"limit": 101})


def test_a_card_for_disputes_is_disputed_at_once(merchant: StripeMerchant) -> None:
    intent = paid(merchant, card="4000000000000259")
    (dispute,) = merchant.sdk.disputes.list({"payment_intent": intent.id}).data
    assert (dispute.status, dispute.reason, dispute.amount) == (
        "needs_response", "fraudulent", 2500,
    )  # fmt: skip
    with pytest.raises(stripe.InvalidRequestError) as error:
        refund(merchant, intent)
    assert error.value.code == "charge_disputed"


def test_an_inquiry_moves_no_money_and_lets_refund(merchant: StripeMerchant) -> None:
    intent = paid(merchant, card="4000000000001976")
    (dispute,) = merchant.sdk.disputes.list({"payment_intent": intent.id}).data
    assert dispute.status == "warning_needs_response"
    assert dispute.balance_transactions == []
    assert refund(merchant, intent).amount == 2500
    number = intent.metadata["payment_number"]
    merchant.control("dispute-outcome", number=number, outcome="won")
    assert merchant.sdk.disputes.retrieve(dispute.id).status == "warning_closed"


def test_a_dispute_is_decided_once(merchant: StripeMerchant) -> None:
    number = paid(merchant).metadata["payment_number"]
    control = f"{merchant.url}/control/stripe"
    merchant.control("dispute", number=number, reason="product_not_received")
    assert httpx.post(f"{control}/dispute", json={"number": number}).status_code == 400
    words = {"number": number, "outcome": "perhaps"}
    assert httpx.post(f"{control}/dispute-outcome", json=words).status_code == 400
    assert merchant.look("statement")["currencies"]["USD"]["disputes_minor"] == 2500
    merchant.control("dispute-outcome", number=number, outcome="won")
    assert merchant.look("statement")["currencies"]["USD"]["disputes_minor"] == 0
    words = {"number": number, "outcome": "lost"}
    assert httpx.post(f"{control}/dispute-outcome", json=words).status_code == 400


def test_the_balance_comes_out_even(merchant: StripeMerchant) -> None:
    first, second = paid(merchant), paid(merchant)
    merchant.control("refund-outcomes", outcome="succeeded")
    made = refund(merchant, first, amount=500)
    while merchant.sdk.refunds.retrieve(made.id).status == "pending":
        continue
    merchant.control("dispute", number=second.metadata["payment_number"])
    lines = list(merchant.sdk.balance_transactions.list({"limit": 2}).auto_paging_iter())
    assert {line.reporting_category for line in lines} == {"charge", "refund", "dispute"}
    fees = 2 * charge_fee(2500) + 1500
    assert sum(line.net for line in lines) == 2 * 2500 - 500 - 2500 - fees
    day = datetime.fromtimestamp(lines[0].created, UTC).date()
    file = httpx.get(f"{merchant.url}/control/stripe/settlement", params={"day": str(day)})
    assert [json.loads(line)["id"] for line in file.text.splitlines()] == [
        line.id for line in lines[::-1]
    ]


@pytest.mark.parametrize(("amount", "fee"), [(2500, 68), (33, 30), (34, 31), (100_000, 1530)])
def test_the_fee_is_rounded_half_up(amount: int, fee: int) -> None:
    assert charge_fee(amount) == fee
