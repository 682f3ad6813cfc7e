"""Write use cases of payables, one per file."""
