"""Write use cases of the track record, one per file."""
