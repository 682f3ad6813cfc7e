"""The index that searches use."""
