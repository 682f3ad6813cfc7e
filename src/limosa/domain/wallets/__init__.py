"""Money that people put into their wallets, and the bonus on top. Owns: WalletTopUp, BonusTier,
Bonus, BonusUse. Promises: a top-up credits its wallet once, with exactly what was paid for it, and
at most that goes back; a bonus is given once, spent after all money, and never paid out. Callers:
ordering, which holds the payment, and the pages that place a top-up, through operations/."""
