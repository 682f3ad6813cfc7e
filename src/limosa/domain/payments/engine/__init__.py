"""Pure rules of payments. No Django."""
