"""Money that people put into their wallets. Owns: WalletTopUp. Promises: a top-up credits its
wallet once, with exactly what was paid for it, and at most that goes back. Callers: ordering, which
holds the payment, and the pages that place a top-up, through operations/."""
