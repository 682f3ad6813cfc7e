"""How often what happens in a run, and how far time and actors go at once."""

from datetime import timedelta

JUMPS = (
    *(timedelta(seconds=seconds) for seconds in (1, 5, 20, 20, 40, 61, 61)),
    *(timedelta(minutes=16), timedelta(minutes=31), timedelta(hours=2)),
    *(timedelta(days=1), timedelta(days=1), timedelta(days=8)),
)
# How far an actor goes at a time: in some runs they alternate at each statement, in others seldom.
STEPS = ((1,), (1, 2, 3), (1, 3, 8, 20), (1, 1, 2, 3, 5, 8, 13, 40), (10, 40))
# Each event's base frequency, before the run's own bias: a run has much of some, none of others.
WEIGHTS = {
    "notify": 5,
    "pay": 5,
    "work": 4,
    "press": 3,
    "come_back": 2,
    "place": 1,
    "cancel": 1,
    "refund": 1,
    "refund_part": 1,
    "give": 1,
    "choose": 0.5,
    "forget": 0.5,
    "pause_supplier": 1,
    "use": 1,
    "end_refund": 2,
    "bring_back": 3,
    "dispute": 1,
    "decide": 2,
    "settle": 1,
    "wait": 2,
}
# Events favoured in a run that is about partial refunds of one kind, or of both.
BY_WAY = {
    "refunds": ("refund_part",),
    "disputes": ("dispute", "decide"),
    "both": ("refund_part", "dispute", "decide"),
}
ALWAYS = {"notify", "pay", "press"}
