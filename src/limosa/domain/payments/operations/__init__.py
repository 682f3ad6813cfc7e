"""Write use cases of payments, one per file."""
