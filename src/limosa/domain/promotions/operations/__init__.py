"""Write use cases of promotions, one per file."""
