"""Every fault of docs/reference/notification-faults.md ends as that page says, and books agree."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from limosa.domain.ordering.models import Order, StartRule
from limosa.domain.ordering.operations.apply_notification import apply_notification
from limosa.domain.ordering.operations.apply_payment_status import Applied
from limosa.domain.ordering.operations.cancel_order import cancel_order
from limosa.domain.ordering.operations.make_quote import make_quote
from limosa.domain.ordering.operations.place_order import place_order
from limosa.domain.ordering.operations.poll_payment import poll_payment
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.ordering.operations.receive_notification import receive_notification
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.ordering.operations.start_payment import start_payment
from limosa.domain.payments.handles import refund_handle
from limosa.domain.payments.models import InboxMessage, Payment, Refund, RefundState
from limosa.domain.payments.registry import provider_for
from limosa.domain.payments.requests import Payer, PaymentMethodChoice
from limosa.domain.payments.sender_throttle import SenderThrottle
from limosa.domain.payments.status_reports import (
    DisputeOutcome,
    NotificationRefusedError,
    PaymentStatusReport,
    ProviderState,
    RefundOutcome,
    RefundStatusReport,
)
from limosa.foundation.money import Money
from tests.books import check_books
from tests.contract.providers.signer import PlatformSigner, envelope, seal, transaction
from tests.factories import MOMENT
from tests.factories.catalog import make_plan, make_rates
from tests.factories.esims import make_bundle
from tests.factories.ordering import make_order, make_tax_rate
from tests.factories.payments import make_payment
from tests.fakes.provider import FakeProvider, Message
from tests.provider_settings import given_to

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).parents[3] / "docs" / "reference" / "notification-faults.md"
SOON = MOMENT + timedelta(seconds=40)
QUOTE_END = MOMENT + timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the page."""

    case: str
    results: list[str]
    order_state: str
    money: str


def _rows() -> dict[str, Row]:
    rows = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 5 and cells[0].startswith("`"):
            case, _, results, order_state, money = cells
            row = Row(case.strip("`"), re.findall("`(.*?)`", results), order_state[1:-1], money)
            assert row.case not in rows
            rows[row.case] = row
    return rows


@dataclass(slots=True)
class Story:
    """An order that is being paid through the fake provider; `results`: what we made of news."""

    provider: FakeProvider
    order: Order
    payment: Payment
    results: list[str] = field(default_factory=list)

    def pay(self, at: datetime = SOON, amount: Money | None = None) -> PaymentStatusReport:
        return self.provider.pay(self.payment.number, at=at, amount=amount)

    def hear(self, message: Message, now: datetime = SOON) -> None:
        result = receive_notification(
            provider_code="fake", headers=message.headers, body=message.body, now=now
        )
        self.results.append(str(result))

    def hear_of(self, report: PaymentStatusReport, now: datetime = SOON) -> None:
        self.hear(self.provider.message(report), now)

    def ask(self, now: datetime = SOON) -> None:
        result = poll_payment(payment_number=self.payment.number, now=now)
        self.results.append(f"ask: {result}")


def _start(order: Order, method: str, now: datetime = MOMENT) -> Payment:
    return start_payment(
        order=order,
        choice=PaymentMethodChoice(provider="fake", method=method),
        payer=Payer(ip="127.0.0.1"),
        now=now,
    )


@pytest.fixture
def story(settings: Settings) -> Iterator[Story]:
    """A renewal of 25 dollars that waits for its payment in yuan."""
    settings.PAYMENT_PROVIDERS = {"fake": f"{FakeProvider.__module__}.{FakeProvider.__qualname__}"}
    provider_for.cache_clear()
    provider = provider_for("fake")
    assert isinstance(provider, FakeProvider)
    make_rates()
    make_tax_rate()
    running = make_bundle(plan=make_plan())
    quote = make_quote(
        subscriber=running.subscriber,
        esim=running.esim,
        plan_code=running.plan_id,
        start_rule=StartRule.AFTER_CURRENT,
        now=MOMENT,
    )
    order = place_order(quote=quote, now=MOMENT)
    yield Story(provider, order, _start(order, "native"))
    provider_for.cache_clear()


def twice(story: Story) -> None:
    message = story.provider.message(story.pay())
    story.hear(message)
    story.hear(message)
    assert InboxMessage.objects.count() == 1


def twice_new_id(story: Story) -> None:
    report = story.pay()
    story.hear_of(report)
    story.hear_of(report)
    assert InboxMessage.objects.count() == 2


