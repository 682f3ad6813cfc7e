"""What must be true of the books whenever everything that is due has been done: F1 to F8."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from limosa.domain.charging.queries import usage_drifts
from limosa.domain.esims.models import OPEN_STATES, Bundle, BundleState
from limosa.domain.ledger.models import Account, AccountKind, Posting
from limosa.domain.ledger.queries import TrialRow, trial_balance, wallet_drifts
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.purchases import purchase
from limosa.domain.payments.models import (
    Dispute,
    DisputeState,
    InboxMessage,
    Payment,
    PaymentState,
    Refund,
    RefundState,
)
from limosa.foundation.money import Money
from limosa_lab.simulation.bonus_books import check_bonuses, paid_by_bonus
from limosa_lab.simulation.broken import check
from limosa_lab.simulation.top_up_books import exchanged, frozen, in_wallets

BOOKED_BY_ORDERS = (
    AccountKind.DEFERRED_REVENUE,
    AccountKind.TAX_PAYABLE,
    AccountKind.REVENUE,
    AccountKind.EXCHANGE,
)
UNDONE = {RefundState.REQUESTED, RefundState.SENT, RefundState.FAILED}


def check_books(*, statements: Mapping[str, Mapping[str, int]]) -> None:
    """Check that the journal, the providers' statements, orders and bundles agree.

    statements: what each provider says that it holds for us, {provider: {currency: minor}}.
    Raises InvariantBrokenError, an AssertionError.
    """
    rows = trial_balance()
    totals: Counter[str] = Counter()
    for row in rows:
        totals[row.currency] += row.balance_minor
    check(not any(totals.values()), "I1", f"the trial balance is off: {dict(totals)}")
    check(wallet_drifts() == [], "I2", wallet_drifts())
    check(usage_drifts() == [], "I2", usage_drifts())
    suspense = _sums(rows, AccountKind.SUSPENSE)
    check(suspense == {}, "F7", f"money could not be placed: {suspense}")
    forgotten = InboxMessage.objects.filter(result="").exists()
    check(not forgotten, "F3", "a notification was forgotten")
    _check_clearing(rows, statements)
    _check_disputes(rows)
    _check_payments(rows)
    _check_wallets(rows)
    _check_orders(rows)


def _sums(rows: list[TrialRow], kind: AccountKind) -> dict[str, int]:
    """Return the balances of a kind by account code, except those that are zero."""
    return {row.code: row.balance_minor for row in rows if row.kind == kind and row.balance_minor}


def _check_clearing(rows: list[TrialRow], statements: Mapping[str, Mapping[str, int]]) -> None:
    held = {
        f"clearing:{provider}:{currency}": amount
        for provider, by_currency in statements.items()
        for currency, amount in by_currency.items()
        if amount
    }
    booked = _sums(rows, AccountKind.CLEARING)
    check(booked == held, "F1", f"the books have {booked}, the providers {held}")


def _check_disputes(rows: list[TrialRow]) -> None:
    """Withheld money belongs to open disputes; losses are what was lost beyond sales."""
    held: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for dispute in Dispute.objects.select_related("payment"):
        if dispute.state == DisputeState.OPEN:
            held[f"disputed:{dispute.provider}:{dispute.currency}"] += dispute.amount_minor
        if dispute.state == DisputeState.LOST:
            lost[f"losses:{dispute.payment.received_currency}"] += dispute.lost_minor
    given = Refund.objects.filter(state=RefundState.SUCCEEDED, settled_minor__gt=0)
    for refund in given.select_related("payment"):  # Paid both ways.
        lost[f"losses:{refund.payment.received_currency}"] += refund.settled_minor
    booked = _sums(rows, AccountKind.DISPUTED)
    check(booked == held, "F1", f"the books have {booked} disputed, the disputes {held}")
    booked, due = _sums(rows, AccountKind.LOSSES), {k: v for k, v in lost.items() if v}
    check(booked == due, "F8", f"the books lost {booked}, the disputes {due}")


def _check_payments(rows: list[TrialRow]) -> None:
    owed: Counter[str] = Counter()
    for payment in Payment.objects.prefetch_related("refunds", "disputes"):
        refunds = list(payment.refunds.all())
        promised = sum(refund.promised_minor for refund in refunds)
        promised += sum(dispute.reversed_minor for dispute in payment.disputes.all())
        if payment.in_wallet:
            check(not payment.pays_order, "F4", f"{payment} pays and is in the wallet")
            check(not promised, "F4", f"{payment} is in the wallet and goes back too")
            promised = payment.received_minor
        check(promised == payment.refunded_minor <= payment.received_minor, "I7", payment)
        if payment.state == PaymentState.SUCCEEDED and not payment.pays_order:
            is_whole = promised == payment.received_minor
            check(is_whole, "F4", f"{payment} pays nothing and was kept")
        code = f"refunds_payable:{payment.provider}:{payment.received_currency}"
        owed[code] -= sum(refund.owed_minor for refund in refunds if refund.state in UNDONE)
        settled = sum(refund.settled_minor for refund in refunds)
        otherwise = sum(dispute.settled_minor for dispute in payment.disputes.all())
        otherwise += sum(refund.wallet_minor for refund in refunds)
        # What was refunded by hand beyond the sale has paid refunds that were owed, or is a loss.
        otherwise += sum(
            refund.amount_minor - refund.reversed_minor
            for refund in refunds
            if refund.by_hand and refund.state != RefundState.FOUND
        )
        check(settled == otherwise, "F6", f"{payment} settled {settled}, and {otherwise} was had")
    due, booked = {k: v for k, v in owed.items() if v}, _sums(rows, AccountKind.REFUNDS_PAYABLE)
    check(booked == due, "F6", f"the books owe {booked}, the refunds {due}")


def _check_wallets(rows: list[TrialRow]) -> None:
    """Each wallet holds its person's goodwill, top-ups and unapplied funds, minus what they paid
    from it."""
    booked, due_frozen = _sums(rows, AccountKind.FROZEN), frozen()
    check(booked == due_frozen, "F4", f"the books froze {booked}, the top-ups {due_frozen}")
    due = in_wallets()
    due.update(paid_by_bonus())
    check_bonuses()
    given = Posting.objects.filter(entry__kind="goodwill", account__kind=AccountKind.WALLET)
    for code, amount in given.values_list("account__code", "amount_minor"):
        due[code] -= amount
    for payment, put in _put_in_wallets():
        worth = _worth(payment, put)
        due[f"wallet:{payment.subscriber_id}:{worth.currency}"] += worth.amount_minor
    for payment in Payment.objects.filter(provider="wallet", state=PaymentState.SUCCEEDED):
        left_minor = payment.received_minor - payment.refunded_minor
        due[f"wallet:{payment.subscriber_id}:{payment.received_currency}"] -= left_minor
    wallets = Account.objects.filter(kind=AccountKind.WALLET).exclude(balance_minor=0)
    kept = dict(wallets.values_list("code", "balance_minor"))
    expected = {code: amount for code, amount in due.items() if amount}
    check(kept == expected, "F4", f"the wallets have {kept}, their people are due {expected}")


def _put_in_wallets() -> Iterator[tuple[Payment, Money]]:
    """Yield what was put into wallets: unapplied funds, and refunds that failed."""
    for payment in Payment.objects.filter(in_wallet=True):
        yield payment, Money(payment.received_minor, payment.received_currency)
    for refund in Refund.objects.filter(wallet_minor__gt=0).select_related("payment"):
        yield refund.payment, Money(refund.wallet_minor, refund.payment.received_currency)


def _worth(payment: Payment, put: Money) -> Money:
    """Return its worth in the wallet: in proportion to the amount requested, rounded down."""
    total = purchase(payment.order_number).total
    if put.currency != payment.currency:
        return put
    worth_minor = total.amount_minor * put.amount_minor // payment.amount_minor
    return Money(worth_minor, total.currency)


def _check_orders(rows: list[TrialRow]) -> None:
    paying: dict[str, list[Payment]] = defaultdict(list)
    for payment in Payment.objects.filter(pays_order=True).exclude(order_number__startswith="T-"):
        paying[payment.order_number].append(payment)
    given: dict[str, list[Bundle]] = defaultdict(list)
    for bundle in Bundle.objects.all():
        given[bundle.order_number].append(bundle)
    expected = exchanged()
    for order in Order.objects.select_related("quote"):
        quote, payments = order.quote, paying.pop(order.number, [])
        _check_order(order, payments, given[order.number])
        if (payments or _is_free(order)) and order.state != OrderState.REFUNDED:
            tax_minor = quote.tax_minor - order.reversed_tax_minor
            net_minor = quote.total_minor - order.reversed_minor - tax_minor
            expected[f"deferred_revenue:{quote.currency}"] -= net_minor - order.recognized_minor
            expected[f"tax_payable:{quote.currency}"] -= tax_minor
            expected[f"revenue:{quote.currency}"] -= order.recognized_minor
            if payments and payments[0].received_currency != quote.currency:
                kept_minor = payments[0].received_minor - payments[0].refunded_minor
                expected[f"exchange:{payments[0].received_currency}"] -= kept_minor
                expected[f"exchange:{quote.currency}"] += quote.total_minor - order.reversed_minor
    check(not paying, "I6", f"payments of no order: {paying}")
    _add_exchange_of_wallets(expected)
    _add_exchange_of_disputes(expected)
    booked = {
        code: amount for kind in BOOKED_BY_ORDERS for code, amount in _sums(rows, kind).items()
    }
    due = {code: amount for code, amount in expected.items() if amount}
    check(booked == due, "F8", f"the books have {booked}, the orders {due}")


def _add_exchange_of_disputes(expected: Counter[str]) -> None:
    """Add what was lost in a currency other than that of the payment."""
    foreign = Dispute.objects.filter(state=DisputeState.LOST, stands_for_minor__isnull=False)
    for dispute in foreign.select_related("payment"):
        expected[f"exchange:{dispute.currency}"] += dispute.taken_minor
        expected[f"exchange:{dispute.payment.received_currency}"] -= dispute.disputed_minor


def _add_exchange_of_wallets(expected: Counter[str]) -> None:
    for payment, put in _put_in_wallets():
        worth = _worth(payment, put)
        if worth.currency != put.currency:
            expected[f"exchange:{put.currency}"] -= put.amount_minor
            expected[f"exchange:{worth.currency}"] += worth.amount_minor


def _is_free(order: Order) -> bool:
    """Return whether an order was paid by what is left of another plan alone."""
    return order.paid_at is not None and not order.quote.total_minor


def _check_order(order: Order, payments: list[Payment], bundles: list[Bundle]) -> None:
    """An order is paid once, with either one bundle or all of the money back; otherwise nothing."""
    check(len(payments) <= 1, "I4", order)
    check(len(bundles) <= 1, "I5", order)
    if not payments and _is_free(order):
        return
    if not payments:
        check(not bundles, "I6", f"{order} was not paid and was delivered")
        check(order.state in {OrderState.PLACED, OrderState.CANCELLED}, "F2", order)
        return
    (payment,) = payments
    if order.state == OrderState.REFUNDED:
        check(payment.refunded_minor == payment.received_minor, "F2", order)
        is_back = all(bundle.state not in OPEN_STATES for bundle in bundles)
        check(is_back, "F2", f"{order} was paid back and keeps its bundle")
        return
    check(order.state == OrderState.FULFILLED, "F2", f"{order} is {order.state}")
    is_kept = payment.refunded_minor < payment.received_minor
    check(is_kept, "F2", f"{order} was kept and paid back")
    given = [bundle.state == BundleState.REFUNDED for bundle in bundles]
    check(given == [False], "F2", f"{order} was paid and has {len(bundles)} bundles")
