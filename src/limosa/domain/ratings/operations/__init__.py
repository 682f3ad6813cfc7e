"""Write use cases of ratings, one per file."""
