"""Write use cases of charging, one per file."""
