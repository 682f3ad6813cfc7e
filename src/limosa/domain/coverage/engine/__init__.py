"""Pure rules of coverage: who says what of a plan, and what holds of it."""
