"""The seed by which each planted bug is caught today: a short cut, not a promise."""

CATCHING_SEEDS: dict[str, int] = {
    "never-charge": 1,
    "double-the-cap": 55,
    "take-silence-for-a-decline": 43,
    "stop-beside-a-charge": 199,
    "charge-after-the-last-day": 12,
    "count-a-notice-when-it-is-sent": 48,
    "charge-as-soon-as-it-is-told": 211,
    "name-less-than-it-costs": 1,
    "forget-what-was-left-out": 59,
    "keep-the-money-of-what-is-undone": 31,
    "forget-the-receipt": 1,
    "never-fall-back": 11,
    "take-a-cancelled-order-for-paid": 22,
}
