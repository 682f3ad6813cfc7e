"""Pure rules of ratings: when to ask, what counts, and the sums."""
