"""A person who renews, and a payment provider in memory."""

from dataclasses import dataclass
from datetime import datetime

from limosa.domain.catalog.models import Plan, Supplier
from limosa.domain.esims.models import Bundle
from limosa.domain.ledger.operations.credit_wallet import credit_wallet
from limosa.domain.ordering.models import Order, StartRule
from limosa.domain.ordering.operations.make_quote import make_quote
from limosa.domain.ordering.operations.place_order import place_order
from limosa.domain.ordering.operations.poll_payment import poll_payment
from limosa.domain.ordering.operations.receive_notification import receive_notification
from limosa.domain.ordering.operations.start_payment import start_payment
from limosa.domain.payments.models import Payment
from limosa.domain.payments.requests import Payer, PaymentMethodChoice
from limosa.foundation.money import Money
from tests.books import check_books
from tests.factories import MOMENT
from tests.fakes.provider import FakeProvider, Message


@dataclass(slots=True)
class Shop:
    """A running bundle that is renewed, for 25 dollars of which 1.69 are tax."""

    provider: FakeProvider
    running: Bundle

    def place(
        self,
        plan: Plan | None = None,
        *,
        rule: StartRule = StartRule.AFTER_CURRENT,
        now: datetime = MOMENT,
        takes_new_esim: bool = False,
    ) -> Order:
        """Place an order for the same plan again, or for another one; `takes_new_esim`: not for the
        eSIM that has it."""
        quote = make_quote(
            subscriber=self.running.subscriber,
            esim=None if takes_new_esim else self.running.esim,
            plan_code=plan.code if plan else self.running.plan_id,
            start_rule=rule,
            now=now,
        )
        return place_order(quote=quote, now=now)

    def start(
        self, order: Order, provider: str = "fake", method: str = "native", now: datetime = MOMENT
    ) -> Payment:
        """Press the button of a way to pay."""
        return start_payment(
            order=order,
            choice=PaymentMethodChoice(provider=provider, method=method),
            payer=Payer(ip="127.0.0.1"),
            now=now,
        )

    def pay(self, order: Order, now: datetime = MOMENT) -> Payment:
        """Pay through the provider, and take its notification."""
        payment = self.start(order, now=now)
        self.take(self.provider.message(self.provider.pay(payment.number, at=now)), now=now)
        return self.read(payment)

    def take(self, message: Message, *, now: datetime = MOMENT) -> str:
        """Take a notification, as the page does that providers send it to."""
        return receive_notification(
            provider_code="fake", headers=message.headers, body=message.body, now=now
        )

    def ask(self, payment: Payment, *, now: datetime = MOMENT) -> str:
        """Ask the provider, as the worker does."""
        return poll_payment(payment_number=payment.number, now=now)

    def pay_from_wallet(self, order: Order, now: datetime = MOMENT) -> Payment:
        """Pay with money that was given for it."""
        credit_wallet(
            subscriber_id=order.subscriber_id,
            amount=Money(order.quote.total_minor, order.quote.currency),
            key=f"gift:{order.number}",
            now=now,
        )
        return self.start(order, "wallet", "wallet", now)

    def read(self, payment: Payment) -> Payment:
        """Return the payment as it is stored now."""
        return Payment.objects.get(pk=payment.pk)

    def pause(self, *, is_paused: bool = True) -> None:
        """Have the supplier serve nobody."""
        Supplier.objects.update(is_paused=is_paused)

    def check_books(self) -> None:
        """Assert that the books and the provider's statement tell one story."""
        check_books(statements={"fake": self.provider.statement()})
