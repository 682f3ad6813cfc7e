"""Pure rules about what staff may do."""
