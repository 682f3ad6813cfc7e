"""A person with an eSIM that can be renewed, and a payment channel that answers as it is told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.test import Client

from limosa.domain.accounts.models import PaymentPin, Subscriber
from limosa.domain.accounts.pin_hash import hash_pin
from limosa.domain.catalog.models import Plan
from limosa.domain.esims.models import Bundle, Esim
from limosa.domain.ledger.operations.credit_wallet import credit_wallet
from limosa.domain.payments.requests import PaymentHandle, PaymentRequest, RefundRequest, Started
from limosa.domain.payments.status_reports import (
    PaymentStatusReport,
    ProviderState,
    RefundOutcome,
    RefundStatusReport,
)
from limosa.foundation.errors import ProviderError
from limosa.foundation.money import Money
from limosa.foundation.volume import GB
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.catalog import make_carrier, make_plan, make_rates
from tests.factories.esims import make_bundle, make_esim
from tests.factories.ordering import make_tax_rate
from tests.fakes.provider import FakeProvider


class ChannelInHand(FakeProvider):
    """A payment channel for CNY that does what the test says."""

    code = "wechatpay"
    merchant = "1900000001"
    is_silent: ClassVar[bool] = False
    is_paid: ClassVar[bool] = False
    requests: ClassVar[list[PaymentRequest]] = []

    def create(self, request: PaymentRequest) -> Started:
        """Return what a phone opens or scans."""
        if self.is_silent:
            raise ProviderError("no answer", retryable=True)
        self.requests.append(request)
        if request.method == "native":
            return Started(f"weixin://wxpay/bizpayurl?pr={request.number}")
        return Started(f"https://pay.example/h5/{request.number}")

    def query(self, payment: PaymentHandle) -> PaymentStatusReport:
        """Return paid or pending."""
        payment_number = payment.number
        if not self.is_paid:
            return PaymentStatusReport(payment_number=payment_number, state=ProviderState.PENDING)
        amount = next(one.amount for one in self.requests if one.number == payment_number)
        return PaymentStatusReport(
            payment_number=payment_number,
            state=ProviderState.SUCCEEDED,
            transaction_id="4200001",
            amount_minor=amount.amount_minor,
            currency=amount.currency,
            merchant=self.merchant,
            paid_at=MOMENT,
        )

    def close(self, payment: PaymentHandle) -> None:
        """Nothing to close."""

    def refund(self, request: RefundRequest) -> RefundStatusReport:
        """Refund at once."""
        return RefundStatusReport(
            refund_number=request.number,
            payment_number=request.payment.number,
            outcome=RefundOutcome.SUCCEEDED,
            amount_minor=request.amount.amount_minor,
            currency=request.amount.currency,
        )


PIN = "604173"


@dataclass
class Shop:
    """What a test needs at hand."""

    person: Subscriber
    esim: Esim
    bundle: Bundle
    plan: Plan
    client: Client

    @property
    def renew_path(self) -> str:
        return f"/esims/{self.esim.public_id}/renew/"

    def fill_wallet(self, amount_minor: int) -> None:
        credit_wallet(
            subscriber_id=self.person.pk, amount=Money(amount_minor, "USD"), key="gift", now=MOMENT
        )


def set_pin(shop: Shop) -> None:
    """Give the person the payment PIN, without the message that a new one brings."""
    person_id = shop.person.pk
    stored = hash_pin(subscriber_id=person_id, pin=PIN)
    PaymentPin.objects.get_or_create(
        subscriber_id=person_id, defaults={"stored_hash": stored, "set_at": MOMENT}
    )


def pay_from_wallet(shop: Shop, path: str = "", **chosen: str) -> Any:
    """Press "Pay" with the wallet chosen and give the PIN; return the answer to it."""
    set_pin(shop)
    path = path or shop.renew_path
    fields = press_pay(shop, path, **{"method": "wallet", **chosen})
    asked = shop.client.post(path, fields)
    answer = shop.client.post(asked["Location"], {"pin": PIN})
    assert answer.status_code == 302, "the PIN was not taken"
    return answer


def make_shop() -> Shop:
    """Lin: 3.6 of 20 GB left on T-Mobile until Nov 24, 23:59; home is Shanghai."""
    person = make_subscriber(
        email="lin@example.com", password="tidal-godwit-7", time_zone="Asia/Shanghai"
    )
    make_tax_rate()
    make_rates()
    carrier = make_carrier("t-mobile", name="T-Mobile")
    plan = make_plan(
        code="month-20",
        name={"en": "1 month · 20 GB", "zh-hans": "1 个月 · 20 GB"},
        carrier=carrier,
    )
    make_plan(code="month-5", name={"en": "1 month · 5 GB"}, prices={"USD": 900}, carrier=carrier)
    make_plan(
        code="more-5", name={"en": "5 GB more"}, kind="top_up", prices={"USD": 700}, carrier=carrier
    )
    esim = make_esim(subscriber=person, label="Phone", carrier=carrier, usage_seen_at=MOMENT)
    bundle = make_bundle(
        esim=esim,
        plan=plan,
        used_bytes=16 * GB + 400_000_000,
        starts_at=MOMENT - timedelta(days=28),
        ends_at=datetime.fromisoformat("2026-11-25T00:00:00-08:00"),
    )
    client = Client()
    client.force_login(person)
    return Shop(person, esim, bundle, plan, client)


def press_pay(shop: Shop, path: str, **chosen: str) -> dict[str, str]:
    """Return the fields of the form at a path, whose sums have followed what is chosen."""
    page = shop.client.get(path, chosen)
    selection = page.context["selection"]
    return {
        "shown": page.context["shown"],
        "plan": selection.choice.plan.code,
        "start": selection.start.value,
        "method": selection.option.key,
        **chosen,
    }
