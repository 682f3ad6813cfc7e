"""Write use cases of notifications, one per file."""
