"""A wallet top-up in the console: found, seen with its trace, refunded within one's limit."""

import pytest
from django.test import Client
from django.urls import reverse

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.ledger.queries import wallet_in
from limosa.domain.ordering.engine.bookings import FundsSource, into_wallet
from limosa.domain.payments.models import Payment, Refund
from limosa.domain.support.models import AuditEntry
from limosa.domain.wallets.models import TopUpState, WalletTopUp
from limosa.foundation.money import Money
from tests.factories import MOMENT
from tests.factories.accounts import make_operator, sign_in_staff
from tests.factories.payments import make_payment
from tests.factories.wallets import make_top_up

pytestmark = pytest.mark.django_db


def paid(amount_minor: int = 5000) -> WalletTopUp:
    top_up = make_top_up(state="paid", amount_minor=amount_minor)
    payment = make_payment(
        order_number=top_up.number,
        subscriber=top_up.subscriber,
        provider="stripe",
        state="succeeded",
        amount_minor=amount_minor,
        currency="USD",
    )
    source = FundsSource(
        provider="stripe", subscriber_id=top_up.subscriber_id, received=top_up.total
    )
    post_entry(
        key=f"payment:{payment.number}",
        kind="top_up",
        order_number=top_up.number,
        legs=into_wallet(source, worth=top_up.total),
        now=MOMENT,
    )
    return top_up


@pytest.fixture
def operator(client: Client) -> Subscriber:
    person = make_operator(email="operator@example.com")
    sign_in_staff(client, person)
    return person


def text_at(client: Client, address: str) -> str:
    return client.get(address, follow=True).content.decode()


@pytest.mark.usefixtures("operator")
def test_a_top_up_is_found_and_seen_with_what_was_booked(client: Client) -> None:
    top_up = paid()
    payment = Payment.objects.get()
    for address in (
        reverse("console:top_up", args=[top_up.number]),
        reverse("console:order", args=[top_up.number]),
        reverse("console:payment", args=[payment.number]),
        f"{reverse('console:find')}?q={top_up.number}",
    ):
        page = text_at(client, address)
        assert "Wallet top-up" in page, address
        assert "clearing:stripe:USD" in page
    person = text_at(client, reverse("console:person", args=[top_up.subscriber_id]))
    assert "Added to the wallet" in person
    assert reverse("console:top_up", args=[top_up.number]) in person


def test_what_is_in_the_wallet_is_refunded_once(client: Client, operator: Subscriber) -> None:
    top_up = paid()
    address = reverse("console:refund_top_up", args=[top_up.number])
    assert "$50.00" in text_at(client, address)
    for _ in range(2):
        client.post(address, {"detail": "Wanted it back.", "shown": "5000"})
    top_up.refresh_from_db()
    assert (top_up.state, Refund.objects.count()) == (TopUpState.REFUNDED, 1)
    assert wallet_in(subscriber_id=top_up.subscriber_id, currency="USD") == Money(0, "USD")
    page = text_at(client, reverse("console:top_up", args=[top_up.number]))
    assert "Wanted it back." in page
    assert "Wallet top-up closed" in page
    entry = AuditEntry.objects.get()
    assert (entry.subject, entry.detail, entry.actor) == (
        top_up.number,
        "Wanted it back.",
        operator,
    )


@pytest.mark.usefixtures("operator")
@pytest.mark.parametrize(
    "sent",
    [{"detail": "", "shown": "5000"}, {"detail": "x", "shown": "4999"}, {"detail": "x"}],
)
def test_nothing_is_refunded_but_what_was_shown_for_a_reason(
    client: Client, sent: dict[str, str]
) -> None:
    top_up = paid()
    client.post(reverse("console:refund_top_up", args=[top_up.number]), sent)
    assert not Refund.objects.exists()


@pytest.mark.usefixtures("operator")
def test_above_the_limit_nobody_refunds_alone(client: Client) -> None:
    top_up = paid(5001)
    address = reverse("console:refund_top_up", args=[top_up.number])
    answer = client.post(address, {"detail": "x", "shown": "5001"}, follow=True)
    assert "more than you may refund alone" in answer.content.decode()
    assert not Refund.objects.exists()
    assert wallet_in(subscriber_id=top_up.subscriber_id, currency="USD") == Money(5001, "USD")
