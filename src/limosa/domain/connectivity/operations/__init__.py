"""Write use cases of our orders at suppliers, one per file."""
