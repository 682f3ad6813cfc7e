"""Pure rules of what the staff may do."""
