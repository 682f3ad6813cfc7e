"""The life of a cycle: one bundle's end, and what becomes of it.

    planned ── notice ──▶ noticed ── begin ──▶ charging ── renew ──▶ renewed ── undo ──▶ undone
       ▲                     │                    │
       └────── renotice ─────┴────────────────────┘

As long as nothing is paid, it may also be skipped, fail, or end with its automatic renewal.
"""

from enum import StrEnum

from limosa.foundation.state_machine import StateMachine


class CycleState(StrEnum):
    """planned → noticed → charging → renewed | skipped | failed | ended; renewed → undone."""

    PLANNED = "planned"
    NOTICED = "noticed"
    CHARGING = "charging"
    RENEWED = "renewed"
    UNDONE = "undone"
    SKIPPED = "skipped"
    FAILED = "failed"
    ENDED = "ended"


class CycleEvent(StrEnum):
    """What happens to a cycle."""

    NOTICE = "notice"  # its notice was delivered
    RENOTICE = "renotice"  # it costs more than its notice said, so it needs another one
    BEGIN = "begin"  # an attempt to charge it has begun
    RENEW = "renew"  # it was paid
    UNDO = "undo"  # its person took it back
    SKIP = "skip"  # its person wants no renewal this time, or has renewed already
    FAIL = "fail"  # it could not be charged in time
    END = "end"  # its automatic renewal has ended


_PLANNED, _NOTICED, _CHARGING = CycleState.PLANNED, CycleState.NOTICED, CycleState.CHARGING
# Nothing is paid yet, and something may be.
OPEN_STATES = (_PLANNED, _NOTICED, _CHARGING)

CYCLE_LIFE = StateMachine(
    {
        (_PLANNED, CycleEvent.NOTICE): _NOTICED,
        (_NOTICED, CycleEvent.RENOTICE): _PLANNED,
        (_CHARGING, CycleEvent.RENOTICE): _PLANNED,
        (_NOTICED, CycleEvent.BEGIN): _CHARGING,
        (_CHARGING, CycleEvent.BEGIN): _CHARGING,
        (_CHARGING, CycleEvent.RENEW): CycleState.RENEWED,
        (CycleState.RENEWED, CycleEvent.UNDO): CycleState.UNDONE,
        **{(state, CycleEvent.SKIP): CycleState.SKIPPED for state in OPEN_STATES},
        **{(state, CycleEvent.FAIL): CycleState.FAILED for state in OPEN_STATES},
        **{(state, CycleEvent.END): CycleState.ENDED for state in OPEN_STATES},
    }
)
