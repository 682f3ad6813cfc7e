from datetime import datetime

from limosa.domain.rows import update_row
from limosa.domain.wallets.models import TopUpState, WalletTopUp


def cancel_top_up(*, top_up: WalletTopUp, now: datetime) -> None:
    """Record that a top-up can't be paid any more: `placed` becomes `cancelled`. The caller holds
    it, and its payments."""
    top_up.state = TopUpState.CANCELLED.value
    top_up.closed_at = now
    update_row(top_up, "state", "closed_at")
