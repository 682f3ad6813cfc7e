"""What must be true of the books whenever everything that is due has been done."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from limosa.domain.charging.queries import usage_drifts
from limosa.domain.esims.models import Bundle, BundleState
from limosa.domain.ledger.models import AccountKind
from limosa.domain.ledger.queries import TrialRow, trial_balance, wallet_drifts
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.payments.models import (
    Dispute,
    DisputeState,
    InboxMessage,
    Payment,
    PaymentState,
    RefundState,
)

BOOKED_BY_ORDERS = (
    AccountKind.DEFERRED_REVENUE,
    AccountKind.TAX_PAYABLE,
    AccountKind.REVENUE,
    AccountKind.EXCHANGE,
)
UNDONE = {RefundState.REQUESTED, RefundState.SENT, RefundState.FAILED}


def check_books(*, statements: Mapping[str, Mapping[str, int]]) -> None:
    """Assert that the journal, the providers' statements, orders and bundles tell one story.

    statements: what each provider says that it holds for us, {provider: {currency: minor}}.
    """
    rows = trial_balance()
    totals: Counter[str] = Counter()
    for row in rows:
        totals[row.currency] += row.balance_minor
    assert not any(totals.values()), f"the trial balance is off: {dict(totals)}"
    assert wallet_drifts() == []
    assert usage_drifts() == []
    assert _sums(rows, AccountKind.SUSPENSE) == {}, "money could not be placed"
    assert not InboxMessage.objects.filter(result="").exists(), "a notification was forgotten"
    _check_clearing(rows, statements)
    _check_disputes(rows)
    _check_payments(rows)
    _check_orders(rows)


def _sums(rows: list[TrialRow], kind: AccountKind) -> dict[str, int]:
    """Return the balances of a kind by account code, without those that are zero."""
    return {row.code: row.balance_minor for row in rows if row.kind == kind and row.balance_minor}


def _check_clearing(rows: list[TrialRow], statements: Mapping[str, Mapping[str, int]]) -> None:
    held = {
        f"clearing:{provider}:{currency}": amount
        for provider, by_currency in statements.items()
        for currency, amount in by_currency.items()
        if amount
    }
    assert _sums(rows, AccountKind.CLEARING) == held


def _check_disputes(rows: list[TrialRow]) -> None:
    """What providers hold back is what open disputes are about; what was lost, beyond sales."""
    held: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for dispute in Dispute.objects.all():
        if dispute.state == DisputeState.OPEN:
            held[f"disputed:{dispute.provider}:{dispute.currency}"] += dispute.amount_minor
        if dispute.state == DisputeState.LOST:
            code = f"losses:{dispute.currency}"
            lost[code] += dispute.amount_minor - dispute.undone_minor
    assert _sums(rows, AccountKind.DISPUTED) == held
    assert _sums(rows, AccountKind.LOSSES) == {code: minor for code, minor in lost.items() if minor}


def _check_payments(rows: list[TrialRow]) -> None:
    owed: Counter[str] = Counter()
    for payment in Payment.objects.prefetch_related("refunds", "disputes"):
        refunds = list(payment.refunds.all())
        promised = sum(refund.amount_minor for refund in refunds)
        promised += sum(dispute.undone_minor for dispute in payment.disputes.all())
        if payment.in_wallet:
            assert not payment.pays_order
            assert not promised, f"{payment} is in the wallet and goes back too"
            promised = payment.received_minor
        assert promised == payment.refunded_minor <= payment.received_minor, payment
        if payment.state == PaymentState.SUCCEEDED and not payment.pays_order:
            assert promised == payment.received_minor, f"{payment} pays nothing and was kept"
        code = f"refunds_payable:{payment.provider}:{payment.received_currency}"
        owed[code] -= sum(refund.amount_minor for refund in refunds if refund.state in UNDONE)
    assert _sums(rows, AccountKind.REFUNDS_PAYABLE) == {k: v for k, v in owed.items() if v}


def _check_orders(rows: list[TrialRow]) -> None:
    paying: dict[str, list[Payment]] = defaultdict(list)
    for payment in Payment.objects.filter(pays_order=True):
        paying[payment.order_number].append(payment)
    expected: Counter[str] = Counter()
    for order in Order.objects.select_related("quote"):
        quote, payments = order.quote, paying.pop(order.number, [])
        _check_order(order, payments)
        if payments and order.state != OrderState.REFUNDED:
            tax_minor = quote.tax_minor - order.undone_tax_minor
            net_minor = quote.total_minor - order.undone_minor - tax_minor
            kept_minor = payments[0].received_minor - payments[0].refunded_minor
            expected[f"deferred_revenue:{quote.currency}"] -= net_minor - order.earned_minor
            expected[f"tax_payable:{quote.currency}"] -= tax_minor
            expected[f"revenue:{quote.currency}"] -= order.earned_minor
            if payments[0].received_currency != quote.currency:
                expected[f"exchange:{payments[0].received_currency}"] -= kept_minor
                expected[f"exchange:{quote.currency}"] += quote.total_minor - order.undone_minor
    assert not paying, f"payments of no order: {paying}"
    for payment in Payment.objects.filter(in_wallet=True):
        quote = Order.objects.select_related("quote").get(number=payment.order_number).quote
        if payment.received_currency == payment.currency != quote.currency:
            worth = quote.total_minor * payment.received_minor // payment.amount_minor
            expected[f"exchange:{payment.received_currency}"] -= payment.received_minor
            expected[f"exchange:{quote.currency}"] += worth
    booked = {
        code: amount for kind in BOOKED_BY_ORDERS for code, amount in _sums(rows, kind).items()
    }
    assert booked == {code: amount for code, amount in expected.items() if amount}


def _check_order(order: Order, payments: list[Payment]) -> None:
    """Paid once, and then either one bundle or all of the money back; else nothing at all."""
    bundles = list(Bundle.objects.filter(order_number=order.number))
    assert len(payments) <= 1, order
    assert len(bundles) <= 1, order
    if not payments:
        assert not bundles, f"{order} was not paid and was delivered"
        assert order.state in {OrderState.PLACED, OrderState.CANCELLED}, order
        return
    (payment,) = payments
    if order.state == OrderState.REFUNDED:
        assert payment.refunded_minor == payment.received_minor, order
        assert all(bundle.state == BundleState.REFUNDED for bundle in bundles), order
        return
    assert order.state == OrderState.FULFILLED, order
    assert payment.refunded_minor < payment.received_minor, order
    assert [bundle.state == BundleState.REFUNDED for bundle in bundles] == [False], order
