"""How much of a payment can be reversed: of what it bought, what is left."""

from limosa.domain.ledger.wallets import lock_wallet
from limosa.domain.ordering.engine.reversal import part_worth
from limosa.domain.ordering.funds import top_up_of
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.plan_changes import moves_of
from limosa.domain.ordering.purchases import Purchase
from limosa.domain.payments.models import Payment
from limosa.domain.wallets.engine.bonuses import refundable
from limosa.domain.wallets.models import TopUpState, WalletTopUp
from limosa.domain.wallets.queries import bonus_of, grant_of

_SOLD = {OrderState.PAID, OrderState.FULFILLED}


def reversible_minor(*, bought: Purchase, payment: Payment, kept_minor: int | None = None) -> int:
    """Return what of the payment that pays an order or a top-up can be reversed, in its currency.

    Of an order, all that is left, without what counts towards another plan. Of a top-up, as much
    as is left of it in the wallet, which stays locked, less what was spent of its bonus; or of
    `kept_minor`, in the wallet's currency, if that was kept for this.
    The caller holds the payment and what it pays. Locks: the wallet.
    """
    if not payment.pays_order:
        return 0
    if not isinstance(bought, WalletTopUp):
        left_minor = payment.received_minor - payment.refunded_minor - _moved(bought, payment)
        return max(left_minor, 0) if bought.state in _SOLD else 0
    if bought.state != TopUpState.PAID:
        return 0
    if kept_minor is None:
        held = lock_wallet(subscriber_id=bought.subscriber_id, currency=bought.currency)
        return part_worth(
            top_up_of(bought, payment), worth_minor=_refundable(bought, held.amount_minor)
        )
    left_minor = bought.amount_minor - bought.reversed_minor
    return part_worth(top_up_of(bought, payment), worth_minor=min(kept_minor, left_minor))


def _moved(order: Order, payment: Payment) -> int:
    """Return how much of the payment is in another plan now, rounded up: what had counted towards
    the order itself goes there first."""
    moves = moves_of(order)
    moved_minor = max(moves.went.total_minor - moves.came.total_minor, 0)
    return -(-payment.received_minor * moved_minor // order.quote.total_minor)


def _refundable(top_up: WalletTopUp, held_minor: int) -> int:
    bonus = bonus_of(top_up)
    if bonus is None:
        return min(held_minor, top_up.amount_minor - top_up.reversed_minor)
    grant = grant_of(bonus, top_up)
    return refundable(grant, reversed_minor=top_up.reversed_minor, held_minor=held_minor)
