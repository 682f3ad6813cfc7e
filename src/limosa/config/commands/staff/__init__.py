"""Staff of the console."""
