"""Write use cases of wallets, one per file."""
