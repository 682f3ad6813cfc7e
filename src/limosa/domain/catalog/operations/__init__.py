"""Write use cases of catalog, one per file."""
