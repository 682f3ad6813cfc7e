"""Stripe's calls as its SDK and its documentation have them: keys, sessions, events."""

import json
import threading
from typing import Any

import httpx
import pytest
import stripe

from limosa.simulators.payment_gateway.stripe.events import RETRY_SECONDS
from tests.contract.payment_gateway.merchant_side import Shop
from tests.contract.payment_gateway.stripe_side import (
    Hands,
    StripeMerchant,
    by_saved,
    confirm,
    events,
    pay,
    saved,
    session_params,
)

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def merchant(stripe_merchant: StripeMerchant) -> StripeMerchant:
    return stripe_merchant


def refused(error: pytest.ExceptionInfo[stripe.StripeError]) -> tuple[int | None, str | None]:
    return error.value.http_status, error.value.code


def test_a_wrong_key_is_let_nowhere(merchant: StripeMerchant) -> None:
    for headers in ({"Authorization": "Bearer sk_test_wrong"}, {}, {"Authorization": "Basic %%%"}):
        reply = httpx.get(f"{merchant.url}/v1/refunds", headers=headers)
        assert reply.status_code == 401
        assert merchant.secret_key not in reply.text


def test_the_key_may_come_as_a_user_name(merchant: StripeMerchant) -> None:
    reply = httpx.get(f"{merchant.url}/v1/refunds", auth=(merchant.secret_key, ""))
    assert reply.json()["data"] == []


def test_the_same_key_with_the_same_words_is_replayed(merchant: StripeMerchant) -> None:
    options = {"idempotency_key": "K1"}
    first, again = (merchant.sdk.customers.create({}, options) for _ in range(2))
    assert first.id == again.id
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert merchant.sdk.customers.create({}, {"idempotency_key": "K2"}).id != first.id


def test_the_same_key_with_other_words_is_an_error(merchant: StripeMerchant) -> None:
    options = {"idempotency_key": "K1"}
    merchant.sdk.customers.create({}, options)
    with pytest.raises(stripe.IdempotencyError):
        merchant.sdk.customers.create({"name": "Lin"}, options)
    with pytest.raises(stripe.IdempotencyError):
        merchant.sdk.checkout.sessions.create(session_params("P1"), options)


def test_a_key_is_forgotten_after_a_day(merchant: StripeMerchant, clock: Hands) -> None:
    options = {"idempotency_key": "K1"}
    first = merchant.sdk.customers.create({}, options)
    clock.ahead = 24 * 3600 + 1
    assert merchant.sdk.customers.create({}, options).id != first.id


def test_a_refusal_of_form_is_not_kept_under_the_key(merchant: StripeMerchant) -> None:
    options = {"idempotency_key": "K1"}
    with pytest.raises(stripe.InvalidRequestError):
        merchant.sdk.checkout.sessions.create(session_params("P1", mode="setup"), options)
    assert merchant.sdk.checkout.sessions.create(session_params("P1"), options).id


def test_a_decline_is_kept_under_the_key(merchant: StripeMerchant) -> None:
    intent = by_saved(merchant, saved(merchant, "4000000000000341"))
    for _ in range(2):
        with pytest.raises(stripe.CardError) as declined:
            confirm(merchant, intent)
        assert refused(declined) == (402, "card_declined")


def test_the_same_key_at_the_same_time_is_a_conflict(merchant: StripeMerchant) -> None:
    held, release = threading.Event(), threading.Event()
    store = merchant.server.gateway.store

    def hold() -> None:
        with store.transaction():
            held.set()
            release.wait(10)

    statuses: list[int] = []

    def call() -> None:
        reply = merchant.post("/v1/customers", "", **{"Idempotency-Key": "K1"})
        statuses.append(reply.status_code)
        release.set()

    threads = [threading.Thread(target=hold), *(threading.Thread(target=call) for _ in range(2))]
    threads[0].start()
    held.wait(10)
    for thread in threads[1:]:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 409]


