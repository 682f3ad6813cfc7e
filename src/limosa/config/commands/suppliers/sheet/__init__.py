"""Price lists from files."""
