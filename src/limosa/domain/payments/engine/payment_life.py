"""The life of a payment: what may happen to it in which state, and what it is then.

    created ──create──▶ pending ──┬── succeed ──▶ succeeded
       │  (process, decline: stays open)  ├── fail ─────▶ failed
       └── cancel ─▶ cancelled            └── expire ───▶ expired

Money may come after a failure or a close, and then the payment has succeeded all the same: people
pay late, and providers change their minds. What has succeeded stays so; its refunds and disputes
have lives of their own.
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
    PROCESS = "process"  # it was paid, and whether the money comes is not decided yet
    DECLINE = "decline"  # a try to pay it was refused; another may be made
    SUCCEED = "succeed"  # the money came
    FAIL = "fail"  # the money will not come
    EXPIRE = "expire"  # it was closed at its provider
    CANCEL = "cancel"  # its order was cancelled before a wallet was asked


_CREATED, _PENDING, _FAILED = PaymentState.CREATED, PaymentState.PENDING, PaymentState.FAILED
# A payment in one of these may still be paid, and is asked for.
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
