"""Pages for the small team that runs the brand; staff only."""
