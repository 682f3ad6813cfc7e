"""Redemption codes: each credits a wallet once. Owns: CodeBatch, Code, CodeChange, CodeKey,
BuyerPayment, GuessHour. Promises: a code is stored only as a digest under a key that is sealed by a
key from the settings; it is redeemed at most once; what is outstanding is in the books. Callers:
web, support, the worker, through operations/."""
