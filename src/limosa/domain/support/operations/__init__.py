"""Write use cases of support, one per file."""
