"""Write use cases of search, one per file."""
