"""What may be done to automatic renewals, one use case per file."""
