"""Live events of orders and wallet top-ups: where they are, and what is sent."""

from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.wallets.models import TopUpState, WalletTopUp, is_top_up
from limosa.servers.events import Snapshot

PATH = "/events/orders/"
FINAL_STATES = frozenset({OrderState.FULFILLED, OrderState.REFUNDED, OrderState.CANCELLED})
FINAL_STATES_OF_TOP_UPS = frozenset({TopUpState.PAID, TopUpState.REFUNDED, TopUpState.CANCELLED})


def order_snapshot(topic: str) -> Snapshot | None:
    """Read the state of an order or a top-up; None if there is none of this number."""
    number = topic.partition(":")[2]
    table = WalletTopUp if is_top_up(number) else Order
    state = table.objects.filter(number=number).values_list("state", flat=True).first()
    if state is None:
        return None
    finals = FINAL_STATES_OF_TOP_UPS if table is WalletTopUp else FINAL_STATES
    return Snapshot(data={"state": state}, is_final=state in finals)
