"""Pure rules of bundles."""
