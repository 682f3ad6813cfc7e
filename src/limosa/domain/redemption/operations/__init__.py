"""What may be done with codes; each changes rows."""