def late_cancelled(story: Story) -> None:
    assert cancel_order(order_number=story.order.number, now=SOON)
    story.hear_of(story.pay(SOON + timedelta(seconds=5)), SOON + timedelta(seconds=6))


def late_in_time(story: Story) -> None:
    story.hear_of(story.pay(QUOTE_END - timedelta(seconds=1)), QUOTE_END + timedelta(hours=2))


def before_page(story: Story) -> None:
    story.hear_of(story.pay())
    story.ask()


def after_page(story: Story) -> None:
    report = story.pay()
    story.ask()
    story.hear_of(report)


def lost(story: Story) -> None:
    story.pay()
    story.ask()


def grace(story: Story) -> None:
    end = QUOTE_END + timedelta(seconds=60)
    story.hear_of(story.pay(end), end)


def paid_late(story: Story) -> None:
    late = QUOTE_END + timedelta(seconds=61)
    story.hear_of(story.pay(late), late)


def wrong_amount(story: Story) -> None:
    story.hear_of(replace(story.pay(), amount_minor=1))
    story.ask()


def wrong_currency(story: Story) -> None:
    story.hear_of(replace(story.pay(), currency="JPY"))
    story.ask()


def wrong_merchant(story: Story) -> None:
    story.hear_of(replace(story.pay(), merchant="merchant-2"))
    story.ask()


def wrong_and_unpaid(story: Story) -> None:
    said = PaymentStatusReport(
        payment_number=story.payment.number,
        state=ProviderState.SUCCEEDED,
        amount_minor=1,
        currency="CNY",
        merchant=story.provider.merchant,
        paid_at=SOON,
    )
    story.hear_of(said)
    story.ask()


def other_amount_taken(story: Story) -> None:
    story.hear_of(story.pay(amount=Money(1, "CNY")))
    story.ask()


def other_currency_taken(story: Story) -> None:
    story.hear_of(story.pay(amount=Money(story.payment.amount_minor, "JPY")))
    story.ask()


def unknown_order(story: Story) -> None:
    said = PaymentStatusReport(
        payment_number="LM0000000000000000000000",
        state=ProviderState.SUCCEEDED,
        amount_minor=story.payment.amount_minor,
        currency="CNY",
        merchant=story.provider.merchant,
        paid_at=SOON,
    )
    story.hear_of(said)
    assert InboxMessage.objects.get().result == Applied.UNKNOWN


def paid_twice(story: Story) -> None:
    second = _start(story.order, "h5")
    story.hear_of(story.pay())
    story.hear_of(story.provider.pay(second.number, at=SOON))


def _pay_and_pay_back(story: Story) -> PaymentStatusReport:
    report = story.pay()
    story.hear_of(report)
    story.provider.refunds_wait = True
    refund = refund_order(order_number=story.order.number, reason="asked", now=SOON)
    push_refunds(now=SOON)
    check_books(statements={"fake": story.provider.statement()})
    message = story.provider.message(story.provider.end_refund(refund.number))
    story.hear(message)
    return report


def refund_twice(story: Story) -> None:
    _pay_and_pay_back(story)
    refund = Refund.objects.get()
    story.hear(story.provider.message(story.provider.query_refund(refund_handle(refund))))


def paid_after_refund(story: Story) -> None:
    story.hear_of(_pay_and_pay_back(story))


def refund_comes_back(story: Story) -> None:
    _pay_and_pay_back(story)
    refund = Refund.objects.get()
    arrived = story.provider.query_refund(refund_handle(refund))
    failed = story.provider.end_refund(refund.number, RefundOutcome.FAILED)
    story.hear(story.provider.message(failed))
    push_refunds(now=SOON)  # The provider is asked.
    for stale in (failed, arrived):
        story.hear(story.provider.message(stale))


def refund_after_dispute(story: Story) -> None:
    story.hear_of(story.pay())
    refund = refund_order(order_number=story.order.number, reason="asked", now=SOON)
    number = story.payment.number
    story.hear(story.provider.message(story.provider.dispute(number, DisputeOutcome.LOST)))
    untrue = RefundStatusReport(
        refund_number=refund.number, payment_number=number, outcome=RefundOutcome.SUCCEEDED
    )
    story.hear(story.provider.message(untrue))


