"""Tags and filters for console templates."""
