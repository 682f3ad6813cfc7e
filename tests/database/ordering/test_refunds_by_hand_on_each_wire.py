"""Money given back on a provider's own pages, from its notification to the books, on each wire."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from limosa.domain.ledger.queries import balance_of
from limosa.domain.ordering.models import Order, OrderState, StartRule
from limosa.domain.ordering.operations.poll_payment import poll_payment
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.ordering.operations.receive_notification import receive_notification
from limosa.domain.ordering.operations.reconcile import reconcile
from limosa.domain.ordering.operations.start_payment import start_payment
from limosa.domain.payments.models import Difference, DifferenceState, Payment, Refund, RefundState
from limosa.domain.payments.registry import provider_for
from limosa.domain.payments.requests import Payer, PaymentMethodChoice
from tests.contract.providers.abilities import RefundingByHand
from tests.contract.providers.abilities_lists import REFUNDING_BY_HAND, opened
from tests.contract.providers.harness_paypal import PayPalHarness
from tests.database.ordering.shop import Shop
from tests.factories.catalog import make_rates

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]


@dataclass
class Wire:
    """A shop whose payments go over the wire of a provider's sandbox."""

    shop: Shop
    harness: RefundingByHand

    @property
    def code(self) -> str:
        return self.harness.provider.code

    def pay(self) -> Payment:
        """Pay an order, and ask the provider for it until the money is here."""
        order = self.shop.place(rule=StartRule.NOW, now=timezone.now())
        payment = start_payment(
            order=order,
            choice=PaymentMethodChoice(provider=self.code, method=self.harness.methods[0]),
            payer=Payer(ip="203.0.113.7"),
            now=timezone.now(),
        )
        self.harness.pay(payment.number)
        while self.shop.read(payment).applied_at is None:
            poll_payment(payment_number=payment.number, now=timezone.now())
        return self.shop.read(payment)

    def hear_of_refund(self) -> Refund:
        """Take notifications until one has told of a refund."""
        while not Refund.objects.exists():
            sent = self.harness.next_notification()
            receive_notification(
                provider_code=self.code, headers=sent.headers, body=sent.body, now=timezone.now()
            )
        return Refund.objects.get()

    def ask_to_its_end(self) -> Refund:
        """Have the worker ask, as it does each minute while the provider says "pending"."""
        while (refund := Refund.objects.get()).next_poll_at is not None:
            push_refunds(now=refund.next_poll_at)
        return refund


@pytest.fixture(scope="module", params=sorted(REFUNDING_BY_HAND))
def sandbox(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RefundingByHand]:
    with opened(REFUNDING_BY_HAND, request.param, tmp_path_factory.mktemp("hand")) as harness:
        yield harness


@pytest.fixture
def wire(shop: Shop, sandbox: RefundingByHand, settings: Settings) -> Wire:
    kind = type(sandbox.provider)
    settings.PAYMENT_PROVIDERS = {sandbox.provider.code: f"{kind.__module__}.{kind.__qualname__}"}
    settings.BASE_URL, settings.ROOT_URLCONF = sandbox.base_url, "limosa.config.urls"
    provider_for.cache_clear()
    make_rates(date(2020, 1, 1))
    sandbox.drain()
    return Wire(shop, sandbox)


def test_a_part_is_asked_for_and_booked(wire: Wire) -> None:
    payment = wire.pay()
    wire.harness.refund_by_hand(payment.number, amount_minor=600)
    noted = wire.hear_of_refund()
    assert (noted.state, noted.by_hand) == (RefundState.FOUND, True)
    assert wire.shop.read(payment).refunded_minor == 0
    refund = wire.ask_to_its_end()
    assert (refund.state, refund.amount_minor) == (RefundState.SUCCEEDED, 600)
    payment = wire.shop.read(payment)
    assert (payment.refunded_minor, payment.problem) == (600, "refund_by_hand")
    clearing = f"clearing:{wire.code}:{payment.received_currency}"
    assert balance_of(code=clearing) == payment.received_minor - 600
    assert Order.objects.get(number=payment.order_number).state == OrderState.FULFILLED


@pytest.mark.parametrize("sandbox", ["paypal"], indirect=True)  # No other one does so.
def test_what_paypal_itself_reverses_is_booked_and_ends_the_order(wire: Wire) -> None:
    """PAYMENT.CAPTURE.REVERSED: a bank transfer that bounced, say."""
    assert isinstance(wire.harness, PayPalHarness)
    payment = wire.pay()
    wire.harness.control("refund-by-hand", number=payment.number, reversed=True)
    assert wire.hear_of_refund().state == RefundState.FOUND
    refund = wire.ask_to_its_end()
    assert (refund.state, refund.amount_minor) == (RefundState.SUCCEEDED, payment.received_minor)
    assert Order.objects.get(number=payment.order_number).state == OrderState.REFUNDED
    assert balance_of(code=f"clearing:paypal:{payment.received_currency}") == 0


def test_one_that_nobody_told_of_is_found_in_the_settlement_and_booked(wire: Wire) -> None:
    payment = wire.pay()
    wire.harness.refund_by_hand(payment.number, amount_minor=600)
    assert payment.paid_at is not None
    zone = ZoneInfo(wire.harness.provider.settlement_zone)
    while not Refund.objects.exists():  # It is listed once the provider has made it.
        reconcile(
            provider_code=wire.code,
            day=payment.paid_at.astimezone(zone).date(),
            now=timezone.now() + timedelta(days=2),
        )
    refund = Refund.objects.get()
    assert (refund.state, refund.by_hand) == (RefundState.SUCCEEDED, True)
    payment = wire.shop.read(payment)
    assert (payment.refunded_minor, payment.problem) == (600, "refund_by_hand")
    assert not Difference.objects.filter(payment=payment, state=DifferenceState.OPEN).exists()
