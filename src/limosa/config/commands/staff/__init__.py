"""Console staff."""
