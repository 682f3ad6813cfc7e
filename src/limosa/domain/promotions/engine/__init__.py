"""Pure rules: a promotion's discount, and what it is worth."""
