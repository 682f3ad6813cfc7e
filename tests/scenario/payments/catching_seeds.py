"""The seed by which each planted bug is caught today: a short cut, not a promise.

A change of the runs may make one miss; then the test hunts, and prints the seed to put here.
"""

CATCHING_SEEDS: dict[str, int] = {
    "acknowledge-before-commit": 5,
    "no-lock-on-payment": 5,
    "no-lock-on-order": 63,
    "apply-twice": 20,
    "float-rounding": 14,
    "refund-with-a-new-number": 5,
    "trust-the-return-page": 23,
    "accept-any-currency": 41,
    "accept-any-amount": 19,
    "accept-any-merchant": 102,
    "forget-late-money": 2,
    "refund-is-done-when-sent": 29,
    "entry-apart-from-order": 2,
    "fulfil-twice": 3,
    "lose-a-capture": 14,
    "pending-is-paid": 6,
    "spend-without-looking": 14,
    "keep-nothing-in-the-inbox": 2,
    "forget-to-mail": 2,
    "give-up-on-refunds": 251,
    "refund-what-is-disputed": 126,
    "forget-a-dispute-decided-unheard": 29,
    "lose-all-that-was-held": 29,
    "credit-a-wallet-twice": 19,
    "credit-a-wallet-of-another": 19,
    "book-fees-at-each-look": 20,
    "split-net-and-tax-apart": 223,
    "a-refund-that-arrived-is-over": 5,
    "capture-what-was-closed": 362,
    "order-again-after-silence": 26,
    "deliver-what-was-paid-back": 26,
    "leave-the-supplier-untold": 5,
}
