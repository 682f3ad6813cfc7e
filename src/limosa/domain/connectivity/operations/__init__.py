"""Write use cases of connectivity, one per file."""