CASES: dict[str, Callable[[Story], None]] = {
    case.__name__: case
    for case in (
        twice,
        twice_new_id,
        late_cancelled,
        late_in_time,
        before_page,
        after_page,
        lost,
        grace,
        paid_late,
        wrong_amount,
        wrong_currency,
        wrong_merchant,
        wrong_and_unpaid,
        other_amount_taken,
        other_currency_taken,
        unknown_order,
        paid_twice,
        refund_twice,
        paid_after_refund,
        refund_comes_back,
        refund_after_dispute,
    )
}


def _money(order: Order) -> str:
    """Return what became of the money of an order, in the page's words."""
    words = {
        payment.method: "returned" if payment.refunded_minor else "kept"
        for payment in Payment.objects.filter(order_number=order.number, received_minor__gt=0)
    }
    if Refund.objects.filter(state=RefundState.FAILED).exists():
        return "owed"
    if len(words) == 2:
        return f"first {words['native']}, second {words['h5']}"
    return next(iter(words.values()), "none")


@pytest.mark.parametrize("name", CASES)
def test_the_case_ends_as_the_page_says(story: Story, name: str) -> None:
    CASES[name](story)
    push_refunds(now=MOMENT + timedelta(days=2))
    check_books(statements={"fake": story.provider.statement()})
    order = Order.objects.get(pk=story.order.pk)
    row = _rows()[name]
    assert Row(name, story.results, order.state, _money(order)) == row


@dataclass(frozen=True, slots=True)
class Forgery:
    """How a notification of WeChat Pay goes wrong."""

    signer: PlatformSigner | None = None
    signed_after: timedelta = timedelta()
    is_altered: bool = False


FORGERIES = {
    "signature": Forgery(signer=PlatformSigner()),
    "body": Forgery(is_altered=True),
    "stale": Forgery(signed_after=timedelta(seconds=-301)),
    "future": Forgery(signed_after=timedelta(seconds=301)),
}


@pytest.fixture
def platform(settings: Settings, tmp_path: Path) -> Iterator[PlatformSigner]:
    """WeChat Pay's side of the signatures, for the real provider; nobody can be called."""
    signer = PlatformSigner()
    settings.PROVIDER_SETTINGS = given_to(
        "wechatpay", signer.settings(tmp_path, gateway_url="https://gateway.invalid")
    )
    settings.PAYMENT_PROVIDERS = {
        "wechatpay": "limosa.domain.payments.providers.wechatpay.provider.WeChatPayProvider"
    }
    provider_for.cache_clear()
    yield signer
    provider_for.cache_clear()


def _send(admission: SenderThrottle, body: bytes, headers: dict[str, str]) -> str:
    """Tell it as the web server's desk does; return what became of it."""
    try:
        notification = admission.admit("wechatpay", headers=headers, body=body, now=SOON)
    except NotificationRefusedError as refused:
        return f"refused: {refused.reason}"
    return apply_notification(provider_code="wechatpay", notification=notification, now=SOON)


@pytest.mark.parametrize("name", FORGERIES)
def test_the_forgery_ends_as_the_page_says(platform: PlatformSigner, name: str) -> None:
    admission = SenderThrottle()
    forgery, order = FORGERIES[name], make_order()
    payment = make_payment(order=order)
    said = transaction(
        out_trade_no=payment.number,
        amount={"total": payment.amount_minor, "currency": "CNY"},
        success_time=SOON.isoformat(),
    )
    body = envelope("TRANSACTION.SUCCESS", seal(said))
    headers = (forgery.signer or platform).headers(body, at=SOON + forgery.signed_after)
    altered = body.replace(b"EV-", b"EW-") if forgery.is_altered else body
    results = [_send(admission, altered, headers)]
    assert not InboxMessage.objects.exists()
    check_books(statements={})
    results.append(_send(admission, body, platform.headers(body, at=SOON)))
    check_books(statements={"wechatpay": {"CNY": payment.amount_minor}})
    order.refresh_from_db()
    assert Row(name, results, order.state, _money(order)) == _rows()[name]


def test_the_page_and_the_tests_have_the_same_cases() -> None:
    assert sorted(_rows()) == sorted([*CASES, *FORGERIES])


def test_the_checker_sees_books_that_are_not_even(story: Story) -> None:
    story.hear_of(story.pay())
    held = story.provider.statement()
    check_books(statements={"fake": held})
    with pytest.raises(AssertionError):
        check_books(statements={"fake": {"CNY": held["CNY"] + 1}})
    Order.objects.update(recognized_minor=1)
    with pytest.raises(AssertionError):
        check_books(statements={"fake": held})
