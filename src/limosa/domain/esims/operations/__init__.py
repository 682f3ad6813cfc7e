"""Write use cases of esims, one per file."""
