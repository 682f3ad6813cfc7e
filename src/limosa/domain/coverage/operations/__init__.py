"""What can be done with coverage, one operation per file."""
