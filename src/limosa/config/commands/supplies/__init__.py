"""Orders at suppliers."""
