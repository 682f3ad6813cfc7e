"""Pure rules: what a plan costs now, and where it comes in an order. No Django."""
