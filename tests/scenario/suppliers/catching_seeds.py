"""The seed by which each planted bug is caught today: a short cut, not a promise."""

CATCHING_SEEDS: dict[str, int] = {
    "order-again-after-silence": 29,
    "deliver-what-was-paid-back": 1,
    "leave-the-supplier-untold": 7,
    "keep-the-money-of-a-return": 60,
    "take-a-refused-return-for-agreed": 44,
    "take-silence-for-a-refusal": 14,
    "ask-the-next-while-one-delivers": 3,
    "leave-it-with-the-one-that-refused": 11,
    "never-book-what-it-costs": 2,
    "book-the-cost-as-it-is-ordered": 2,
    "book-each-time-it-is-told": 14,
    "keep-the-cost-of-what-was-cancelled": 14,
    "book-the-cost-of-the-catalogue": 68,
    "book-the-cost-in-dollars": 6,
    "renew-anywhere": 64,
    "give-the-esim-to-the-first-supplier": 2,
}
