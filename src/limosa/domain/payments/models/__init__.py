"""The tables of payments, one file per subject. engine/*_life.py defines how rows may change."""

from limosa.domain.payments.engine.dispute_life import DisputeState
from limosa.domain.payments.engine.payment_life import OPEN_STATES, PaymentState
from limosa.domain.payments.engine.refund_life import RefundState
from limosa.domain.payments.engine.settlement_life import DifferenceState, SettlementState
from limosa.domain.payments.models.channels import (
    Channel,
    InboxMessage,
    ProviderCall,
    RefusedCount,
)
from limosa.domain.payments.models.payments import (
    Dispute,
    Payment,
    Refund,
)
from limosa.domain.payments.models.saved_methods import SavedMethod
from limosa.domain.payments.models.settlements import (
    Difference,
    SettledLine,
    Settlement,
    SettlementTotal,
)

__all__ = [
    "OPEN_STATES",
    "Channel",
    "Difference",
    "DifferenceState",
    "Dispute",
    "DisputeState",
    "InboxMessage",
    "Payment",
    "PaymentState",
    "ProviderCall",
    "Refund",
    "RefundState",
    "RefusedCount",
    "SavedMethod",
    "SettledLine",
    "Settlement",
    "SettlementState",
    "SettlementTotal",
]
