"""Write use cases of ordering, one per file."""
