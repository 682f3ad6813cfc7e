"""Pure rules: what a promotion takes off a price, and what it is worth."""
