"""Pure rules for orders at suppliers."""
