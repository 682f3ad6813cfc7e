"""Pure rules for the order of offers."""
