"""A virtual phone."""
