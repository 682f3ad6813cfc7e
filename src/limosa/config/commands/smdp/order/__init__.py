"""Orders of profiles."""
