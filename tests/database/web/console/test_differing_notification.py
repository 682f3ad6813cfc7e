"""The trace of an order says both amounts where a notification names another than we asked for."""

import pytest

from limosa.domain.ordering.models import Order
from limosa.domain.ordering.queries import order_trace
from limosa.domain.payments.models import InboxMessage, Payment
from limosa.domain.payments.status_reports import PaymentStatusReport, ProviderState
from limosa.web.console.trace import trace_lines
from tests.factories import MOMENT
from tests.factories.ordering import make_order
from tests.factories.payments import make_payment

pytestmark = pytest.mark.django_db


def detail_of(payment: Payment, *, amount_minor: int, currency: str) -> str:
    """Return what the trace says of a notification of this much."""
    report = PaymentStatusReport(
        payment_number=payment.number,
        state=ProviderState.SUCCEEDED,
        amount_minor=amount_minor,
        currency=currency,
        merchant="merchant-1",
    )
    InboxMessage.objects.create(
        provider=payment.provider,
        message_id="message-1",
        payment_number=payment.number,
        report=report.to_json(),
        received_at=MOMENT,
        result="differs_ask_again",
    )
    lines = trace_lines(order_trace(order=payment_order(payment)))
    return next(line.detail for line in lines if line.title == "Notification from provider")


def payment_order(payment: Payment) -> Order:
    return Order.objects.get(number=payment.order_number)


@pytest.mark.parametrize(
    ("amount_minor", "currency", "theirs"), [(17800, "CNY", "178.00"), (17862, "HKD", "178.62")]
)
def test_both_amounts_are_told(amount_minor: int, currency: str, theirs: str) -> None:
    payment = make_payment(order=make_order(), problem="differs")
    detail = detail_of(payment, amount_minor=amount_minor, currency=currency)
    assert detail.startswith("differs, to be checked again · they say ")
    said, asked = detail.partition("they say ")[2].split(", we requested ")
    assert theirs in said
    assert "178.62" in asked
    assert said != asked


def test_where_only_the_account_differs_no_amount_is_told() -> None:
    payment = make_payment(order=make_order(), problem="differs")
    detail = detail_of(payment, amount_minor=17862, currency="CNY")
    assert detail == "differs, to be checked again"
