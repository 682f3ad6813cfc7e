"""The tables of payments, a file per subject."""

from limosa.domain.payments.models.channels import (
    Channel,
    InboxMessage,
    ProviderCall,
    RefusedCount,
)
from limosa.domain.payments.models.payments import (
    OPEN_STATES,
    Dispute,
    DisputeState,
    Payment,
    PaymentState,
    Refund,
    RefundState,
)
from limosa.domain.payments.models.saved_methods import SavedMethod
from limosa.domain.payments.models.settlements import (
    Difference,
    DifferenceState,
    SettledLine,
    Settlement,
    SettlementState,
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
