"""Profile types."""
