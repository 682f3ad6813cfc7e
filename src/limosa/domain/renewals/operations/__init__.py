"""Write use cases of renewals, one per file."""
