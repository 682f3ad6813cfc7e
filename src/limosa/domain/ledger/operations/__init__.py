"""Write use cases of ledger, one per file."""
