"""Pure rules about statements and balances."""