def test_a_key_has_a_longest_length(merchant: StripeMerchant) -> None:
    reply = merchant.post("/v1/customers", "", **{"Idempotency-Key": "k" * 256})
    assert reply.json()["error"]["type"] == "idempotency_error"


@pytest.mark.parametrize("body", ["a[b=1", "[a]=1", "a=1&a[b]=2", "a" + "[b]" * 9 + "=1"])
def test_a_form_that_is_none_is_refused(merchant: StripeMerchant, body: str) -> None:
    assert merchant.post("/v1/customers", body).status_code == 400


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"mode": "subscription"}, "parameter_unknown"),
        ({"success_url": ""}, "parameter_missing"),
        ({"line_items": []}, "parameter_missing"),
        ({"customer": "cus_unknown"}, "resource_missing"),
        ({"expires_at": 1}, "parameter_invalid_integer"),
    ],
)
def test_a_session_of_another_form_is_refused(
    merchant: StripeMerchant, changed: dict[str, Any], code: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as error:
        merchant.session(**changed)
    assert error.value.code == code


@pytest.mark.parametrize(
    ("price", "code"),
    [
        ({"unit_amount": 49}, "amount_too_small"),
        ({"unit_amount": "-1"}, "parameter_invalid_integer"),
        ({"currency": "USD"}, "parameter_invalid_string"),
    ],
)
def test_a_price_of_another_form_is_refused(
    merchant: StripeMerchant, price: dict[str, Any], code: str
) -> None:
    params = session_params("P1")
    params["line_items"][0]["price_data"].update(price)
    with pytest.raises(stripe.InvalidRequestError) as error:
        merchant.sdk.checkout.sessions.create(params)
    assert error.value.code == code


def test_time_alone_expires_a_session(merchant: StripeMerchant, clock: Hands, shop: Shop) -> None:
    merchant.control("webhook", url=shop.url)
    session = merchant.session()
    clock.ahead = 24 * 3600 + 1
    merchant.session()
    (told,) = events(shop, 1)
    assert told["type"] == "checkout.session.expired"
    assert told["data"]["object"]["id"] == session.id
    assert merchant.sdk.checkout.sessions.retrieve(session.id).status == "expired"


def test_an_expired_or_paid_session_is_not_expired_again(merchant: StripeMerchant) -> None:
    for end in (merchant.sdk.checkout.sessions.expire, lambda id_: pay(merchant, id_)):
        session = merchant.session()
        end(session.id)
        with pytest.raises(stripe.InvalidRequestError):
            merchant.sdk.checkout.sessions.expire(session.id)


def test_a_payment_is_told_by_its_session_intent_and_charge(
    merchant: StripeMerchant, shop: Shop
) -> None:
    merchant.control("webhook", url=shop.url)
    session = merchant.session("P1")
    pay(merchant, "P1")
    arrived = shop.wait_for(3)
    said = [json.loads(body) for _, body in arrived]
    assert {event["type"] for event in said} == {
        "checkout.session.completed",
        "payment_intent.succeeded",
        "charge.succeeded",
    }
    for headers, body in arrived:
        signed = headers.get("stripe-signature") or headers["Stripe-Signature"]
        stripe.Webhook.construct_event(body, signed, merchant.webhook_secret)
    assert {event["data"]["object"]["object"] for event in said} == {
        "checkout.session",
        "payment_intent",
        "charge",
    }
    found = merchant.sdk.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge.balance_transaction"]}
    )
    line = found.payment_intent.latest_charge.balance_transaction
    assert (line.amount, line.fee, line.net) == (2500, 68, 2432)


def test_nothing_is_told_without_a_webhook(merchant: StripeMerchant) -> None:
    merchant.session("P1")
    pay(merchant, "P1")
    assert merchant.look("notifications") == {"notifications": []}


def test_events_come_again_for_three_days_at_growing_distances() -> None:
    assert 2.5 * 86_400 < sum(RETRY_SECONDS) <= 3 * 86_400
    assert list(RETRY_SECONDS) == sorted(RETRY_SECONDS)
