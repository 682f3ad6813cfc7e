"""The life of a payment: which events are allowed in which state, and the resulting state.

    created ──create──▶ pending ──┬── succeed ──▶ succeeded
       │  (process, decline: stays open)  ├── fail ─────▶ failed
       └── cancel ─▶ cancelled            └── expire ───▶ expired

Money may arrive after a failure or a close, and then the payment has succeeded after all: people
pay late, and providers change their minds. A payment that has succeeded stays so; its refunds and
disputes have lives of their own.
"""

from enum import StrEnum

from limosa.foundation.state_machine import StateMachine


class PaymentState(StrEnum):
    """created → pending → succeeded | failed | expired | cancelled."""

    CREATED = "created"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class PaymentEvent(StrEnum):
    """What happens to a payment."""

    CREATE = "create"  # its provider knows it
    PROCESS = "process"  # it was paid, but the provider has not decided yet
    DECLINE = "decline"  # an attempt to pay it was refused; another may be made
    SUCCEED = "succeed"  # the money arrived
    FAIL = "fail"  # the money will not arrive
    EXPIRE = "expire"  # it was closed at its provider
    CANCEL = "cancel"  # its order was cancelled before the wallet was charged


_CREATED, _PENDING, _FAILED = PaymentState.CREATED, PaymentState.PENDING, PaymentState.FAILED
# A payment in one of these states may still be paid, and is polled.
OPEN_STATES = (_CREATED, _PENDING)

PAYMENT_LIFE = StateMachine(
    {
        (_CREATED, PaymentEvent.CREATE): _PENDING,
        **{(state, PaymentEvent.PROCESS): _PENDING for state in OPEN_STATES},
        **{(state, PaymentEvent.DECLINE): state for state in OPEN_STATES},
        **{
            (state, PaymentEvent.SUCCEED): PaymentState.SUCCEEDED
            for state in (*OPEN_STATES, _FAILED, PaymentState.EXPIRED)
        },
        **{(state, PaymentEvent.FAIL): _FAILED for state in (*OPEN_STATES, _FAILED)},
        **{(state, PaymentEvent.EXPIRE): PaymentState.EXPIRED for state in (*OPEN_STATES, _FAILED)},
        (_CREATED, PaymentEvent.CANCEL): PaymentState.CANCELLED,
    }
)
