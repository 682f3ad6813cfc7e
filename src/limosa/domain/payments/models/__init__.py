"""The tables of payments, a file per subject."""

from limosa.domain.payments.models.payments import (
    Channel,
    Dispute,
    DisputeState,
    InboxMessage,
    Payment,
    PaymentState,
    ProviderCall,
    Refund,
    RefundState,
    RefusedCount,
    SavedMethod,
)
from limosa.domain.payments.models.settlements import (
    Difference,
    DifferenceState,
    SettledLine,
    Settlement,
    SettlementState,
    SettlementTotal,
)

__all__ = [
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
