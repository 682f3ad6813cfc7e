"""Pure rules of what is ordered at suppliers."""
