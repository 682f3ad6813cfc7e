"""Pure rules of wallets."""
